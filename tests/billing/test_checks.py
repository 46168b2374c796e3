"""The checks in an evaluation: what they raise, and how many queries they take."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contract import services
from contract.batch import run_checks
from contract.choices import AlertStatus, Outcome, RunTrigger
from contract.models import Alert, Assessment
from contract.selectors import batch
from tests.billing.factories import AT, make_acceptance, make_instalments, make_invoice, make_payment
from tests.factories import make_contract

pytestmark = pytest.mark.django_db

CHECKS = ["billing.fee_total", "billing.invoice_first", "billing.payment_due"]


def found(contract: Any, day: date) -> dict[tuple[str, str], Outcome]:
    result = run_checks(batch([contract.pk], day), CHECKS)
    assert not result.errors
    return {(f.check_id, str(f.period and f.period[0])): f.outcome for f in result.findings}


def settled(contract: Any) -> None:
    """The first quarter: invoice 8 January, acceptance 10 January, paid a day too late."""
    row = make_instalments(contract)[0]
    make_invoice(row)
    make_acceptance(row)
    make_payment(row, date(2025, 2, 11))


def test_nothing_is_found_before_the_contract_begins() -> None:
    contract = make_contract(check_ids=CHECKS)
    make_instalments(contract)
    assert found(contract, date(2024, 9, 30)) == {}


def test_the_life_of_a_quarter() -> None:
    contract = make_contract(check_ids=CHECKS)
    settled(contract)
    quarter = "2024-10-01"
    seen = {
        day: {key[0]: value for key, value in found(contract, day).items() if key[1] == quarter}
        for day in (date(2024, 12, 25), date(2024, 12, 26), date(2025, 1, 7), date(2025, 1, 8), date(2025, 2, 10))
    }
    # Missing before the quarter's end: spoken of twenty days before it is expected.
    assert seen[date(2024, 12, 25)] == {}
    assert seen[date(2024, 12, 26)] == {"billing.invoice_first": Outcome.PENDING}
    assert seen[date(2025, 1, 7)] == {"billing.invoice_first": Outcome.PENDING}
    assert seen[date(2025, 1, 8)] == {"billing.invoice_first": Outcome.MET, "billing.payment_due": Outcome.PENDING}
    assert seen[date(2025, 2, 10)]["billing.payment_due"] == Outcome.AT_RISK
    late = found(contract, date(2025, 2, 11))
    assert late["billing.payment_due", quarter] == Outcome.NOT_MET
    assert late["billing.fee_total", "None"] == Outcome.MET


def test_a_missing_invoice_is_warned_of_before_the_quarters_end() -> None:
    contract = make_contract(check_ids=CHECKS)
    make_instalments(contract)
    for day, number in ((date(2024, 12, 25), 0), (date(2024, 12, 26), 1)):
        services.evaluate(as_of=day, today=day, at=AT, trigger=RunTrigger.COMMAND)
        warned = Alert.objects.filter(check_id="billing.invoice_first", outcome=Outcome.AT_RISK)
        assert warned.count() == number


def test_the_offices_own_lateness_stands_on_the_same_board() -> None:
    contract = make_contract(check_ids=CHECKS)
    settled(contract)
    services.evaluate(as_of=date(2025, 2, 11), today=date(2025, 2, 11), at=AT, trigger=RunTrigger.COMMAND)
    alert = Alert.objects.get(check_id="billing.payment_due")
    assert (alert.owed_by, alert.status) == ("office", AlertStatus.OPEN)
    assert "逾期1日" in alert.assessment.explanation


def test_evaluating_again_the_next_day_writes_nothing_for_what_is_settled() -> None:
    contract = make_contract(check_ids=CHECKS)
    settled(contract)
    services.evaluate(as_of=date(2025, 2, 11), today=date(2025, 2, 11), at=AT, trigger=RunTrigger.COMMAND)
    before = Assessment.objects.count()
    services.evaluate(as_of=date(2025, 2, 12), today=date(2025, 2, 12), at=AT, trigger=RunTrigger.COMMAND)
    assert Assessment.objects.count() == before


def test_a_withdrawn_payment_opens_the_case_again() -> None:
    from billing import services as billing

    contract = make_contract(check_ids=CHECKS)
    row = make_instalments(contract)[0]
    make_invoice(row)
    payment = make_payment(row, date(2025, 1, 20))
    day = date(2025, 3, 1)
    assert found(contract, day)["billing.payment_due", "2024-10-01"] == Outcome.MET
    billing.withdraw_payment(payment=payment, reason="误", actor=None, at=AT)
    assert found(contract, day)["billing.payment_due", "2024-10-01"] == Outcome.NOT_MET


@pytest.mark.parametrize("check_id", CHECKS)
def test_the_queries_do_not_grow_with_contracts_or_records(check_id: str) -> None:
    counts = []
    ids: list[int] = []
    for more in (1, 4):
        for _number in range(more):
            contract = make_contract(check_ids=[check_id])
            settled(contract)
            ids.append(contract.pk)
        shared = batch(ids, date(2025, 3, 1))
        with CaptureQueriesContext(connection) as queries:
            assert run_checks(shared, [check_id]).findings
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8
