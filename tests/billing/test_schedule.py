"""Payment rules: what they make of shares, prices and quantities, to the fen; without a quantity no amount."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.choices import BandReading, ItemKind, QuantitySource, Unit
from billing.rules.schedule import Day, Item, Planned, Quantities, Rule, amounts, line_of, planned
from contract.batch import ContractFacts
from contract.terms import TERMS
from contract.values import Book, DatedValue
from tests.billing.facts import END, START, contract

NOTHING = Quantities()
AFTER = date(2026, 1, 1)


def share(percent: str, title: str = "款") -> Item:
    return Item(1, title, ItemKind.PERCENT, percent=Decimal(percent))


def price(unit: str, quantity: str, each: str = "", pk: int = 7, **more: object) -> Item:
    return Item(pk, "项", ItemKind.PRICE, price=Decimal(each) if each else None, unit=unit, quantity=quantity, **more)  # type: ignore[arg-type]


def once(percent: str, pk: int = 1) -> Rule:
    return Rule(pk, f"第{pk}笔", (share(percent),))


def paid(rules: list[Rule], known: Quantities = NOTHING, as_of: date = AFTER, **fields: object) -> list[str | None]:
    rows = planned(contract(**fields), rules, known, as_of)  # type: ignore[arg-type]
    return [None if one is None else str(one) for one in amounts(rows)[0]]


# --- Shares of the fee ------------------------------------------------------------------------------


def test_four_equal_quarters_are_one_row_of_data() -> None:
    assert paid([Rule(1, "季度款", (share("100"),), every_months=3)]) == [
        "522933.33",
        "522933.33",
        "522933.33",
        "522933.34",
    ]


@pytest.mark.parametrize(
    ("shares", "fee", "expected"),
    [
        (["65", "35"], "1000000.01", ["650000.00", "350000.01"]),
        (["60", "30", "10"], "1000000.01", ["600000.00", "300000.00", "100000.01"]),
        (["60", "30", "10"], "880000.00", ["528000.00", "264000.00", "88000.00"]),
    ],
)
def test_shares_by_percent_add_up_to_the_fee(shares: list[str], fee: str, expected: list[str]) -> None:
    rules = [once(percent, pk) for pk, percent in enumerate(shares, start=1)]
    assert paid(rules, fees={START: fee}) == expected


def test_most_of_it_by_the_month_and_the_rest_once() -> None:
    rules = [Rule(1, "月度款", (share("65"),), every_months=1), once("35", 2)]
    parts = paid(rules, fees={START: "1000000.01"})
    assert len(parts) == 13 and sum(Decimal(one or 0) for one in parts) == Decimal("1000000.01")
    assert sum(Decimal(one or 0) for one in parts[:12]) == Decimal("650000.00")


def test_a_settled_share_stays_and_the_others_carry_the_rest() -> None:
    rows = planned(contract(fees={START: "100.00"}), [once("60", 1), once("40", 2)], NOTHING, AFTER)
    assert amounts(rows, {0: Decimal("50.00")})[0] == [Decimal("50.00"), Decimal("50.00")]


@given(st.integers(1, 10**10), st.integers(1, 99))
def test_any_two_shares_of_any_fee_add_up(fen: int, percent: int) -> None:
    fee = Decimal(fen) / 100
    parts = paid([once(str(percent), 1), once(str(100 - percent), 2)], fees={START: f"{fee:.2f}"})
    assert sum(Decimal(one or 0) for one in parts) == fee


# --- Prices and quantities --------------------------------------------------------------------------


def staffed(headcount: int = 23, **more: object) -> ContractFacts:
    made = contract(**more)  # type: ignore[arg-type]
    return replace(made, terms=Book(TERMS, [DatedValue("headcount", START, headcount)]))


def days(first: date, last: date, **one: int) -> dict[date, Day]:
    return {first + timedelta(days=n): Day(**one) for n in range((last - first).days + 1)}


OCTOBER = (date(2024, 10, 1), date(2024, 10, 31))


def test_a_price_for_a_person_and_month_by_the_headcount() -> None:
    line = line_of(staffed(), price("person_month", "headcount", "5600.00"), *OCTOBER, NOTHING, OCTOBER[1])
    assert (line.amount, line.calculation) == (Decimal("128800.00"), "23 人月×5,600.00 元＝128,800.00 元")


def test_before_the_month_is_over_nothing_is_said_of_it() -> None:
    line = line_of(staffed(), price("person_month", "headcount", "5600.00"), *OCTOBER, NOTHING, date(2024, 10, 30))
    assert line.amount is None and line.why is not None


def test_a_higher_headcount_from_the_sixteenth_counts_by_day() -> None:
    rows = [DatedValue("headcount", START, 20), DatedValue("headcount", date(2024, 10, 17), 22)]
    made = replace(staffed(), terms=Book(TERMS, rows))
    line = line_of(made, price("person_month", "headcount", "3100.00"), *OCTOBER, NOTHING, AFTER)
    assert line.amount == Decimal("65000.00")  # 20 + 2 × 15/31 person-months


def test_person_months_by_attendance_cap_each_day_at_the_headcount() -> None:
    known = Quantities(
        days(date(2024, 10, 1), date(2024, 10, 30), in_place=24) | {date(2024, 10, 31): Day(in_place=22)}
    )
    line = line_of(staffed(), price("person_month", "attendance", "3100.00"), *OCTOBER, known, AFTER)
    assert line.amount == Decimal("71200.00")  # 712 of 713 person-days at 100.00


def test_person_days_are_days_on_duty() -> None:
    known = Quantities(days(*OCTOBER, in_place=23, on_duty=17))
    line = line_of(staffed(), price("person_day", "attendance", "210.55"), *OCTOBER, known, AFTER)
    assert (line.amount, line.calculation) == (Decimal("110959.85"), "在岗 527 人日×210.55 元＝110,959.85 元")


@pytest.mark.parametrize("hole", [Day(in_place=22, unreported=1), None])
def test_a_day_that_is_not_reported_leaves_the_month_unsaid(hole: Day | None) -> None:
    known = days(*OCTOBER, in_place=23, on_duty=17)
    if hole is None:
        del known[date(2024, 10, 9)]
    else:
        known[date(2024, 10, 9)] = hole
    line = line_of(staffed(), price("person_day", "attendance", "210.55"), *OCTOBER, Quantities(known), AFTER)
    assert line.amount is None and "2024-10-09" in str(line.why)


BANDS = ((Decimal(0), Decimal("3.20")), (Decimal(10000), Decimal("2.80")), (Decimal(20000), Decimal("2.555")))


def calls(count: int, reading: str) -> Decimal | None:
    item = price("call", "reported", bands=BANDS, bands_apply=reading)
    known = Quantities(confirmed={(7, START): Decimal(count)})
    return line_of(staffed(), item, *OCTOBER, known, AFTER).amount


@pytest.mark.parametrize(
    ("count", "each", "whole"),
    [
        (0, "0.00", "0.00"),
        (9999, "31996.80", "31996.80"),
        (10000, "32000.00", "32000.00"),
        (10001, "32002.80", "28002.80"),
        (20000, "60000.00", "56000.00"),
        (20003, "60007.67", "51107.67"),
    ],
)
def test_bands_by_volume_include_their_upper_bound(count: int, each: str, whole: str) -> None:
    assert calls(count, BandReading.EACH) == Decimal(each)
    assert calls(count, BandReading.WHOLE) == Decimal(whole)


def test_what_the_other_side_has_not_confirmed_is_no_amount() -> None:
    item = price(Unit.CALL, QuantitySource.REPORTED, "3.20")
    line = line_of(staffed(), item, *OCTOBER, NOTHING, AFTER)
    assert line.amount is None and "项" in str(line.why)


# --- Several items, and a budget ----------------------------------------------------------------------


def monthly(each: str = "1000.00") -> Rule:
    return Rule(1, "月度款", (price("call", "reported", "3.00"), price("hour", "reported", each, pk=8)), every_months=1)


def known_until(months: int) -> Quantities:
    starts = [row.start for row in planned(staffed(), [monthly()], NOTHING, AFTER)][:months]
    return Quantities(confirmed={(pk, day): Decimal(2) for day in starts for pk in (7, 8)})


def rows(months: int) -> list[Planned]:
    return planned(staffed(), [monthly()], known_until(months), AFTER)


def test_several_items_make_one_instalment_and_one_that_is_missing_leaves_it_unsaid() -> None:
    assert amounts(rows(1))[0] == [Decimal("2006.00"), *[None] * 11]
    half = planned(staffed(), [monthly()], Quantities(confirmed={(7, START): Decimal(2)}), AFTER)
    assert amounts(half)[0][0] is None


@pytest.mark.parametrize(
    ("budget", "expected"), [("4012.00", ["2006.00", "2006.00"]), ("4011.99", ["2006.00", "2005.99"])]
)
def test_a_budget_caps_the_sum_in_the_order_of_the_periods(budget: str, expected: list[str]) -> None:
    found = amounts(rows(2), budget=Decimal(budget))[0]
    assert [str(one) for one in found[:2]] == expected


def test_under_a_budget_nothing_is_said_after_a_month_that_is_not_known() -> None:
    known = Quantities(confirmed={(pk, date(2024, 11, 1)): Decimal(2) for pk in (7, 8)})
    found = amounts(planned(staffed(), [monthly()], known, AFTER), budget=Decimal("9000.00"))[0]
    assert found[:2] == [None, None]


def test_nothing_is_owed_for_periods_after_a_termination() -> None:
    ended = replace(staffed(), terminated_on=date(2024, 10, 31))
    found = amounts(planned(ended, [monthly()], known_until(1), AFTER))[0]
    assert found == [Decimal("2006.00"), *[Decimal("0.00")] * 11]
    assert date(2024, 10, 31) < END
