"""Proof that the vendor paid: overtime and holidays (article 11), wages (article 20).

The contract names neither a day nor a form. A proof is the number of a document that the vendor
keeps, with who declares the payment; the days to send it in are policies. A proof that is missing
is no proof of arrears: past its day the finding is undetermined and asks for it. One that came late
still proves the payment, and the finding says how late it came.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Evidence, Finding, Message
from law import labour
from law.calendar import Calendar, CalendarNotPublished
from law.periods import Deadline, deadline_after, month_windows, standing
from staffing.rules.hours import NOTHING, Hours, Month, owed, quarter_start, shown, windows_until
from staffing.rules.months import NOTHING_KNOWN, Months
from staffing.rules.presence import ONE_DAY

OVERTIME, WAGES = "staffing.overtime_pay", "staffing.wages_paid"


@dataclass(frozen=True)
class PayFact:
    """A proof of payment that is not withdrawn."""

    pk: int
    document: str
    paid_on: date
    arrived_on: date


Proofs = Mapping[date, PayFact]
"""The proof of each month, by the month's first calendar day."""


def wages_paid(
    contract: ContractFacts, assigned: Mapping[date, bool], proofs: Proofs, as_of: date, calendar: Calendar
) -> Iterator[Finding]:
    """One finding for each month that is over, in which anybody served."""
    for window in month_windows(contract.starts_on, contract.last_day):
        if window[1] < as_of and assigned.get(window[0], False):
            due = due_on(contract, window[1], "wage_proof_days", calendar)
            yield _proof(contract, WAGES, window, due, proofs.get(window[0].replace(day=1)), as_of, {})


def overtime_pay(
    contract: ContractFacts,
    hours: Hours,
    assigned: Mapping[date, bool],
    proofs: Proofs,
    as_of: date,
    months: Months = NOTHING_KNOWN,
) -> Iterator[Finding]:
    """One finding for each month that is over and in which hours were worked that are paid extra.

    Somebody serves at every minute (article 7): a month with a statutory holiday and no rota owes
    a proof too.
    """
    windows = months_over(contract, as_of)
    found: dict[tuple[date, date], dict[str, Any] | CalendarNotPublished] = dict(months.known)
    for window, people in hours.months(windows, months.known):
        try:
            found[window] = _figures(contract, hours, window, people)
            months.keep(window, found[window])
        except CalendarNotPublished as unknown:
            found[window] = unknown
    for window in windows:
        figures = found[window]
        if isinstance(figures, CalendarNotPublished):
            yield Finding(
                check_id=OVERTIME,
                contract_id=contract.pk,
                outcome=Outcome.UNDETERMINED,
                subject=contract.subject,
                period=window,
                message=Message(
                    _(
                        "The holiday calendar of %(year)d is not published: which hours are paid "
                        "extra cannot be told yet."
                    ),
                    year=figures.year,
                ),
            )
            continue
        served = figures["statutory_holidays"] and assigned.get(window[0], False)
        if not figures["persons"] and not (figures["without_rota"] and served):
            continue
        due = due_on(contract, window[1], "overtime_proof_days", hours.calendar)
        proof = proofs.get(window[0].replace(day=1))
        yield _proof(contract, OVERTIME, window, due, proof, as_of, figures)


def months_over(contract: ContractFacts, as_of: date) -> list[tuple[date, date]]:
    """The calendar months of a contract that were over on a day."""
    return [window for window in windows_until(contract, as_of) if window[1] < as_of]


def due_on(contract: ContractFacts, month_end: date, key: str, calendar: Calendar) -> Deadline:
    """The last day for a month's proof, so many days after the month's end."""
    return deadline_after(
        month_end, days=contract.policies.on(month_end, key), roll=contract.roll(month_end), calendar=calendar
    )


def _figures(
    contract: ContractFacts, hours: Hours, window: tuple[date, date], people: Mapping[int, Month]
) -> dict[str, Any]:
    """The hours of a month that are paid extra."""
    following = window[1] + ONE_DAY
    closes = window[1] == contract.last_day or quarter_start(following) == following
    overtime, persons = labour.Overtime(), 0
    for month in people.values():
        own = owed(hours, window, month, closes_quarter=closes)
        if own is not NOTHING:
            overtime += own
            persons += own.total > 0
    holidays = list(hours.holidays(*window))
    unknown = not any(month.standard or month.comprehensive for month in people.values())
    return {
        "persons": persons,
        "hours_150": shown(overtime.at_150),
        "hours_200": shown(overtime.at_200),
        "hours_300": shown(overtime.at_300),
        "statutory_holidays": holidays,
        "without_rota": unknown,
    }


def _proof(
    contract: ContractFacts,
    check_id: str,
    window: tuple[date, date],
    due: Deadline,
    proof: PayFact | None,
    as_of: date,
    figures: Mapping[str, Any],
) -> Finding:
    arrived = proof.arrived_on if proof and proof.arrived_on <= as_of else None
    outcome = Outcome(standing(due, as_of, arrived))
    late = arrived is not None and outcome == Outcome.NOT_MET
    if outcome == Outcome.NOT_MET:
        outcome = Outcome.MET if late else Outcome.UNDETERMINED
    words = TEXTS[check_id]
    params: dict[str, Any] = {"due": due.last_day}
    if arrived is not None and proof is not None:
        params |= {"day": arrived, "document": proof.document, "paid": proof.paid_on}
        message = Message(LATE if late else ARRIVED, **params)
    else:
        what = words["unknown"] if figures.get("without_rota") else words["owed"]
        params["what"] = Message(what, **{k: figures[k] for k in PARAMS if k in figures})
        message = Message(MISSING if outcome == Outcome.UNDETERMINED else EXPECTED, **params)
    return Finding(
        check_id=check_id,
        contract_id=contract.pk,
        outcome=outcome,
        subject=contract.subject,
        period=window,
        message=message,
        nominal_due_on=due.nominal,
        legal_due_on=due.legal,
        measured=arrived.isoformat() if arrived else "",
        required=due.last_day.isoformat(),
        figures={**figures, "calendar": list(due.reasons), "late": late},
        evidence=(
            (Evidence("staffing.PayProof", proof.pk, proof.document),)
            if proof is not None and arrived is not None
            else ()
        ),
        done_on=arrived,
    )


PARAMS = ("persons", "hours_150", "hours_200", "hours_300")
TEXTS = {
    WAGES: {"owed": _("the wages of the month"), "unknown": ""},
    OVERTIME: {
        "owed": _(
            "work of %(persons)d people that is paid extra by the rota (%(hours_150)s h at "
            "150 %%, %(hours_200)s h at 200 %%, %(hours_300)s h on statutory holidays at "
            "300 %%)"
        ),
        "unknown": _("work on the statutory holidays of the month, for which no rota is on record"),
    },
}
ARRIVED = _("Paid on %(paid)s by the vendor's declaration (%(document)s), arrived on %(day)s.")
LATE = _(
    "Paid on %(paid)s by the vendor's declaration (%(document)s); it arrived only on %(day)s, expected by %(due)s."
)
EXPECTED = _("Proof that the vendor paid %(what)s is expected by %(due)s.")
MISSING = _(
    "No proof that the vendor paid %(what)s had arrived by %(due)s. Nothing is concluded from "
    "that: the vendor, as the employer, is asked for it."
)
