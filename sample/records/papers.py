"""What is on file of a person: undertaking, labour contract, training, proofs, trials."""

from confidentiality.models import Undertaking
from contract import records
from sample.records.year import ONE_DAY, Year, record
from sample.year import events
from sample.year.events import when
from staffing.choices import ProofKind
from staffing.models import EmploymentContract, Operator, QualificationProof, Training, TrialAssessment

TOPIC = "政务热线业务知识、受理规范、保密要求、坐席系统操作"


def file(event: events.Joins | events.Replaces, operator: Operator, year: Year) -> None:
    """Undertaking and labour contract; of people hired during the contract, the rest."""
    papers, hired_on = event.papers, operator.hired_on
    if papers.signed is not None:
        signed_on = when(papers.signed, event.on)
        records.enter(
            Undertaking(
                contract=year.contract,
                operator=operator,
                signed_on=signed_on,
                document_number=f"BM-{operator.employee_number}",
            ),
            today=max(signed_on, event.on),
        )
    records.enter(
        EmploymentContract(
            operator=operator,
            signed_on=hired_on,
            starts_on=hired_on,
            ends_on=papers.employed_until,
            document=f"LD-{operator.employee_number}-1",
        )
    )
    if hired_on < year.contract.starts_on:
        return
    records.enter(
        Training(
            contract=year.contract,
            operator=operator,
            starts_on=papers.trained_from or hired_on,
            ends_on=papers.trained_until or event.on - ONE_DAY,
            topic=TOPIC,
        )
    )
    for number, kind in enumerate(ProofKind, start=1):
        if kind not in papers.missing:
            records.enter(
                QualificationProof(
                    operator=operator,
                    kind=kind,
                    dated_on=operator.clean_record_proved_on or event.on,
                    document=f"ZM-{operator.employee_number}-{number}",
                )
            )


@record.register
def employed(event: events.Employed, year: Year) -> None:
    operator = year.operator(event.who)
    records.enter(
        EmploymentContract(
            operator=operator,
            signed_on=event.on,
            starts_on=event.on,
            ends_on=event.until,
            document=f"LD-{operator.employee_number}-2",
        )
    )


@record.register
def assessed(event: events.Assessed, year: Year) -> None:
    records.enter(
        TrialAssessment(
            contract=year.contract, operator=year.operator(event.who), assessed_on=event.on, is_passed=event.passed
        )
    )
