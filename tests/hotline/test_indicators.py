"""Every shipped indicator: at both edges of a target, and those of calls against a count of the raw calls."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from contract.choices import Outcome
from hotline.figures import OF_A_MONTH
from hotline.intake import queue_log
from hotline.reference import shipped
from hotline.rules.facts import Count, DayFacts, Figures, IndicatorFacts, Reading, ServiceFacts, counted
from hotline.rules.level import service_level
from hotline.rules.picture import rate_of
from hotline.rules.spans import tally
from law.calendar import DEFAULT
from tests.hotline.cases import BEIJING_SECONDS, RawCall, raw_calls
from tests.hotline.cases import queue_log as written
from tests.hotline.test_level import contract

NOV, NOV_END, LATER = date(2024, 11, 1), date(2024, 11, 30), date(2025, 3, 1)
ONE = timedelta(days=1)
SHIPPED = {row["key"]: row for row in shipped()}
EACH = [(key, reading) for key, row in SHIPPED.items() for reading in row["readings"]]
OF_CALLS = {"answer_in_time", "connection", "connection_month"}
MIDNIGHT = 1730649600  # 2024-11-04 0:00 by Beijing time


def own(key: str, reading: str, floor: Decimal | None = None) -> IndicatorFacts:
    """The shipped indicator with one of its readings, and a target that both sides have confirmed."""
    row = SHIPPED[key]
    return IndicatorFacts(
        pk=7,
        title=row["title"],
        readings={reading: Reading.of(reading, row["readings"][reading])},
        window=row["window"],
        at_least=row["direction"] == "at_least",
        floor=floor,
        minimum=row["minimum"],
        confirmed=True,
    )


def finding(indicator: IndicatorFacts, facts: ServiceFacts) -> Any:
    found = service_level(contract(), facts, DEFAULT, LATER)
    return next(one for one in found if one.period == (NOV, NOV_END))


def figures(reading: Reading, part: int, whole: int) -> Figures:
    """Figures of which the reading counts this part of this whole."""
    ((name, _sign),) = reading.part
    known: dict[str, int | None] = {name: part}
    less = [other for other, sign in reading.whole if sign < 0]
    known |= dict.fromkeys(less, 5)
    others = [other for other, sign in reading.whole if sign > 0 and other != name]
    known |= dict.fromkeys(others, 0)
    known[others[0]] = whole + 5 * len(less) - (part if any(other == name for other, _s in reading.whole) else 0)
    return known


def facts_of(indicator: IndicatorFacts, known: Figures) -> ServiceFacts:
    """November with these figures: on its first day, and in its month; the other days have none of anything."""
    names = indicator.names()
    nothing = {name: 0 for name in names if name not in OF_A_MONTH}
    days = {NOV + n * ONE: DayFacts(nothing, NOV) for n in range(30)}
    days[NOV] = DayFacts({name: number for name, number in known.items() if name not in OF_A_MONTH}, NOV)
    months = {NOV: DayFacts({name: number for name, number in known.items() if name in OF_A_MONTH}, NOV)}
    return ServiceFacts(NOV, (indicator,), days, months)


@pytest.mark.parametrize(("key", "reading"), EACH)
def test_at_the_target_it_passes_and_one_case_beyond_it_does_not(key: str, reading: str) -> None:
    row = SHIPPED[key]
    at_least = row["direction"] == "at_least"
    floor = Decimal(row["floor_percent"] or (90 if at_least else 2))
    indicator = own(key, reading, floor)
    edge = int(floor * 10)
    for part, outcome in (
        (edge, Outcome.MET),
        (edge + (1 if at_least else -1), Outcome.MET),
        (edge + (-1 if at_least else 1), Outcome.NOT_MET),
    ):
        known = figures(indicator.readings[reading], part, 1000)
        assert counted(indicator.readings[reading], known) == Count(part, 1000)
        assert finding(indicator, facts_of(indicator, known)).outcome == outcome, (key, reading, part)


@pytest.mark.parametrize(("key", "reading"), EACH)
def test_too_few_cases_are_not_judged(key: str, reading: str) -> None:
    indicator = own(key, reading, Decimal(90 if SHIPPED[key]["direction"] == "at_least" else 2))
    judged = {}
    for whole in (indicator.minimum - 1, indicator.minimum):
        bad = 0 if indicator.at_least else whole
        known = figures(indicator.readings[reading], bad, whole)
        found = [f for f in service_level(contract(), facts_of(indicator, known), DEFAULT, LATER) if f.period]
        judged[whole] = any(f.outcome == Outcome.NOT_MET for f in found)
    assert judged == {indicator.minimum - 1: False, indicator.minimum: True}


def taken_in(calls: list[RawCall]) -> ServiceFacts:
    """What the queue log of these calls comes to, through the program's own reader."""
    read = queue_log.read(written(calls))
    days = {one.day: DayFacts(one.figures, one.day, one.halves) for one in read.days}
    return ServiceFacts(NOV, (), days)


