"""Dated figures and readings: what is in force on a day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from contract.models import Policy, Term
from contract.terms import POLICIES, TERMS
from contract.values import Book, DatedValue

FIRST = date(2024, 10, 1)


def test_a_value_is_in_force_from_its_day_until_the_day_before_the_next() -> None:
    book = Book(TERMS, [DatedValue("headcount", FIRST, 45), DatedValue("headcount", date(2025, 4, 1), 47)])
    assert book.on(date(2025, 3, 31), "headcount") == 45
    assert book.on(date(2025, 4, 1), "headcount") == 47


def test_a_term_that_is_not_recorded_is_an_error_and_a_policy_has_its_default() -> None:
    with pytest.raises(KeyError, match="headcount"):
        Book(TERMS).on(FIRST, "headcount")
    assert Book(POLICIES).on(FIRST, "on_post_window") == "calendar_month"


def test_a_policy_is_unconfirmed_until_both_sides_wrote_it_down() -> None:
    unconfirmed = DatedValue("payment_due_days", FIRST, 20, confirmed=False)
    assert not Book(POLICIES).confirmed(FIRST, "payment_due_days")
    assert not Book(POLICIES, [unconfirmed]).confirmed(FIRST, "payment_due_days")
    confirmed = DatedValue("payment_due_days", FIRST, 20)
    assert Book(POLICIES, [confirmed]).confirmed(FIRST, "payment_due_days")


@given(st.lists(st.integers(0, 400), unique=True, min_size=1), st.integers(0, 500))
def test_the_value_in_force_is_the_newest_that_has_begun(starts: list[int], at: int) -> None:
    rows = [DatedValue("headcount", FIRST + timedelta(days=n), n) for n in starts]
    begun = [n for n in starts if n <= at]
    if begun:
        assert Book(TERMS, rows).on(FIRST + timedelta(days=at), "headcount") == max(begun)


@pytest.mark.parametrize(
    ("model", "key", "value"),
    [
        (Term, "headcount", "forty-five"),
        (Term, "headcount", "-1"),
        (Term, "annual_fee", "NaN"),
        (Term, "on_post_floor_percent", "101"),
        (Term, "no_such_key", "1"),
        (Policy, "on_post_window", "fortnight"),
        (Policy, "payment_due_days", "61"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(model: type[Term | Policy], key: str, value: str) -> None:
    with pytest.raises(ValidationError):
        model(key=key, value=value, effective_from=FIRST).clean()


@pytest.mark.parametrize("definition", [*TERMS.values(), *POLICIES.values()], ids=lambda d: d.key)
def test_every_default_reads_back_as_it_is_written(definition: object) -> None:
    default = definition.default  # type: ignore[attr-defined]
    if default is not None:
        assert definition.parse(definition.write(default)) == default  # type: ignore[attr-defined]
        assert definition.display(default)  # type: ignore[attr-defined]


def test_percentages_are_exact() -> None:
    assert TERMS["on_post_floor_percent"].parse("97.5") == Decimal("97.5")


# --- As people write them --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("annual_fee", "2,091,733.33", "2091733.33"),
        ("annual_fee", "２０９１７３３．３３", "2091733.33"),
        ("headcount", "1,045", "1045"),
        ("headcount", "４５", "45"),
    ],
)
def test_thousands_and_digits_in_full_width_are_read(key: str, typed: str, kept: str) -> None:
    assert TERMS[key].write(TERMS[key].parse(typed)) == kept


@pytest.mark.parametrize(("key", "typed"), [("annual_fee", "20,91.33"), ("annual_fee", "1,2"), ("headcount", "45,")])
def test_a_comma_elsewhere_is_no_number(key: str, typed: str) -> None:
    with pytest.raises(ValueError, match="不是有效的取值"):
        TERMS[key].parse(typed)


def test_days_by_check_are_typed_by_titles_and_kept_by_ids() -> None:
    days = POLICIES["warning_days"]
    held = {"billing.fee_total": 3, "staffing.replacement": 1, "*": 2}  # a title with a comma of its own among them
    assert days.parse(days.typed(held)) == days.parse(days.write(held)) == held
    assert "staffing" not in days.typed(held) and "其余=2" in days.typed(held)


@pytest.mark.parametrize("typed", ["", "不能胜任人员限期更换", "不能胜任人员限期更换=x", "*=1; 其余=2", "*=367"])
def test_days_by_check_that_say_nothing_are_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="不是有效的取值"):
        POLICIES["warning_days"].parse(typed)
