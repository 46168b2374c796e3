"""The indicators at their edges, in integers; what is not known is not passed."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.batch import ContractFacts
from contract.choices import ExcuseCause, Outcome
from contract.findings import Finding
from contract.rules.excuses import ExcuseFacts
from contract.terms import POLICIES
from contract.values import Book, DatedValue
from hotline.rules.facts import Count, DayFacts, IndicatorFacts, ServiceFacts
from hotline.rules.level import needed, service_level
from hotline.rules.spans import windows
from law.calendar import DEFAULT
from tests.hotline.cases import FIRST, LAST, day, indicator, month, service
from tests.staffing.helpers import facts as contract_facts

NOV, NOV_END = date(2024, 11, 1), date(2024, 11, 30)
LATER = date(2025, 3, 1)
ONE = timedelta(days=1)


def contract(*, agreed: bool = True, **policies: Any) -> ContractFacts:
    """A contract whose readings both sides have confirmed, or not."""
    values = {"connection_reading": "of_all_entries", "service_level_reading": "of_all_entries"} | policies
    rows = [DatedValue(key, FIRST, value, confirmed=agreed) for key, value in values.items()]
    return replace(contract_facts(), policies=Book(POLICIES, rows))


def found(
    days: dict[date, DayFacts], own: IndicatorFacts | None = None, *, as_of: date = LATER, **fields: Any
) -> list[Finding]:
    facts = service(days, own or indicator(), since=fields.pop("since", NOV))
    return list(service_level(fields.pop("of", contract()), facts, DEFAULT, as_of, fields.pop("excuses", ())))


def november(days: dict[date, DayFacts], own: IndicatorFacts | None = None, **fields: Any) -> Finding:
    return next(one for one in found(days, own, **fields) if one.period == (NOV, NOV_END))


def of_november(offered: int, answered: int, **more: Any) -> dict[date, DayFacts]:
    return month(NOV, 30, day(offered, answered, **more))


@pytest.mark.parametrize(
    ("part", "whole", "floor", "at_least", "shown"),
    [
        (3, 7, None, True, "42.86%"),  # 42.857: half up
        (4, 7, None, True, "57.14%"),  # 57.142
        (94_994, 100_000, 95, True, "94.99%"),
        (94_995, 100_000, 95, True, "94.99%"),  # 95.00 by rounding, and it failed
        (95_000, 100_000, 95, True, "95.00%"),
        (95_004, 100_000, 95, True, "95.00%"),
        (95_005, 100_000, 95, True, "95.01%"),
        (94_995, 100_000, None, True, "95.00%"),  # no target, nothing to contradict
        (950_045, 1_000_000, Decimal("95.0042"), True, "95.01%"),  # reached: 95.00 would lie below it
        (950_041, 1_000_000, Decimal("95.0042"), True, "95.00%"),
        (5_004, 100_000, 5, False, "5.01%"),  # an upper limit that was passed
        (5_000, 100_000, 5, False, "5.00%"),
        (4_996, 100_000, 5, False, "5.00%"),
        (99_996, 100_000, 95, True, "99.99%"),  # not all of them
        (100_000, 100_000, 95, True, "100.00%"),
        (4, 100_000, 5, False, "0.01%"),  # not none
        (0, 100_000, 5, False, "0.00%"),
    ],
)
def test_a_rate_is_shown_rounded_and_never_across_its_target(
    part: int, whole: int, floor: Any, at_least: bool, shown: str
) -> None:
    assert Count(part, whole).rate(None if floor is None else Decimal(floor), at_least=at_least) == shown


@given(part=st.integers(0, 9_999), more=st.integers(1, 9_999), floor=st.decimals(0, 100, places=4), up=st.booleans())
def test_what_is_shown_is_a_hundredth_away_at_most_and_has_the_verdict_of_the_counts(
    part: int, more: int, floor: Decimal, up: bool
) -> None:
    count = Count(part, part + more)
    shown = Fraction(count.rate(floor, at_least=up)[:-1])
    assert abs(shown - Fraction(100 * part, part + more)) < Fraction(1, 100)
    assert ((shown >= floor) if up else (shown <= floor)) == count.reaches(floor, at_least=up)


class TestSums:
    def test_exactly_the_target_is_reached(self) -> None:
        finding = november(of_november(100, 95))
        assert (finding.outcome, finding.measured, finding.required) == (Outcome.MET, "95.00%", "≥ 95%")
        assert (finding.figures["part"], finding.figures["whole"]) == (2850, 3000)

    def test_one_call_below_it_is_not_and_the_rate_does_not_say_otherwise(self) -> None:
        days = of_november(100_000, 95_000) | {NOV: day(100_000, 94_999)}
        finding = november(days)
        assert (finding.outcome, finding.measured) == (Outcome.NOT_MET, "94.99%")

    def test_an_upper_limit_is_cut_off_to_the_other_side(self) -> None:
        own = indicator(readings={"": ("short_abandoned", "offered")}, at_least=False, floor=Decimal("0.5"))
        assert november(of_november(200, 100, short=1), own).outcome == Outcome.MET
        finding = november(of_november(200_000, 1, short=1_000) | {NOV: day(200_000, 1, short=1_001)}, own)
        assert (finding.outcome, finding.measured, finding.required) == (Outcome.NOT_MET, "0.51%", "≤ 0.5%")

    def test_no_calls_is_nothing_owed(self) -> None:
        assert not [one for one in found(of_november(0, 0)) if one.period == (NOV, NOV_END)]

    def test_fewer_cases_than_the_least_number_are_not_judged(self) -> None:
        assert not [one for one in found(of_november(1, 0), indicator(minimum=31)) if one.period == (NOV, NOV_END)]
        assert november(of_november(1, 0), indicator(minimum=30)).outcome == Outcome.NOT_MET

    def test_a_day_without_figures_makes_the_month_unproven_once_its_time_is_over(self) -> None:
        days = of_november(100, 100)
        del days[date(2024, 11, 12)]
        assert november(days, as_of=date(2024, 12, 10)).outcome == Outcome.PENDING
        finding = november(days, as_of=date(2024, 12, 11))
        assert finding.outcome == Outcome.UNDETERMINED
        assert finding.figures["missing"] == [date(2024, 11, 12)]

    def test_a_figure_that_the_platform_does_not_give_is_unproven_and_not_zero(self) -> None:
        own = indicator(readings={"": ("answered_in_time", "answered")})
        assert november(of_november(100, 100), own).outcome == Outcome.UNDETERMINED

    def test_a_month_before_the_platforms_first_day_is_not_asked_for(self) -> None:
        assert {one.period[0] for one in found(of_november(100, 100)) if one.period} >= {NOV}
        assert not [one for one in found({}) if one.period and one.period[0] < NOV]

    def test_nothing_on_record_gives_no_finding_here(self) -> None:
        assert not list(service_level(contract(), ServiceFacts(), DEFAULT, LATER))

    def test_an_indicator_without_a_target_is_shown_and_not_judged(self) -> None:
        assert not found(of_november(100, 1), indicator(floor=None))

    @pytest.mark.parametrize(("window", "number"), [("week", 53), ("quarter", 4), ("year", 1), ("month", 12)])
    def test_windows_cover_the_term_without_a_gap(self, window: str, number: int) -> None:
        spans = windows(window, FIRST, LAST)
        assert (spans[0][0], spans[-1][1], len(spans)) == (FIRST, LAST, number)
        assert all(left[1] + ONE == right[0] for left, right in pairwise(spans))


class TestRunningMonth:
    def test_it_says_how_many_answered_calls_would_still_save_it(self) -> None:
        days = month(NOV, 10, day(100, 90))
        finding = november(days, as_of=date(2024, 11, 11))
        assert (finding.outcome, finding.figures["needed"]) == (Outcome.AT_RISK, 1000)
        more = days | {NOV + 10 * ONE: day(1000, 1000)}
        assert november(more, as_of=date(2024, 11, 12)).outcome == Outcome.PENDING
        less = days | {NOV + 10 * ONE: day(999, 999)}
        assert november(less, as_of=date(2024, 11, 12)).outcome == Outcome.AT_RISK

    @given(st.integers(0, 500), st.integers(1, 500), st.integers(1, 99))
    def test_the_number_is_the_least_that_does(self, part: int, whole: int, percent: int) -> None:
        part = min(part, whole)
        calls = needed(Count(part, whole), Decimal(percent))
        assert calls is not None
        assert Fraction(part + calls, whole + calls) >= Fraction(percent, 100)
        assert calls == 0 or Fraction(part + calls - 1, whole + calls - 1) < Fraction(percent, 100)

    def test_no_number_brings_back_the_whole(self) -> None:
        assert needed(Count(1, 2), Decimal(100)) is None
        finding = november(month(NOV, 3, day(10, 9)), indicator(floor=Decimal(100)), as_of=date(2024, 11, 4))
        assert (finding.outcome, "needed" in finding.figures) == (Outcome.AT_RISK, False)


class TestReadings:
    DAYS = of_november(100, 94, short=2)  # 94.00 % of all, 95.91 % without those who gave up at once

    def test_the_reading_that_is_confirmed_counts(self) -> None:
        assert november(self.DAYS).outcome == Outcome.NOT_MET
        other = contract(connection_reading="without_short_abandons")
        assert november(self.DAYS, of=other).outcome == Outcome.MET

    @pytest.mark.parametrize("reading", ["of_all_entries", "without_short_abandons"])
    def test_two_verdicts_and_no_agreement_are_a_warning_whichever_is_the_default(self, reading: str) -> None:
        finding = november(self.DAYS, of=contract(agreed=False, connection_reading=reading))
        assert finding.outcome == Outcome.AT_RISK
        assert finding.figures["readings"] == {"of_all_entries": "94.00%", "without_short_abandons": "95.92%"}
        assert "95.92%" in "".join(one.text for one in finding.evidence)

    def test_where_all_readings_agree_the_missing_agreement_does_not_matter(self) -> None:
        assert november(of_november(100, 90, short=2), of=contract(agreed=False)).outcome == Outcome.NOT_MET

    def test_below_a_target_that_is_not_confirmed_is_a_warning_no_breach(self) -> None:
        own = indicator(confirmed=False)
        assert november(of_november(100, 94), own).outcome == Outcome.AT_RISK
        met = november(of_november(100, 95), own)
        assert met.outcome == Outcome.MET
        assert "not confirmed" in met.message.msgid


class TestAny24Hours:
    OWN = indicator(window="any_24_hours")

    def test_calendar_days_may_pass_and_the_hours_across_midnight_not(self) -> None:
        evening, morning = [0] * 48, [0] * 48
        evening[40], morning[4] = 9, 9  # nine callers lost at 20:00 and nine at 2:00: each day bears its own
        first = _with_lost(evening)
        second = _with_lost(morning)
        days = of_november(192, 192) | {NOV: first, NOV + ONE: second}
        assert (first.figures["answered"], first.figures["offered"]) == (188, 197)  # 95.43 %
        finding = november(days, self.OWN)
        assert finding.outcome == Outcome.NOT_MET
        assert (finding.figures["part"], finding.figures["whole"]) == (184, 202)
        assert finding.figures["begins_on"] == NOV

    def test_it_agrees_with_every_stretch_counted_by_itself(self) -> None:
        numbers = [(n * 7919) % 23 for n in range(96)]
        lost = [(n * 31) % 7 == 0 for n in range(96)]
        halves = [
            {
                "offered": numbers[48 * d : 48 * d + 48],
                "answered": [
                    n * (not gone)
                    for n, gone in zip(numbers[48 * d : 48 * d + 48], lost[48 * d : 48 * d + 48], strict=True)
                ],
            }
            for d in (0, 1)
        ]
        days = {
            NOV + d * ONE: DayFacts(
                {**{k: sum(v) for k, v in own.items()}, "short_abandoned": 0},
                FIRST,
                {**own, "short_abandoned": [0] * 48},
            )
            for d, own in enumerate(halves)
        }
        own = indicator(window="any_24_hours", readings={"": ("answered", "offered")})
        finding = next(iter(found(days, own, as_of=NOV + ONE)))
        flat = [(a, o) for d in halves for a, o in zip(d["answered"], d["offered"], strict=True)]
        stretches = [flat[n : n + 48] for n in range(49)]
        rates = [Fraction(sum(a for a, _o in one), sum(o for _a, o in one)) for one in stretches]
        assert Fraction(finding.figures["part"], finding.figures["whole"]) == min(rates)
        assert finding.figures["judged"] == len(stretches)

    def test_a_day_at_exactly_the_target_passes_and_one_call_below_does_not(self) -> None:
        assert november(of_november(960, 912), self.OWN).outcome == Outcome.MET
        days = of_november(960, 912) | {NOV: day(960, 911)}
        assert november(days, self.OWN).outcome == Outcome.NOT_MET

    def test_what_is_known_to_be_below_is_enough_though_other_days_are_missing(self) -> None:
        assert november({NOV: day(100, 90)}, self.OWN, as_of=NOV + ONE).outcome == Outcome.NOT_MET
        assert november({NOV: day(100, 99)}, self.OWN).outcome == Outcome.UNDETERMINED

    def test_days_without_half_hours_are_judged_as_calendar_days_and_it_says_so(self) -> None:
        whole = {on: replace(one, halves={}) for on, one in of_november(100, 95).items()}
        finding = november(whole, self.OWN)
        assert (finding.outcome, finding.figures["judged"]) == (Outcome.MET, 30)
        assert finding.figures["by_day_only"]

    def test_each_day_by_itself(self) -> None:
        own = indicator(window="day")
        finding = november(of_november(100, 95) | {NOV: day(100, 94)}, own)
        assert (finding.figures["judged"], finding.figures["below"]) == (30, 1)


def _with_lost(lost: list[int]) -> DayFacts:
    offered = [4] * 48
    for half, number in enumerate(lost):
        offered[half] = max(4, number)
    answered = [n - gone for n, gone in zip(offered, lost, strict=True)]
    halves = {"offered": offered, "answered": answered, "short_abandoned": [0] * 48}
    return DayFacts({name: sum(numbers) for name, numbers in halves.items()}, FIRST, halves)


def excuse(**fields: Any) -> ExcuseFacts:
    values: dict[str, Any] = {
        "pk": 1,
        "contract_id": 1,
        "check_id": "contract.service_level",
        "subject_label": "hotline.Indicator",
        "subject_pk": 7,
        "cause": ExcuseCause.FORCE_MAJEURE,
        "title": "停电",
        "first": NOV,
        "last": NOV,
        "resume_by": None,
    }
    return ExcuseFacts(**values | fields)


class TestForceMajeure:
    DAYS = of_november(100, 96) | {NOV: day(100, 0)}

    def test_a_lost_day_leaves_the_count(self) -> None:
        assert november(self.DAYS).outcome == Outcome.NOT_MET
        finding = november(self.DAYS, excuses=[excuse()])
        assert (finding.outcome, finding.figures["whole"]) == (Outcome.MET, 2900)
        assert finding.figures["lost_to_force_majeure"] == [NOV]

    @pytest.mark.parametrize(
        "fields", [{"lacks": "approval"}, {"subject_pk": 8}, {"cause": ExcuseCause.WAIVER}, {"last": NOV - ONE}]
    )
    def test_what_is_not_approved_or_about_something_else_changes_nothing(self, fields: dict[str, Any]) -> None:
        assert november(self.DAYS, excuses=[excuse(**fields)]).outcome == Outcome.NOT_MET

    def test_no_24_hours_reach_into_a_lost_day(self) -> None:
        own = indicator(window="any_24_hours")
        assert november(self.DAYS, own).outcome == Outcome.NOT_MET
        finding = november(self.DAYS, own, excuses=[excuse()])
        assert (finding.outcome, finding.figures["below"]) == (Outcome.MET, 0)
