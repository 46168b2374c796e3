"""`contract.seat_log`: what the comparison of the seat log with the reports comes to (readings: `hotline.rules.seats`).

For each month that has a seat log: one finding for each person with a difference, and one of the contract, whether as
many were signed in as it asks for. A difference is undetermined, a question; a month is met only where the log tells
all of its days.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import AlertStatus, Outcome
from contract.findings import Evidence, Finding, Message, Subject
from hotline.choices import Difference
from hotline.rules.seats import Key, Question, SeatFacts, Stay, compare, staffed, stays
from hotline.rules.spans import Span, days_of
from law.periods import month_windows
from staffing.rules.coverage import asked_by_half_hour

CHECK = "contract.seat_log"
LABEL = "staffing.Operator"
NAMED_AT_MOST = 31

ASKED = {
    Difference.NO_SIGN_IN: _("reported on duty while the platform has no sign-in, %(days)d days (%(named)s)"),
    Difference.ON_LEAVE: _("signed in while reported away, %(days)d days (%(named)s)"),
    Difference.UNASSIGNED: _("signed in while not assigned, %(days)d days (%(named)s)"),
}
QUESTION = _("The seat log and the reports differ: %(what)s. The vendor is asked how it was; nothing is concluded yet.")
BOTH = _("%(one)s; %(other)s")
SHORT = _(
    "By the seat log fewer were signed in than the contract asks for, in %(halves)d half hours on %(days)d days. The "
    "vendor is asked how it was; nothing is concluded yet."
)
ENOUGH = _(
    "By the seat log as many were signed in as the contract asks for; %(agreeing)d of %(compared)d reported "
    "person-days agree with it."
)


def seat_log(contract: ContractFacts, facts: SeatFacts, as_of: date) -> Iterator[Finding]:
    """Questions by person and month, and the minimum by month; nothing where no seat log is on record."""
    if not facts.days:
        return
    everybody, compared = stays(facts), compare(facts)
    for first, last in month_windows(contract.starts_on, contract.last_day):
        if not any(max(first, contract.judged_from) <= day <= last for day in facts.days):
            continue
        span = max(first, contract.judged_from), min(last, as_of)
        yield from _of_people(contract, facts, compared, (first, last), span)
        finding = _of_contract(contract, facts, compared, everybody, (first, last), span)
        if finding is not None:
            yield finding


def _of_people(
    contract: ContractFacts, facts: SeatFacts, compared: Mapping[Key, Question | None], month: Span, span: Span
) -> Iterator[Finding]:
    by_person: dict[int, list[Question]] = {}
    for (operator, day), question in sorted(compared.items()):
        if question is not None and span[0] <= day <= span[1]:
            by_person.setdefault(operator, []).append(question)
    for operator, own in by_person.items():
        message: Message | None = None
        for kind, said in ASKED.items():
            if days := [f"{one.day:%m-%d}" for one in own if one.kind == kind]:
                part = Message(said, days=len(days), named=", ".join(days))
                message = part if message is None else Message(BOTH, one=message, other=part)
        yield Finding(
            check_id=CHECK,
            contract_id=contract.pk,
            outcome=Outcome.UNDETERMINED,
            subject=Subject(LABEL, operator, facts.names.get(operator, "")),
            period=month,
            measured=f"{len(own)}",
            required="0",
            message=Message(QUESTION, what=message),
            figures={kind.value: [one.day for one in own if one.kind == kind] for kind in ASKED},
            evidence=tuple(Evidence("hotline.SeatDay", None, one.evidence) for one in own[:NAMED_AT_MOST]),
        )


def _of_contract(
    contract: ContractFacts,
    facts: SeatFacts,
    compared: Mapping[Key, Question | None],
    everybody: list[Stay],
    month: Span,
    span: Span,
) -> Finding | None:
    short: list[str] = []
    halves, whole = 0, span[1] == month[1]
    for day in days_of(*span):
        asked = asked_by_half_hour(contract, day)
        known = staffed(facts, day, _near(everybody, day))
        whole = whole and None not in known
        below = [half for half, own in enumerate(known) if own is not None and own[1] < asked[half]]
        halves += len(below)
        if below:
            said = ", ".join(f"{half // 2:02d}:{half % 2 * 3}0 {known[half][1]}/{asked[half]}" for half in below[:6])  # type: ignore[index]
            short.append(f"{day} {said}{' …' if len(below) > 6 else ''}")
    if not short and not whole:
        return None
    own = {key: one for key, one in compared.items() if span[0] <= key[1] <= span[1]}
    agreeing = sum(one is None for one in own.values())
    counts = {"compared": len(own), "agreeing": agreeing}
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=Outcome.UNDETERMINED if short else Outcome.MET,
        subject=contract.subject,
        period=month,
        measured=f"{halves}",
        required="0",
        message=Message(SHORT, halves=halves, days=len(short)) if short else Message(ENOUGH, **counts),
        figures={"half_hours_short": halves, **counts},
        evidence=tuple(Evidence("hotline.SeatDay", None, text) for text in short[:NAMED_AT_MOST]),
    )


def _near(everybody: list[Stay], day: date) -> Iterable[Stay]:
    """Those of a day and of the day before (a session of more than a day is none)."""
    number = day.toordinal()
    return [one for one in everybody if number - 1 <= one.first // 86_400 <= number]


@dataclass(frozen=True)
class Right:
    """How often the reports were right, of the person-days of which both sources speak.

    `right`: as first reported; `corrected` afterwards by the vendor; `settled`: a difference, and two people of the
    office have dismissed or excused it; `asked`: a question that stands.
    """

    compared: int = 0
    right: int = 0
    corrected: int = 0
    settled: int = 0
    asked: int = 0


SETTLED = frozenset({AlertStatus.DISMISSED, AlertStatus.WAIVED, AlertStatus.EXCUSED, AlertStatus.CLOSED})


def rightness(
    facts: SeatFacts, first_reported: Mapping[Key, str], statuses: Mapping[str, str], months: Iterable[Span]
) -> list[Right]:
    """Month by month. `first_reported`: by person and day what was reported before it was corrected; `statuses` of the
    alerts by the key of their finding."""
    now, at_first = compare(facts), compare(facts, {**facts.reported, **first_reported})
    found = []
    for first, last in months:
        row = {"compared": 0, "right": 0, "corrected": 0, "settled": 0, "asked": 0}
        for operator, day in sorted({*now, *at_first}):
            if not first <= day <= last:
                continue
            key = f"{LABEL}:{operator}:{first.isoformat()}"
            row["compared"] += 1
            if now.get((operator, day)) is not None:
                row["settled" if statuses.get(key) in SETTLED else "asked"] += 1
            else:
                row["corrected" if at_first.get((operator, day)) is not None else "right"] += 1
        found.append(Right(**row))
    return found
