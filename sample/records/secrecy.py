"""Disclosures and leaks."""

from confidentiality.models import Disclosure, Incident, IncidentCost, IncidentPerson
from contract import records
from sample.records.duties import consent
from sample.records.year import Year, record
from sample.year import acts


@record.register
def discloses(event: acts.Discloses, year: Year) -> None:
    records.enter(
        Disclosure(
            contract=year.contract,
            recipient=event.recipient,
            content=event.content,
            disclosed_on=event.on,
            document=event.document,
            consent=consent(year, event.consent),
        ),
        today=event.on,
    )


@record.register
def leaks(event: acts.Leaks, year: Year) -> None:
    today = max(event.days)
    incident = records.enter(
        Incident(
            contract=year.contract,
            title=event.title,
            description=event.description,
            found_by="vendor",
            found_at=event.found,
            told_at=event.told,
            report_document=event.document,
            contained_at=event.contained,
            measures=event.measures,
            cause=event.cause,
            harm=event.harm,
        ),
        now=max(event.found, event.told, event.contained),
        today=today,
    )
    if event.person is not None:
        who, asked_on, cooperated_on = event.person
        records.enter(
            IncidentPerson(
                incident=incident,
                operator=year.operator(who),
                involvement="转发工单截图",
                asked_on=asked_on,
                cooperated_on=cooperated_on,
                cooperation="已提供聊天记录及情况说明。",
            ),
            today=today,
        )
    for kind, amount, incurred_on, document in event.costs:
        records.enter(
            IncidentCost(incident=incident, kind=kind, amount=amount, incurred_on=incurred_on, document=document),
            today=today,
        )
