"""Agreed deductions: the lines that the contract's own tariff gives for a period, each with its calculation.

These are proposals: a person drafts them as a claim, the vendor accepts or disputes each line, two people
conclude. A contract without a tariff gives none. What is not known (attendance, a score) is no line but a reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from billing.choices import TariffSource, TariffUnit
from billing.rules.claims import Line
from contract.findings import Message
from law.money import percentage_of

FULL = Decimal(100)
UNITS = {TariffUnit.PERSON_DAY: "人日", TariffUnit.POINT: "分", TariffUnit.EVENT: "次"}


@dataclass(frozen=True)
class TariffFacts:
    """One agreed deduction; `grades` are (below, per cent), percentages are of the instalment."""

    title: str
    clause: str
    per: str
    amount: Decimal | None = None
    percent: Decimal | None = None
    free: Decimal = Decimal(0)
    below: Decimal | None = None
    grades: tuple[tuple[Decimal, Decimal], ...] = ()
    check_id: str = ""
    cap_percent: Decimal | None = None
    source: str = TariffSource.INSTALMENT


@dataclass(frozen=True)
class Measured:
    """What is known of a period: person-days missing (None while reports are), the score, confirmed breaches."""

    missing: int | None = None
    score: Decimal | None = None
    events: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Proposal:
    """A line of an agreed deduction; None where it costs nothing, with a reason where it cannot be said."""

    tariff: TariffFacts
    line: Line | None = None
    why: Message | None = None


def proposals(tariffs: Sequence[TariffFacts], base: Decimal, measured: Measured) -> list[Proposal]:
    """What each agreed deduction comes to; `base` is the instalment in yuan."""
    return [_proposal(tariff, base, measured) for tariff in tariffs]


def _proposal(tariff: TariffFacts, base: Decimal, measured: Measured) -> Proposal:
    try:
        line = _line(tariff, base, measured)
    except Unknown as unknown:
        return Proposal(tariff, why=unknown.why)
    if line is None or line.amount <= 0:
        return Proposal(tariff)
    if tariff.cap_percent is not None:
        cap = percentage_of(base, tariff.cap_percent)
        if line.amount > cap:
            reckoned = (
                f"{line.calculation}＝{line.amount:,.2f} 元，以本期 {base:,.2f} 元的 {_plain(tariff.cap_percent)}% 为限"
            )
            line = Line(tariff.title, Decimal(1), "项", cap, reckoned)
    return Proposal(tariff, line if line.amount > 0 else None)


class Unknown(Exception):
    """A deduction cannot be said, and why."""

    def __init__(self, why: Message) -> None:
        super().__init__(str(why))
        self.why = why


def _line(tariff: TariffFacts, base: Decimal, measured: Measured) -> Line | None:
    if tariff.per == TariffUnit.GRADE:
        score = _score(measured)
        found = [(below, percent) for below, percent in sorted(tariff.grades) if score < below]
        if not found or not found[0][1]:
            return None
        return _of_base(tariff, found[0][1], base, f"得分 {_plain(score)}，低于 {_plain(found[0][0])} 分")
    if tariff.per == TariffUnit.SCORE:
        assert tariff.percent is not None
        score = _score(measured)
        lost = max(FULL - score, Decimal(0))
        return (
            _of_base(tariff, tariff.percent * lost / FULL, base, f"得分 {_plain(score)}，失分 {_plain(lost)}%")
            if lost
            else None
        )
    count, words = _count(tariff, measured)
    chargeable = count - tariff.free
    if chargeable <= 0:
        return None
    if tariff.free:
        words = f"{words}，免扣 {_plain(tariff.free)}"
    if tariff.amount is not None:
        return Line(
            tariff.title,
            chargeable,
            UNITS[TariffUnit(tariff.per)],
            tariff.amount,
            f"{words}，每{UNITS[TariffUnit(tariff.per)]} {tariff.amount:,.2f} 元",
        )
    assert tariff.percent is not None
    return _of_base(tariff, tariff.percent * chargeable, base, words)


def _of_base(tariff: TariffFacts, percent: Decimal, base: Decimal, words: str) -> Line:
    """A percentage of the instalment, half up to the fen, as one line."""
    amount = percentage_of(base, percent)
    return Line(tariff.title, Decimal(1), "项", amount, f"{words}；本期 {base:,.2f} 元×{_plain(percent)}%")


def _count(tariff: TariffFacts, measured: Measured) -> tuple[Decimal, str]:
    if tariff.per == TariffUnit.PERSON_DAY:
        if measured.missing is None:
            raise Unknown(Message(NOT_REPORTED))
        return Decimal(measured.missing), f"缺勤 {measured.missing:,} 人日"
    if tariff.per == TariffUnit.POINT:
        assert tariff.below is not None
        score = _score(measured)
        return tariff.below - score, f"得分 {_plain(score)}，自 {_plain(tariff.below)} 分起计"
    if not tariff.check_id or measured.events is None:
        raise Unknown(Message(ENTER_EVENTS))
    number = measured.events.get(tariff.check_id, 0)
    return Decimal(number), f"经认定 {number} 次"


def _score(measured: Measured) -> Decimal:
    if measured.score is None:
        raise Unknown(Message(NO_SCORE))
    return measured.score


NOT_REPORTED = _("The attendance of the period is not reported in full.")
NO_SCORE = _("The group has not given its score yet.")
ENTER_EVENTS = _("The program does not count these events: add a line with their number to the draft.")


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