def entered_on(call: RawCall) -> date:
    return datetime.fromtimestamp(call.entered + BEIJING_SECONDS, UTC).date()


def by_hand(calls: Iterable[RawCall]) -> Counter[str]:
    """Looked at call by call: nothing of the program is used."""
    own: Counter[str] = Counter()
    for call in calls:
        own["all"] += 1
        own["answered"] += call.answered
        own["in_time"] += call.answered and call.wait <= 15
        own["gone_in_time"] += not call.answered and call.wait <= 15
        own["short"] += not call.answered and call.wait <= 5
    return own


EXPECTED = {
    ("answer_in_time", "of_answered"): lambda n: Fraction(n["in_time"], n["answered"]),
    ("answer_in_time", "of_all_entries"): lambda n: Fraction(n["in_time"], n["all"]),
    ("answer_in_time", "without_short_abandons"): lambda n: Fraction(n["in_time"], n["all"] - n["short"]),
    ("answer_in_time", "left_in_time"): lambda n: Fraction(n["in_time"] + n["gone_in_time"], n["all"]),
    ("connection", "of_all_entries"): lambda n: Fraction(n["answered"], n["all"]),
    ("connection", "without_short_abandons"): lambda n: Fraction(n["answered"], n["all"] - n["short"]),
    ("connection_month", "of_all_entries"): lambda n: Fraction(n["answered"], n["all"]),
    ("connection_month", "without_short_abandons"): lambda n: Fraction(n["answered"], n["all"] - n["short"]),
}


def test_every_indicator_that_is_counted_from_calls_has_its_own_count_here() -> None:
    assert set(EXPECTED) == {one for one in EACH if one[0] in OF_CALLS}
    calls = {"offered", "answered", "answered_in_time", "left_in_time", "short_abandoned"}
    for key, reading in EACH:
        assert (own(key, reading).names() <= calls) == (key in OF_CALLS), key


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("key", "reading"), list(EXPECTED))
def test_a_span_of_days_agrees_with_the_raw_calls(key: str, reading: str, seed: int) -> None:
    calls = raw_calls(seed, 600)
    facts, indicator = taken_in(calls), own(key, reading)
    first, last = entered_on(calls[0]), entered_on(calls[-1])
    assert (last - first).days >= 3, "the calls reach over midnights"
    for start in (first, first + ONE):
        within = [call for call in calls if start <= entered_on(call) <= last]
        found = tally(facts, indicator.readings[reading], start, last)
        assert not found.missing
        assert Fraction(found.count.part, found.count.whole) == EXPECTED[key, reading](by_hand(within))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("reading", ["of_all_entries", "without_short_abandons"])
