"""The checklist of a renewal: what it says of the assessment, and of a contract that nobody has looked at."""

from datetime import date
from decimal import Decimal

import pytest

from contract.duties.models import AssessmentScheme, RenewalAssessment
from contract.models import Contract
from contract.setup.renewal import assessment, checklist
from tests.factories import make_contract

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
