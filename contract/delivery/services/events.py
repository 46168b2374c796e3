"""Webhooks are told what happens to alerts and letters: one message for each event.

What a group robot is told goes to a company outside: it names the duty, the article and the state,
and no person. Signed receivers (the parties' own) are told what the API says.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import translation
from django.utils.translation import gettext as _

from contract import registry
from contract.choices import AlertStatus, PartySide, Side
from contract.delivery.choices import Event
from contract.delivery.models import Endpoint, OutboxMessage
from contract.delivery.services import outbox
from contract.models import AlertEvent, Contract
from contract.wording import article_label

LANGUAGE = "zh-hans"

_EVENT_OF: Mapping[str, Event] = {
    AlertStatus.OPEN: Event.ALERT_RAISED,
    AlertStatus.PROPOSED: Event.ALERT_PROPOSED,
    AlertStatus.CONFIRMED: Event.ALERT_DECIDED,
    AlertStatus.DISMISSED: Event.ALERT_DECIDED,
    AlertStatus.WAIVED: Event.ALERT_DECIDED,
    AlertStatus.EXCUSED: Event.ALERT_DECIDED,
    AlertStatus.CURED: Event.ALERT_CURED,
    AlertStatus.WITHDRAWN: Event.ALERT_CURED,
    AlertStatus.NOTIFIED: Event.ALERT_NOTIFIED,
    AlertStatus.ANSWERED: Event.ALERT_ANSWERED,
    AlertStatus.SILENT: Event.ALERT_SILENT,
    AlertStatus.CLOSED: Event.ALERT_CLOSED,
}


def announce(events: Iterable[AlertEvent]) -> list[OutboxMessage]:
    """Tell the webhooks of the contracts of changes of their alerts, in sets."""
    changes = [event for event in events if event.from_status != event.to_status]
    if not changes:
        return []
    listening = endpoints({event.alert.contract_id for event in changes})
    if not listening:
        return []
    contracts = Contract.objects.in_bulk(list(listening))
    prefetch_related_objects(changes, "assessment")
    rows = []
    with translation.override(LANGUAGE):
        for event in changes:
            kind = _EVENT_OF.get(event.to_status)
            contract_id = event.alert.contract_id
            for endpoint in listening.get(contract_id, ()):
                if kind in endpoint.events and concerns(endpoint, event.alert.owed_by):
                    rows.append(_alert_message(endpoint, str(kind), event, contracts[contract_id]))
    return outbox.put(rows)


def announce_moves(*, events: Iterable[AlertEvent], **kwargs: Any) -> None:
    """Hears of `contract.signals.alerts_moved`, in the transaction of the move."""
    announce(events)


def endpoints(contract_ids: Iterable[int]) -> dict[int, list[Endpoint]]:
    """The webhooks in use, by contract."""
    found: dict[int, list[Endpoint]] = {}
    rows = Endpoint.objects.filter(contract_id__in=list(contract_ids), is_active=True)
    for endpoint in rows.order_by("pk"):
        found.setdefault(endpoint.contract_id, []).append(endpoint)
    return found


def concerns(endpoint: Endpoint, owed_by: str) -> bool:
    """The vendor's receiver is not told of what the office alone owes."""
    return endpoint.side == PartySide.OFFICE or owed_by != Side.OFFICE


def tell(
    *, event: Event, contract: Contract, title: str, text: str, data: Mapping[str, Any], dedupe_key: str, at: datetime
) -> list[OutboxMessage]:
    """Tell the webhooks of a contract of one event that concerns both sides."""
    listening = [endpoint for endpoint in endpoints([contract.pk]).get(contract.pk, ()) if event in endpoint.events]
    body = {"contract": {"id": contract.pk, "number": contract.number}, **data}
    return outbox.enqueue(
        kind=event,
        contract=contract,
        recipients=listening,
        dedupe_key=dedupe_key,
        at=at,
        payload={"subject": title, "text": text, "data": body},
    )


def _alert_message(endpoint: Endpoint, kind: str, event: AlertEvent, contract: Contract) -> OutboxMessage:
    alert = event.alert
    return outbox.message(
        recipient=endpoint,
        kind=kind,
        contract=contract,
        at=event.at,
        dedupe_key=f"alert-event:{event.pk}",
        payload={
            "subject": f"{Event(kind).label}: {registry.title(alert.check_id)}",
            "text": _robot_text(contract, event),
            "data": _alert_data(contract, event),
        },
    )


def _robot_text(contract: Contract, event: AlertEvent) -> str:
    alert = event.alert
    due_on = event.assessment.legal_due_on or event.assessment.nominal_due_on
    lines = [
        _("Contract %(number)s, %(article)s, alert no. %(pk)d")
        % {"number": contract.number, "article": article_label(alert.clause_ref), "pk": alert.pk},
        _("Finding: %(finding)s; progress: %(progress)s")
        % {"finding": event.get_outcome_display(), "progress": event.get_to_status_display()},
    ]
    if due_on:
        lines.append(_("Last day: %(day)s") % {"day": due_on})
    lines.append(_("Facts and evidence stand in the system."))
    return "\n".join(lines)


def _alert_data(contract: Contract, event: AlertEvent) -> dict[str, Any]:
    alert, found = event.alert, event.assessment
    return {
        "contract": {"id": contract.pk, "number": contract.number},
        "occurred_at": event.at.isoformat(),
        "as_of": event.as_of.isoformat(),
        "alert": {
            "id": alert.pk,
            "check_id": alert.check_id,
            "check_title": registry.title(alert.check_id),
            "clause": alert.clause_ref,
            "owed_by": alert.owed_by,
            "from_status": event.from_status,
            "status": event.to_status,
            "outcome": event.outcome,
            "subject": found.subject_name,
            "period_start": found.period_start and found.period_start.isoformat(),
            "period_end": found.period_end and found.period_end.isoformat(),
            "nominal_due_on": found.nominal_due_on and found.nominal_due_on.isoformat(),
            "legal_due_on": found.legal_due_on and found.legal_due_on.isoformat(),
            "measured": found.measured,
            "required": found.required,
            "explanation": found.explanation,
        },
    }
