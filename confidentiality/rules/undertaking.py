"""Article 14: each operator is bound in writing before the first day on post."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Evidence, Finding, Message, Subject

CHECK = "confidentiality.undertaking"


@dataclass(frozen=True)
class OperatorFacts:
    """An operator of a contract: the first day on post, and the undertaking that stands."""

    pk: int
    name: str
    first_day: date
    undertaking: int | None = None
    signed_on: date | None = None


def last_day_to_sign(first_day: date, *, same_day_counts: bool) -> date:
    """The last day on which a signature comes before the first day on post.

    Only days are recorded, so whether somebody signed before the first shift of that very day
    cannot be told. "Before" is read as "on an earlier day", unless the parties agreed that the
    day itself counts. Nothing rolls off a rest day: there is no period, only an order of events.
    """
    return first_day if same_day_counts else first_day - timedelta(days=1)


def undertaking(contract: ContractFacts, operator: OperatorFacts, as_of: date) -> Finding:
    """Whether the operator was bound in time; a late signature heals nothing that went before."""
    due_on = last_day_to_sign(
        operator.first_day, same_day_counts=contract.policies.on(operator.first_day, "undertaking_on_first_day")
    )
    signed_on = operator.signed_on
    if signed_on is not None and signed_on > as_of:
        signed_on = None
    days_late = (signed_on - due_on).days if signed_on is not None and signed_on > due_on else 0
    first_day = operator.first_day
    if signed_on is None and as_of <= due_on:
        outcome = Outcome.PENDING
        message = Message(
            _("On post from %(first_day)s; the undertaking is to be signed by %(due_on)s."),
            first_day=first_day,
            due_on=due_on,
        )
    elif signed_on is None:
        outcome = Outcome.NOT_MET
        message = Message(_("On post since %(first_day)s, and no undertaking is recorded."), first_day=first_day)
    elif days_late:
        outcome = Outcome.NOT_MET
        message = Message(
            _("On post since %(first_day)s, but bound only on %(signed_on)s: %(days)d days late."),
            first_day=first_day,
            signed_on=signed_on,
            days=days_late,
        )
    else:
        outcome = Outcome.MET
        message = Message(
            _("Bound in writing on %(signed_on)s, by %(due_on)s; on post from %(first_day)s."),
            first_day=first_day,
            signed_on=signed_on,
            due_on=due_on,
        )
    evidence = [Evidence("staffing.Operator", operator.pk, operator.name)]
    if signed_on is not None:
        evidence.append(Evidence("confidentiality.Undertaking", operator.undertaking, signed_on.isoformat()))
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=Subject("staffing.Operator", operator.pk, operator.name),
        message=message,
        nominal_due_on=due_on,
        legal_due_on=due_on,
        measured=signed_on.isoformat() if signed_on else "–",
        required=due_on.isoformat(),
        figures={"first_day": first_day, "signed_on": signed_on, "days_late": days_late},
        evidence=tuple(evidence),
        done_on=signed_on if days_late else None,
    )
