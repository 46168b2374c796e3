"""The checklist of a renewal: what it says of the assessment, and of a contract that nobody has looked at."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from contract.duties.models import AssessmentScheme, RenewalAssessment
from contract.models import Assessment, Contract
from contract.setup.consequences import evaluate_now
from contract.setup.forms import RenewForm
from contract.setup.renewal import assessment, checklist, tender
from kit import clock
from tests.factories import make_assignment, make_contract, make_operator

pytestmark = pytest.mark.django_db
TODAY = date(2025, 8, 1)


@pytest.fixture
def contract() -> Contract:
    return make_contract()


@pytest.mark.parametrize(
    ("result", "passed", "words"),
    [("86.50", True, "考核合格"), ("70.00", False, "考核不合格"), (None, None, "尚无得分")],
)
def test_the_assessment_is_in_order_only_where_it_was_passed(
    contract: Contract, result: str | None, passed: bool | None, words: str
) -> None:
    assert assessment(contract, TODAY).settled is False
    scheme = AssessmentScheme.objects.create(contract=contract, title="考核办法", pass_mark=Decimal(80))
    row = RenewalAssessment(contract=contract, scheme=scheme, assessed_on=date(2025, 7, 28), passed=passed)
    row.result = Decimal(result) if result else None
    row.save()
    said = assessment(contract, TODAY)
    assert said.settled is passed
    assert words in said.text and (result or "") in said.text


def test_of_a_contract_that_nobody_has_looked_at_nothing_reported_is_in_order(contract: Contract) -> None:
    reported = [one for one in checklist(contract, TODAY) if one.is_reported]
    assert len(reported) == 3
    assert not any(one.settled for one in reported)


def test_after_the_end_the_return_of_the_data_is_in_order_once_the_vendor_has_declared_it(
    contract: Contract, settings: Any
) -> None:
    """Nobody has left, and yet the data of the whole term are still with the vendor."""
    settings.DEMONSTRATION_DAY = "2025-11-03"
    make_assignment(contract, make_operator(contract.vendor), starts_on=contract.starts_on)
    evaluate_now(contract, today=date(2025, 11, 3), now=clock.now())
    open_ = next(one for one in checklist(contract, date(2025, 11, 3)) if one.title == "数据与设备交还")
    assert open_.settled is not True
    assert Assessment.objects.get(check_id="confidentiality.data_return", is_current=True).explanation in open_.text


@pytest.mark.parametrize(
    ("begun", "starts_on", "ends_on", "serves_to", "another_ends"),
    [
        (date(2024, 10, 1), date(2024, 10, 1), date(2025, 9, 30), "2027-09-30", "2026-09-30"),
        (date(2024, 2, 29), date(2024, 2, 29), date(2025, 2, 28), "2027-02-28", "2026-02-28"),
        (date(2022, 3, 1), date(2022, 3, 1), date(2023, 2, 28), "2025-02-28", "2024-02-29"),
    ],
)
def test_the_tenders_years_and_the_next_term_end_as_the_civil_code_counts_them(
    begun: date, starts_on: date, ends_on: date, serves_to: str, another_ends: str
) -> None:
    row = make_contract(starts_on=starts_on, ends_on=ends_on, tender_starts_on=begun)
    said = tender(row, TODAY)
    assert serves_to in said.text and another_ends in said.text and said.settled
    assert str(RenewForm(row).fields["ends_on"].initial) == another_ends


def test_no_year_follows_the_tenders_last_one() -> None:
    row = make_contract(starts_on=date(2026, 10, 1), ends_on=date(2027, 9, 30), tender_starts_on=date(2024, 10, 1))
    assert tender(row, TODAY).settled is False
