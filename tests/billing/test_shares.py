"""The fee in shares: exact, equal, and by day where it changes."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from contract.batch import ContractFacts
from contract.rules.shares import SettledBeyondFee, at_last_fee, fee_of_term, plan, share_out, total
from contract.terms import TERMS
from contract.values import Book, DatedValue
from tests.billing.facts import END, FEE, START, contract

Fees = dict[date, str]


def shares(**fields: object) -> list[str]:
    return [str(amount) for amount in share_out(plan(contract(**fields))).amounts]  # type: ignore[arg-type]


def test_the_reference_fee_gives_three_equal_quarters_and_a_fen_more_in_the_last() -> None:
    assert shares() == ["522933.33", "522933.33", "522933.33", "522933.34"]


def test_periods_are_counted_from_the_first_day_and_touch() -> None:
    periods = [(share.start, share.end) for share in plan(contract())]
    assert periods[0] == (START, date(2024, 12, 31)) and periods[-1][1] == END
    for (_start, end), (start, _end) in pairwise(periods):
        assert start == end + timedelta(days=1)


def test_a_monthly_cycle_gives_twelve_shares() -> None:
    parts = shares(cycle=1)
    assert len(parts) == 12 and sum(map(Decimal, parts)) == FEE


def test_a_period_cut_short_by_the_end_of_the_term_counts_by_its_days() -> None:
    parts = shares(ends_on=date(2025, 4, 30), fees={START: "212.00"})  # 92 + 90 + 30 days
    assert parts == ["92.00", "90.00", "30.00"]


def test_a_new_fee_from_the_second_quarter_leaves_the_first_as_it_was() -> None:
    parts = shares(fees={START: "400.00", date(2025, 1, 1): "800.00"})
    assert parts == ["100.00", "200.00", "200.00", "200.00"]


def test_a_new_fee_within_a_quarter_shares_it_by_day() -> None:
    # Second quarter: 90 days, 30 of them at the old fee.
    parts = shares(fees={START: "360.00", date(2025, 1, 31): "720.00"})
    assert parts == ["90.00", "150.00", "180.00", "180.00"]


def test_a_period_before_an_amendment_keeps_its_amount_to_the_fen() -> None:
    """The second quarter comes to 99,833.333…: what is cut off there is taken from nobody else."""
    parts = shares(fees={START: "360000.00", date(2025, 2, 1): "420000.00"})
    assert parts == ["90000.00", "99833.33", "105000.00", "105000.00"]


def test_nothing_is_owed_for_days_after_a_termination() -> None:
    parts = shares(fees={START: "360.00"}, terminated_on=date(2025, 1, 30))
    assert parts == ["90.00", "30.00", "0.00", "0.00"]


def test_a_settled_share_stays_and_the_open_ones_carry_the_difference() -> None:
    changed = plan(contract(fees={START: "800.00"}))
    assert share_out(changed, {0: Decimal("100.00")}).amounts == (
        Decimal(100),
        Decimal("233.33"),
        Decimal("233.33"),
        Decimal("233.34"),
    )


def test_a_fee_below_what_is_settled_is_refused_with_both_figures() -> None:
    with pytest.raises(SettledBeyondFee) as error:
        share_out(plan(contract(fees={START: "100.00"})), {0: Decimal("100.01")})
    assert (error.value.settled, error.value.fee) == (Decimal("100.01"), Decimal("100.00"))


def test_a_difference_with_nothing_open_becomes_a_supplement() -> None:
    fixed = dict.fromkeys(range(4), Decimal("25.00"))
    same = share_out(plan(contract(fees={START: "100.00"})), fixed)
    assert same.amounts == tuple(fixed.values()) and same.supplement == 0
    more = share_out(plan(contract(fees={START: "100.01"})), fixed)
    assert more.amounts == tuple(fixed.values()) and more.supplement == Decimal("0.01")


def test_a_supplement_that_is_settled_is_not_added_twice() -> None:
    fixed = dict.fromkeys(range(4), Decimal("25.00"))
    again = share_out(plan(contract(fees={START: "100.01"})), fixed, Decimal("0.01"))
    assert again.supplement == 0


def test_a_period_says_from_when_to_when_which_fee_counted() -> None:
    second = plan(contract(fees={START: "360.00", date(2025, 1, 31): "720.00"}))[1]
    assert [(span.start, span.days, span.annual_fee) for span in second.spans] == [
        (date(2025, 1, 1), 30, Decimal("360.00")),
        (date(2025, 1, 31), 60, Decimal("720.00")),
    ]


money = st.integers(0, 10**11).map(lambda whole: Decimal(whole).scaleb(-2))


@given(
    first=money,
    changes=st.dictionaries(st.integers(1, 700), money, max_size=4),
    months=st.integers(1, 24),
    cycle=st.integers(1, 6),
    start=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
)
def test_shares_always_add_up_to_the_fee_of_the_term(
    first: Decimal, changes: dict[int, Decimal], months: int, cycle: int, start: date
) -> None:
    fees = {start: str(first)}
    fees |= {start + timedelta(days=day): str(fee) for day, fee in changes.items()}
    facts = contract(
        starts_on=start, cycle=cycle, fees=fees, ends_on=start + relativedelta(months=months) - timedelta(days=1)
    )
    parts = plan(facts)
    found = share_out(parts).amounts
    assert sum(found) == total(parts) == fee_of_term(facts)
    assert all(part >= 0 and part == part.quantize(Decimal("0.01")) for part in found)


@given(fee=money, fixed=st.lists(st.integers(0, 100), min_size=1, max_size=3))
def test_after_an_amendment_every_fen_is_accounted_for(fee: Decimal, fixed: list[int]) -> None:
    parts = plan(contract(fees={START: str(fee + 300)}))
    settled = {number: Decimal(amount) for number, amount in enumerate(fixed)}
    found = share_out(parts, settled)
    assert sum(found.amounts) == fee + 300 and found.supplement == 0
    assert found.amounts[: len(fixed)] == tuple(Decimal(amount) for amount in fixed)


@given(fee=money, cycle=st.sampled_from([1, 2, 3, 4, 6, 12]))
def test_equal_periods_differ_by_a_fen_at_most_and_the_later_ones_have_it(fee: Decimal, cycle: int) -> None:
    found = share_out(plan(contract(fees={START: str(fee)}, cycle=cycle))).amounts
    assert list(found) == sorted(found) and found[-1] - found[0] <= Decimal("0.01")


@given(
    first=money,
    changes=st.lists(st.tuples(st.integers(1, 364), money), max_size=4),
    ended=st.none() | st.integers(0, 364),
    settling=st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_a_run_of_amendments_never_loses_a_fen_nor_touches_what_is_settled(
    first: Decimal, changes: list[tuple[int, Decimal]], ended: int | None, settling: list[bool]
) -> None:
    """Each amendment is generated in turn; between them some instalments are settled."""
    fees = {START: str(first)}
    found = share_out(plan(contract(fees=fees))).amounts
    settled: dict[int, Decimal] = {}
    supplements = Decimal("0.00")
    for number, (day, fee) in enumerate(changes):
        if number < len(settling) and settling[number]:
            settled[number] = found[number]
        fees[START + timedelta(days=day)] = str(fee)
        last = START + timedelta(days=ended) if ended is not None else None
        facts = contract(fees=fees, terminated_on=last)
        try:
            sharing = share_out(plan(facts), settled, supplements)
        except SettledBeyondFee as error:
            assert error.settled > fee_of_term(facts)
            return
        found = sharing.amounts
        supplements += sharing.supplement
        assert sum(found) + supplements == fee_of_term(facts)
        assert all(found[place] == amount for place, amount in settled.items())
        assert all(part >= 0 for part in (*found, sharing.supplement))


@given(fee=money, day=st.integers(0, 364))
def test_ended_early_the_days_served_are_owed_and_no_others(fee: Decimal, day: int) -> None:
    last = START + timedelta(days=day)
    facts = contract(fees={START: str(fee)}, terminated_on=last)
    found = share_out(plan(facts)).amounts
    assert sum(found) == fee_of_term(facts) <= fee
    assert all(amount == 0 for share, amount in zip(plan(facts), found, strict=True) if share.start > last)
    if last == END:
        assert sum(found) == fee


# --- A fee of a year or of a month ------------------------------------------------------------------

TWO_YEARS = {"starts_on": START, "ends_on": date(2026, 9, 30)}


def based(basis: str, part: str = "by_months", **fields: Any) -> ContractFacts:
    """A contract whose fee is for `basis`."""
    made = contract(policies={"fee_part_year": part}, **fields)
    rows = [row for key in TERMS for row in made.terms.changes(key)]
    return replace(made, terms=Book(TERMS, [*rows, DatedValue("fee_basis", made.starts_on, basis)]))


def test_prices_of_two_years_are_added_and_each_year_adds_up_to_its_own() -> None:
    two = based("contract_year", fees={START: "6100000.90", date(2025, 10, 1): "6700000.90"}, **TWO_YEARS)
    amounts = share_out(plan(two)).amounts
    assert fee_of_term(two) == sum(amounts) == Decimal("12800001.80")
    assert [str(one) for one in amounts[:4]] == ["1525000.22", "1525000.22", "1525000.23", "1525000.23"]
    assert sum(amounts[:4]) == Decimal("6100000.90") and sum(amounts[4:]) == Decimal("6700000.90")


def test_two_years_for_one_fee_of_the_whole_term_owe_it_once() -> None:
    assert fee_of_term(based("whole_term", fees={START: "100.00"}, **TWO_YEARS)) == Decimal("100.00")
    assert fee_of_term(based("contract_year", fees={START: "100.00"}, **TWO_YEARS)) == Decimal("200.00")
    assert fee_of_term(based("month", fees={START: "100.00"}, **TWO_YEARS)) == Decimal("2400.00")


@pytest.mark.parametrize(("part", "fee"), [("by_months", "700000.00"), ("by_days", "696986.30")])
def test_seven_months_of_a_yearly_fee_count_by_months_or_by_days(part: str, fee: str) -> None:
    """October to April are 212 of 365 days: 1,200,000 × 212 / 365."""
    seven = based("contract_year", part, fees={START: "1200000.00"}, ends_on=date(2025, 4, 30))
    assert fee_of_term(seven) == Decimal(fee) == sum(share_out(plan(seven)).amounts)


def test_a_monthly_fee_of_a_month_cut_short_counts_by_its_days() -> None:
    assert fee_of_term(based("month", fees={START: "310.00"}, ends_on=date(2024, 12, 10))) == Decimal("720.00")


def test_a_year_that_is_whole_has_equal_parts_whatever_the_reading() -> None:
    by_days = based("contract_year", "by_days", fees={START: "400.00"})
    assert share_out(plan(by_days)).amounts == (Decimal("100.00"),) * 4


def test_a_settled_quarter_of_the_first_year_is_made_up_for_in_that_year() -> None:
    two = based("contract_year", fees={START: "400.00", date(2025, 10, 1): "800.00"}, **TWO_YEARS)
    amounts = share_out(plan(two), {0: Decimal("70.00")}).amounts
    assert [str(one) for one in amounts] == ["70.00", "110.00", "110.00", "110.00", *["200.00"] * 4]


def test_a_year_that_is_settled_too_low_is_made_up_for_in_the_next() -> None:
    two = based("contract_year", fees={START: "400.00", date(2025, 10, 1): "800.00"}, **TWO_YEARS)
    amounts = share_out(plan(two), dict.fromkeys(range(4), Decimal("90.00"))).amounts
    assert sum(amounts) == Decimal("1200.00") and amounts[4] == Decimal("210.00")


def test_a_period_that_runs_into_the_next_year_has_a_part_of_both_prices() -> None:
    two = based("contract_year", fees={START: "1200.00", date(2025, 10, 1): "2400.00"}, cycle=8, **TWO_YEARS)
    assert [str(one) for one in share_out(plan(two)).amounts] == ["800.00", "1200.00", "1600.00"]


def test_another_term_at_the_last_fee_costs_that_fee_throughout() -> None:
    two = based("contract_year", fees={START: "400.00", date(2025, 10, 1): "800.00"}, **TWO_YEARS)
    assert fee_of_term(at_last_fee(two)) == Decimal("1600.00")
    assert fee_of_term(at_last_fee(based("month", fees={START: "100.00"}))) == Decimal("1200.00")
