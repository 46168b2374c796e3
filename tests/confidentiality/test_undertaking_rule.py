"""Article 14: each operator is bound in writing before the first day on post."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confidentiality.rules.undertaking import OperatorFacts, last_day_to_sign, undertaking
from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.terms import POLICIES, TERMS
from contract.values import Book, DatedValue

FIRST_DAY = date(2024, 10, 1)
DAYS = st.dates(date(2024, 1, 1), date(2026, 1, 1))


def contract(same_day_counts: bool = False) -> ContractFacts:
    policies = [DatedValue("undertaking_on_first_day", date(2024, 1, 1), same_day_counts)]
    return ContractFacts(
        pk=1,
        number="T-1",
        title="",
        starts_on=FIRST_DAY,
        ends_on=date(2025, 9, 30),
        terms=Book(TERMS),
        policies=Book(POLICIES, policies),
    )


def find(signed_on: date | None, as_of: date, *, first_day: date = FIRST_DAY, **reading: bool):
    facts = OperatorFacts(7, "王某 (H0007)", first_day, 3 if signed_on else None, signed_on)
    return undertaking(contract(**reading), facts, as_of)


def test_a_signature_on_the_day_before_is_in_time() -> None:
    finding = find(date(2024, 9, 30), as_of=FIRST_DAY)
    assert finding.outcome == Outcome.MET
    assert finding.required == "2024-09-30"
    assert finding.measured == "2024-09-30"


def test_a_signature_on_the_first_day_itself_is_a_day_late() -> None:
    finding = find(FIRST_DAY, as_of=FIRST_DAY)
    assert finding.outcome == Outcome.NOT_MET
    assert finding.figures["days_late"] == 1
    assert finding.done_on == FIRST_DAY


def test_the_parties_may_agree_that_the_first_day_itself_counts() -> None:
    assert find(FIRST_DAY, as_of=FIRST_DAY, same_day_counts=True).outcome == Outcome.MET
    late = find(FIRST_DAY + timedelta(days=1), as_of=date(2024, 11, 1), same_day_counts=True)
    assert late.figures["days_late"] == 1


def test_it_is_pending_until_the_day_before_and_not_met_from_the_first_day_on() -> None:
    assert find(None, as_of=date(2024, 9, 30)).outcome == Outcome.PENDING
    assert find(None, as_of=FIRST_DAY).outcome == Outcome.NOT_MET


def test_a_signature_after_the_day_spoken_of_is_not_known_yet() -> None:
    finding = find(date(2024, 10, 15), as_of=date(2024, 10, 14))
    assert finding.outcome == Outcome.NOT_MET
    assert finding.measured == "–"
    assert finding.done_on is None


def test_a_late_signature_says_how_late_and_heals_nothing() -> None:
    finding = find(date(2024, 10, 15), as_of=date(2025, 10, 1))
    assert finding.outcome == Outcome.NOT_MET
    assert finding.figures["days_late"] == 15


def test_the_finding_says_the_same_on_every_later_day() -> None:
    one, other = (find(None, as_of=date(2024, 12, day)) for day in (1, 31))
    assert one.fingerprint == other.fingerprint


@pytest.mark.parametrize("first_day", [date(2024, 10, 1), date(2025, 1, 1), date(2024, 3, 1)])
def test_nothing_rolls_off_a_rest_day(first_day: date) -> None:
    assert last_day_to_sign(first_day, same_day_counts=False) == first_day - timedelta(days=1)


@given(signed_on=st.none() | DAYS, as_of=DAYS, first_day=DAYS, same_day_counts=st.booleans())
def test_it_is_met_exactly_where_a_known_signature_is_in_time(
    signed_on: date | None, as_of: date, first_day: date, same_day_counts: bool
) -> None:
    finding = find(signed_on, as_of, first_day=first_day, same_day_counts=same_day_counts)
    due = last_day_to_sign(first_day, same_day_counts=same_day_counts)
    known = signed_on is not None and signed_on <= as_of
    assert (finding.outcome == Outcome.MET) == (known and signed_on <= due)
    assert (finding.outcome == Outcome.PENDING) == (not known and as_of <= due)
    assert finding.key == "staffing.Operator:7:"
