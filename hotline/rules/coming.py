"""`contract.service_figures`: the office takes in the figures of its platform in time .

The vendor does not measure itself, so this is the office's. As long as no platform is on record nothing at
all is proven about the service, and one finding says so.
"""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Evidence, Finding, Message
from hotline.rules.facts import ServiceFacts
from hotline.rules.spans import Span, days_of
from law.calendar import Calendar
from law.periods import deadline_after, month_windows

CHECK = "contract.service_figures"
NAMED_AT_MOST = 31


def service_figures(contract: ContractFacts, facts: ServiceFacts, calendar: Calendar, as_of: date) -> Iterator[Finding]:
    """One finding a month whose last day has come; one in all where no platform is on record."""
    if facts.since is None:
        yield Finding(
            check_id=CHECK,
            contract_id=contract.pk,
            outcome=Outcome.UNDETERMINED,
            subject=contract.subject,
            message=Message(NOTHING),
        )
        return
    first = max(contract.judged_from, facts.since)
    for span in month_windows(contract.starts_on, contract.last_day):
        if span[1] >= first and span[1] < as_of:
            yield _month(contract, facts, (max(span[0], first), span[1]), calendar, as_of)


def _month(contract: ContractFacts, facts: ServiceFacts, span: Span, calendar: Calendar, as_of: date) -> Finding:
    days = contract.policies.on(span[0], "service_figures_days")
    due = deadline_after(span[1], days=days, roll=contract.roll(span[1]), calendar=calendar)
    last = due.legal or due.nominal
    wanted = list(days_of(*span))
    known = {day: facts.days[day].taken_in_on for day in wanted if day in facts.days}
    known = {day: on for day, on in known.items() if on <= as_of}
    missing = [day for day in wanted if day not in known]
    done_on = None if missing else max(known.values())
    if missing and as_of <= last:
        outcome = Outcome.PENDING
        message = Message(
            _("Figures of %(missing)d days are still to come, by %(due_on)s."), missing=len(missing), due_on=last
        )
    elif missing:
        outcome = Outcome.NOT_MET
        message = Message(
            _("Figures of %(missing)d days are not on record; they were due by %(due_on)s."),
            missing=len(missing),
            due_on=last,
        )
    elif done_on is not None and done_on > last:
        outcome = Outcome.NOT_MET
        message = Message(
            _("The figures were complete on %(done_on)s only, after %(due_on)s."), done_on=done_on, due_on=last
        )
    else:
        outcome = Outcome.MET
        message = Message(_("The figures were complete on %(done_on)s, by %(due_on)s."), done_on=done_on, due_on=last)
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=contract.subject,
        period=span,
        nominal_due_on=due.nominal,
        legal_due_on=due.legal,
        measured=f"{len(known)}/{len(wanted)}",
        required=f"{len(wanted)}/{len(wanted)}",
        message=message,
        figures={"missing": missing[:NAMED_AT_MOST], "late_since": last if missing and as_of > last else None},
        evidence=tuple(Evidence("hotline.ServiceDay", None, day.isoformat()) for day in missing[:NAMED_AT_MOST]),
        done_on=done_on if done_on and done_on > last else None,
    )


NOTHING = _(
    "No platform of the hotline and no figure is on record: whether citizens are answered is unproven. Enter the "
    "platform and take in its export."
)
