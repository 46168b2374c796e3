"""Hours within labour law (article 8): a signal for each month that asks the vendor for proof."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Evidence, Finding, Message, restored
from law import labour
from law.calendar import CalendarNotPublished
from staffing.rules.hours import Hours, Month, shown, signals, windows_until
from staffing.rules.months import NOTHING_KNOWN, Months

CHECK = "staffing.working_hours"
LISTED = 31

KINDS = {
    labour.DAY_TOO_LONG: _("a day of more than 11 hours"),
    labour.NO_REST_DAY: _("a week without a rest day"),
    labour.MONTH_TOO_LONG: _("more than 36 hours of overtime in the month"),
    labour.QUARTER_TOO_LONG: _("more than 108 hours of overtime in the quarter"),
}


def working_hours(
    contract: ContractFacts, hours: Hours, assigned: Mapping[date, bool], as_of: date, months: Months = NOTHING_KNOWN
) -> Iterator[Finding]:
    """One finding for each month with hours, and one for all past months without any."""
    windows = windows_until(contract, as_of)
    found = {window: restored(kept) if kept else None for window, kept in months.known.items()}
    for window, people in hours.months(windows, months.known):
        found[window] = _month(contract, hours, window, people, as_of) if people else None
        months.keep(window, found[window] or {})
    empty = []
    for window in windows:
        if finding := found[window]:
            yield finding
        elif window[1] < as_of and assigned.get(window[0], False):
            empty.append(window[0].strftime("%Y-%m"))
    if empty:
        yield Finding(
            check_id=CHECK,
            contract_id=contract.pk,
            outcome=Outcome.UNDETERMINED,
            subject=contract.subject,
            message=Message(
                _(
                    "No hours are on record for %(months)s: without a rota nothing can be said. The "
                    "vendor is asked for it."
                ),
                months="、".join(empty),
            ),
            figures={"months": empty},
        )


def _month(
    contract: ContractFacts, hours: Hours, window: tuple[date, date], people: Mapping[int, Month], as_of: date
) -> Finding:
    try:
        found = {pk: signals(hours, window, month) for pk, month in people.items()}
    except CalendarNotPublished as unknown:
        return _finding(
            contract,
            window,
            Outcome.UNDETERMINED,
            Message(
                _("The holiday calendar of %(year)d is not published: hours on rest days cannot be told apart yet."),
                year=unknown.year,
            ),
        )
    found = {pk: list(each) for pk, each in found.items() if each}
    if not found:
        if as_of > window[1]:
            message = Message(_("No hours beyond the limits of the law by rota and reports."))
            return _finding(contract, window, Outcome.MET, message, measured="0")
        message = Message(_("No hours beyond the limits of the law so far."))
        return _finding(contract, window, Outcome.PENDING, message, measured="0")
    codes = [code for code in KINDS if any(s.code == code for each in found.values() for s in each)]
    parts = {f"p{place}": Message(KINDS[code]) for place, code in enumerate(codes)}
    return _finding(
        contract,
        window,
        Outcome.UNDETERMINED,
        Message(
            _(
                "By rota and reports, %(persons)d people reach %(kinds)s. As their employer the "
                "vendor is asked to explain, and to prove what the law asks for (approval of another "
                "system, agreement, rest given)."
            ),
            persons=len(found),
            kinds=Message("; ".join(f"%({part})s" for part in parts), **parts),
        ),
        measured=str(len(found)),
        figures={
            "persons": len(found),
            "by_kind": {code: sum(any(s.code == code for s in each) for each in found.values()) for code in codes},
        },
        evidence=tuple(_evidence(hours, found))[:LISTED],
    )


def _evidence(hours: Hours, found: Mapping[int, list[labour.Signal]]) -> Iterator[Evidence]:
    for pk, each in sorted(found.items(), key=lambda item: hours.workers[item[0]].name):
        for signal in each:
            days = str(signal.first)
            if signal.last != signal.first:
                days += f"~{signal.last}"
            text = f"{hours.workers[pk].name}: {days} {_shown(signal)}"
            yield Evidence("staffing.Operator", pk, text)


def _shown(signal: labour.Signal) -> str:
    unit = "d" if signal.code == labour.NO_REST_DAY else "h"
    measured = shown(signal.measured.quantize(Decimal("0.01")))
    return f"{measured} > {shown(signal.limit)} {unit}"


def _finding(
    contract: ContractFacts, window: tuple[date, date], outcome: Outcome, message: Message, **rest: Any
) -> Finding:
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=contract.subject,
        period=window,
        required="0",
        message=message,
        **rest,
    )
