"""Article 12.1: the office looks at a quarter's service in time."""

from datetime import date

import pytest

from billing.rules.acceptance import acceptance_due
from contract.choices import Outcome
from law.calendar import DEFAULT
from tests.billing.facts import contract, instalment

# The first quarter ends on 31 December 2024; 15 days end on Wednesday 15 January 2025.
LAST = date(2025, 1, 15)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [(date(2024, 12, 31), Outcome.PENDING), (LAST, Outcome.PENDING), (date(2025, 1, 16), Outcome.NOT_MET)],
)
def test_it_is_pending_until_the_last_day_and_late_the_day_after(as_of: date, expected: Outcome) -> None:
    found = acceptance_due(contract(), instalment(), as_of, DEFAULT)
    assert found is not None and found.outcome == expected


def test_nothing_is_owed_before_the_quarter_is_over() -> None:
    assert acceptance_due(contract(), instalment(), date(2024, 12, 30), DEFAULT) is None


@pytest.mark.parametrize(("day", "expected"), [(LAST, Outcome.MET), (date(2025, 1, 16), Outcome.NOT_MET)])
def test_accepted_on_the_last_day_is_in_time_and_a_day_later_is_not(day: date, expected: Outcome) -> None:
    found = acceptance_due(contract(), instalment(accepted=day), date(2025, 3, 1), DEFAULT)
    assert found is not None and found.outcome == expected


def test_a_refusal_in_time_is_an_acceptance_in_time() -> None:
    found = acceptance_due(contract(), instalment(failed=LAST), date(2025, 3, 1), DEFAULT)
    assert found is not None and found.outcome == Outcome.MET


def test_only_towards_a_small_enterprise_its_decree_is_cited() -> None:
    small = contract(policies={"vendor_is_small_enterprise": True})
    for facts, articles in ((contract(), []), (small, ["《保障中小企业款项支付条例》（国务院令第728号）第九条"])):
        found = acceptance_due(facts, instalment(), LAST, DEFAULT)
        assert found is not None and [one.label() for one in found.figures["references"]] == articles


def test_a_quarter_after_the_contracts_end_has_no_service_to_accept() -> None:
    for last, found in ((date(2024, 9, 30), False), (date(2024, 10, 1), True)):
        ended = contract(starts_on=date(2024, 9, 1), terminated_on=last)
        assert (acceptance_due(ended, instalment(), LAST, DEFAULT) is not None) is found
