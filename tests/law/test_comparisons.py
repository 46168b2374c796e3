"""Both edges of art. 1259's words, and shares that rounding would falsify."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from law.comparisons import at_least, at_most, budget, exceeds, floor_percent, share_at_least


@pytest.mark.parametrize(
    ("value", "least", "most", "more"), [(34, False, True, False), (35, True, True, False), (36, True, False, True)]
)
def test_the_words_include_or_exclude_the_figure_itself(value: int, least: bool, most: bool, more: bool) -> None:
    assert at_least(value, 35) is least
    assert at_most(value, 35) is most
    assert exceeds(value, 35) is more


@pytest.mark.parametrize(
    ("whole", "part", "met", "shown"),
    [
        (45, 45, True, "100.00%"),
        (45, 44, False, "97.77%"),
        (1350, 1323, True, "98.00%"),
        (1350, 1322, False, "97.92%"),
        (1395, 1368, True, "98.06%"),
        (1395, 1367, False, "97.99%"),
        (1260, 1235, True, "98.01%"),
        (1260, 1234, False, "97.93%"),
        (1305, 1279, True, "98.00%"),  # 98.007…: a leap February
        (1305, 1278, False, "97.93%"),
        (4050, 3969, True, "98.00%"),
        (4050, 3968, False, "97.97%"),
        (4140, 4058, True, "98.01%"),
        (4140, 4057, False, "97.99%"),
        (16425, 16097, True, "98.00%"),
        (16425, 16096, False, "97.99%"),  # 97.997 %, which rounding would show as 98.00 %
        (45, 0, False, "0.00%"),
    ],
)
def test_the_on_post_rate_at_98_percent(whole: int, part: int, met: bool, shown: str) -> None:
    assert share_at_least(part, whole, 98) is met
    assert floor_percent(part, whole) == shown


def test_a_month_can_fail_that_its_quarter_passes() -> None:
    absent = 28
    assert not share_at_least(1350 - absent, 1350, 98)
    assert share_at_least(4140 - absent, 4140, 98)


@pytest.mark.parametrize("percent", [Decimal("97.5"), "97.5", "97.50"])
def test_a_fractional_percentage_is_exact(percent: Decimal | str) -> None:
    assert share_at_least(39, 40, percent)
    assert share_at_least(975, 1000, percent)
    assert not share_at_least(974, 1000, percent)


@pytest.mark.parametrize(
    ("whole", "percent", "spend"),
    [
        (1350, 98, 27),
        (1395, 98, 27),
        (1260, 98, 25),
        (1305, 98, 26),
        (45, 98, 0),
        (50, 98, 1),
        (4140, 98, 82),
        (1000, "97.5", 25),
        (1350, 100, 0),
        (1350, 0, 1350),
        (0, 98, 0),
    ],
)
def test_the_budget_is_what_may_be_missing(whole: int, percent: int | str, spend: int) -> None:
    assert budget(whole, percent) == spend


@pytest.mark.parametrize(("part", "whole"), [(0, 0), (1, 0), (-1, 45), (46, 45), (0, -45)])
def test_a_share_of_nothing_or_beyond_the_whole_is_refused(part: int, whole: int) -> None:
    with pytest.raises(ValueError):
        share_at_least(part, whole, 98)
    with pytest.raises(ValueError):
        floor_percent(part, whole)


@pytest.mark.parametrize("percent", [-1, 101, "100.01", "much", "NaN", "Infinity"])
def test_a_percentage_outside_0_to_100_is_refused(percent: int | str) -> None:
    with pytest.raises(ValueError):
        share_at_least(1, 2, percent)


def test_a_floating_point_percentage_is_refused() -> None:
    with pytest.raises(TypeError):
        share_at_least(1, 2, 98.0)  # type: ignore[arg-type]


def test_a_negative_budget_is_refused() -> None:
    with pytest.raises(ValueError):
        budget(-1, 98)


percents = st.decimals(0, 100, places=3)
wholes = st.integers(1, 10**7)


@given(st.data(), wholes, percents)
def test_a_share_is_compared_as_the_exact_fraction(data: st.DataObject, whole: int, percent: Decimal) -> None:
    part = data.draw(st.integers(0, whole))
    assert share_at_least(part, whole, percent) == (Fraction(part, whole) * 100 >= Fraction(percent))


@given(wholes, percents)
def test_the_budget_is_spent_exactly_at_the_bound(whole: int, percent: Decimal) -> None:
    spend = budget(whole, percent)
    assert share_at_least(whole - spend, whole, percent)
    assume(spend < whole)
    assert not share_at_least(whole - spend - 1, whole, percent)


@given(st.data(), wholes)
def test_a_failed_share_never_shows_as_98_percent(data: st.DataObject, whole: int) -> None:
    part = data.draw(st.integers(0, whole))
    shown = Decimal(floor_percent(part, whole).rstrip("%"))
    assert (shown >= 98) == share_at_least(part, whole, 98)
