"""What the office tells the authorities and the persons concerned after a leak.

Readings taken here:

- The office handles the personal data, the vendor by its order: 个人信息保护法 57 asks the office to tell the authority
  and the persons "at once". A text that names no hours gives none: what is open is a risk from the first day
  and never a lateness; the hours that passed are shown. The persons need not be told where measures
  avert the harm; the reason is recorded.
- 国家网络安全事件报告管理办法 4 (in force since 2025-11-01) counts hours for incidents of the third degree and above:
  four for an operator that is neither critical infrastructure (one) nor a central authority (two). Policy
  `network_report_hours`. Before that day no text counted hours.
- Hours run from the instant at which the office found the leak, or was told of it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_noop as _

from confidentiality.rules.incident import IncidentFacts
from confidentiality.rules.steps import listed
from contract.batch import ContractFacts
from contract.choices import Outcome, Side
from contract.findings import Evidence, Finding, Message
from contract.rules.steps import worst
from law.periods import beijing_day
from law.references import NETWORK_INCIDENTS_4, PERSONAL_DATA_57, Reference

CHECK = "confidentiality.incident_report"


@dataclass(frozen=True)
class Reports:
    """To whom the office told of a leak, in instants; `knew_at` is when it learned of it itself."""

    knew_at: datetime | None
    personal_data: bool = False
    authority_at: datetime | None = None
    persons_at: datetime | None = None
    persons_need_not: str = ""
    network: bool = False
    network_at: datetime | None = None


def report(contract: ContractFacts, incident: IncidentFacts, reports: Reports, as_of: date) -> Finding | None:
    """Whether authorities and persons were told; None before the office knew, or where nobody is to be told."""
    knew_at = reports.knew_at
    if knew_at is None or beijing_day(knew_at) > as_of:
        return None
    at_once = {"authority": reports.authority_at, "persons": reports.persons_at} if reports.personal_data else {}
    if reports.persons_need_not.strip():
        at_once.pop("persons", None)
    open_ = [name for name, at in at_once.items() if not _known(at, as_of)]
    outcomes = [Outcome.AT_RISK if name in open_ else Outcome.MET for name in at_once]
    late: list[str] = []
    due_at = _due_at(contract, reports, knew_at)
    if due_at is not None:
        done = reports.network_at if _known(reports.network_at, as_of) else None
        outcomes.append(_by_the_hour(due_at, done, as_of))
        if outcomes[-1] == Outcome.NOT_MET:
            late.append("network")
        elif done is None:
            open_.append("network")
    if not outcomes:
        return None
    told = {**at_once, **({"network": reports.network_at} if due_at else {})}
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=worst(outcomes),
        subject=incident.subject,
        message=_message(late, open_, beijing_day(knew_at)),
        measured=f"{len(told) - len(open_) - len(late)}/{len(told)}",
        required=f"{len(told)}/{len(told)}",
        figures={
            "knew_at": knew_at.isoformat(),
            "hours": {name: _hours(knew_at, at) for name, at in told.items() if at is not None},
            **({"network_due_at": due_at.isoformat()} if due_at else {}),
            "references": _laws(reports, due_at),
        },
        evidence=(Evidence("confidentiality.Incident", incident.pk, incident.document),),
        owed_by=Side.OFFICE,
    )


def _due_at(contract: ContractFacts, reports: Reports, knew_at: datetime) -> datetime | None:
    """When the hours of a network incident run out; None where no text counted them."""
    in_force = NETWORK_INCIDENTS_4.in_force_from
    if not reports.network or in_force is None or beijing_day(knew_at) < in_force:
        return None
    day = max(beijing_day(knew_at), contract.starts_on)
    return knew_at + timedelta(hours=contract.policies.on(day, "network_report_hours"))


def _by_the_hour(due_at: datetime, done_at: datetime | None, as_of: date) -> Outcome:
    """The last minute is in time; what is open is late only on a day that lies wholly after it."""
    if done_at is not None:
        return Outcome.MET if done_at <= due_at else Outcome.NOT_MET
    return Outcome.NOT_MET if beijing_day(due_at) < as_of else Outcome.AT_RISK


def _message(late: list[str], open_: list[str], knew_on: date) -> Message:
    if late:
        return Message(LATE, knew_on=knew_on, items=listed(NAMES[name] for name in [*late, *open_]))
    if open_:
        return Message(OPEN, knew_on=knew_on, items=listed(NAMES[name] for name in open_))
    return Message(DONE, knew_on=knew_on)


def _laws(reports: Reports, due_at: datetime | None) -> tuple[Reference, ...]:
    return (
        *([PERSONAL_DATA_57] if reports.personal_data else []),
        *([NETWORK_INCIDENTS_4] if due_at is not None else []),
    )


def _known(at: datetime | None, as_of: date) -> bool:
    return at is not None and beijing_day(at) <= as_of


def _hours(first: datetime, last: datetime) -> str:
    """The hours between two instants, cut off after one decimal."""
    return f"{int((last - first).total_seconds() // 360) / 10:.1f}"


NAMES = {
    "authority": _("the authority for personal data"),
    "persons": _("the persons concerned"),
    "network": _("the cyberspace authority"),
}
DONE = _("The office knew on %(knew_on)s; whoever is to be told was told.")
OPEN = _("The office knew on %(knew_on)s; to be told at once, and not recorded: %(items)s.")
LATE = _("The office knew on %(knew_on)s; not told within the hours, or not recorded: %(items)s.")