def test_the_worst_24_hours_agree_with_every_stretch_of_the_raw_calls(reading: str, seed: int) -> None:
    calls = raw_calls(seed, 900)
    facts = taken_in(calls)
    indicator = own("connection", reading, Decimal(95))
    first, last = entered_on(calls[0]) + ONE, entered_on(calls[-1]) - ONE
    day_one = int(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp()) - BEIJING_SECONDS
    worst = []
    for half in range(-47, 48 * (last - first).days + 1):  # ends within the span, begins at each half hour
        start = day_one + half * 1800
        own_calls = [call for call in calls if start <= call.entered < start + 86_400]
        numbers = by_hand(own_calls)
        whole = numbers["all"] - (numbers["short"] if reading == "without_short_abandons" else 0)
        if whole >= indicator.minimum:
            worst.append(Fraction(numbers["answered"], whole))
    hundredths = int(min(worst) * 10_000 + Fraction(1, 2))  # half up: no seed comes near the floor
    expected = f"{hundredths // 100}.{hundredths % 100:02d}%"
    assert rate_of(facts, indicator, indicator.readings[reading], first, last) == expected


class TestEdgesOfACall:
    """What goes wrong where calls meet the edges of days, halves, queues and seconds."""

    def days(self, *calls: RawCall) -> dict[date, DayFacts]:
        return dict(taken_in(list(calls)).days)

    def test_a_call_belongs_to_the_day_it_entered(self) -> None:
        late = RawCall("1", MIDNIGHT + 86_400 - 10, 15, True, 3600)  # rings and talks over the end of the day
        days = self.days(late)
        assert list(days) == [date(2024, 11, 4)]
        known = days[date(2024, 11, 4)]
        assert (known.figures["answered"], known.figures["answered_in_time"], known.figures["talking_seconds"]) == (
            1,
            1,
            3600,
        )
        assert known.halves["answered"][47] == 1

    def test_one_that_enters_at_midnight_sharp_is_the_next_days(self) -> None:
        days = self.days(RawCall("1", MIDNIGHT - 1, 5, True, 1), RawCall("2", MIDNIGHT, 5, True, 1))
        assert [(day.isoformat(), one.figures["offered"]) for day, one in days.items()] == [
            ("2024-11-03", 1),
            ("2024-11-04", 1),
        ]
        assert days[date(2024, 11, 4)].halves["offered"][0] == 1

    def test_a_caller_who_timed_out_into_another_queue_over_midnight_is_one_call_of_the_first_day(self) -> None:
        call = RawCall("1", MIDNIGHT - 30, 5, True, 60, timed_out_first=60)
        ((day, known),) = self.days(call).items()
        assert (day, known.figures["offered"], known.figures["answered"]) == (date(2024, 11, 3), 1, 1)
        assert (known.figures["answered_in_time"], known.figures["waiting_seconds"]) == (1, 65)

    def test_a_transferred_call_is_answered_once(self) -> None:
        ((_day, known),) = self.days(RawCall("1", MIDNIGHT, 8, True, 60, transferred=True)).items()
        assert (known.figures["offered"], known.figures["answered"], known.figures["talking_seconds"]) == (1, 1, 60)

    @pytest.mark.parametrize(("wait", "short", "left"), [(4, 1, 1), (5, 1, 1), (6, 0, 1), (15, 0, 1), (16, 0, 0)])
    def test_who_gives_up_within_five_seconds_is_short_and_within_fifteen_left_in_time(
        self, wait: int, short: int, left: int
    ) -> None:
        ((_day, known),) = self.days(RawCall("1", MIDNIGHT, wait, False, 0)).items()
        assert (known.figures["short_abandoned"], known.figures["left_in_time"]) == (short, left)
        assert (known.figures["answered"], known.figures["answered_in_time"]) == (0, 0)

    @pytest.mark.parametrize(("wait", "in_time"), [(15, 1), (16, 0)])
    def test_an_answer_at_the_last_second_is_in_time(self, wait: int, in_time: int) -> None:
        ((_day, known),) = self.days(RawCall("1", MIDNIGHT, wait, True, 1)).items()
        assert known.figures["answered_in_time"] == in_time
