"""Article 10: a correct invoice, and before the payment."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing.rules.invoice import Expected, InvoiceFigures, differences, invoice_first
from contract.choices import Outcome
from contract.findings import Finding
from law.calendar import DEFAULT
from tests.billing.facts import Q1, contract, instalment

CORRECT = InvoiceFigures(
    code="",
    number="25412000000123456789",
    issued_on=date(2025, 1, 6),
    received_on=date(2025, 1, 8),
    gross=Q1,
    net=Decimal("493333.33"),
    tax=Decimal("29600.00"),
    vat_rate=Decimal(6),
    buyer_credit_code="11411200005802061W",
    seller_credit_code="914112005710257896",
)
EXPECTED = Expected(
    gross=Q1, vat_rate=Decimal(6), buyer_credit_code="11411200005802061W", seller_credit_code="914112005710257896"
)


def wrong(expected: Expected = EXPECTED, **changes: Any) -> list[str]:
    return [field for field, _text in differences(replace(CORRECT, **changes), expected)]


def test_a_correct_invoice_differs_in_nothing() -> None:
    assert wrong() == []


def test_an_older_invoice_has_eight_digits_and_a_code() -> None:
    assert wrong(code="041002400111", number="12345678") == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "2541200000012345678"}, "number"),
        ({"number": "12345678"}, "code"),
        ({"code": "041002400111"}, "code"),
        ({"code": "0410024001112", "number": "12345678"}, "code"),
        ({"received_on": date(2025, 1, 5)}, "received_on"),
        ({"buyer_credit_code": "914112005710257896"}, "buyer_credit_code"),
        ({"seller_credit_code": ""}, "seller_credit_code"),
        ({"gross": Decimal("-0.01")}, "gross"),
        ({"vat_rate": Decimal(3)}, "vat_rate"),
        ({"net": Decimal("493333.34")}, "net"),
    ],
)
def test_each_difference_names_its_field(changes: dict[str, Any], field: str) -> None:
    assert field in wrong(**changes)


def test_the_gross_must_agree_to_the_fen() -> None:
    assert "gross" in wrong(gross=Q1 + Decimal("0.01"), net=Decimal("493333.34"))


@pytest.mark.parametrize(("moved", "passes"), [("0.01", True), ("-0.01", True), ("0.02", False)])
def test_tax_may_be_rounded_by_one_fen(moved: str, passes: bool) -> None:
    by = Decimal(moved)
    found = wrong(tax=CORRECT.tax + by, net=CORRECT.net - by)
    assert found == ([] if passes else ["tax"])


@pytest.mark.parametrize(("moved", "lines", "passes"), [("0.05", 5, True), ("0.06", 5, False), ("0.02", 2, True)])
def test_each_line_may_be_rounded_by_one_fen(moved: str, lines: int, passes: bool) -> None:
    """合同第10条 asks for an ordinary VAT invoice; its lines are rounded one by one."""
    by = Decimal(moved)
    invoice = replace(CORRECT, tax=CORRECT.tax + by, net=CORRECT.net - by)
    assert [field for field, _text in differences(invoice, EXPECTED, lines=lines)] == ([] if passes else ["tax"])


@pytest.mark.parametrize(("year", "right"), [("25", True), ("24", False), ("99", False), ("19", False)])
def test_a_fully_digital_number_begins_with_the_year_of_issue(year: str, right: bool) -> None:
    """合同第10条 asks for an ordinary VAT invoice; its fully digital number begins with the year."""
    assert wrong(number=f"{year}412000000123456789") == ([] if right else ["number"])


def test_the_differential_rate_ended_with_2025() -> None:
    five = replace(EXPECTED, vat_rate=Decimal(5))
    split = {"vat_rate": Decimal(5), "net": Decimal("498031.74"), "tax": Decimal("24901.59")}
    in_2026 = {"issued_on": date(2026, 1, 1), "received_on": date(2026, 1, 2), "number": "26412000000123456789"}
    assert wrong(five, **split) == []
    assert wrong(five, **split, **in_2026) == ["vat_rate"]


# --- The order: first the invoice, then the money ---------------------------------------------


def finding(as_of: date, policies: dict[str, Any] | None = None, **fields: Any) -> Finding | None:
    return invoice_first(contract(policies=policies), instalment(**fields), as_of, DEFAULT)


def outcome(as_of: date, **fields: Any) -> Outcome | None:
    found = finding(as_of, **fields)
    return found and found.outcome


def test_nothing_is_owed_while_the_period_runs() -> None:
    assert outcome(date(2024, 12, 25)) is None


def test_a_missing_invoice_is_spoken_of_before_the_period_ends() -> None:
    assert outcome(date(2024, 12, 26)) == Outcome.PENDING
    assert finding(date(2024, 12, 31), policies={"warning_days": {"*": 0}}) is None


def test_a_missing_invoice_is_pending_through_the_day_it_is_expected() -> None:
    assert outcome(date(2025, 1, 1)) == Outcome.PENDING
    assert outcome(date(2025, 1, 15)) == Outcome.PENDING


def test_a_missing_invoice_is_at_risk_afterwards_and_never_more() -> None:
    assert outcome(date(2025, 1, 16)) == Outcome.AT_RISK
    assert outcome(date(2025, 9, 30)) == Outcome.AT_RISK


def test_an_invoice_meets_the_duty_on_the_day_it_comes_however_late() -> None:
    assert outcome(date(2025, 3, 2), invoiced=date(2025, 3, 3)) == Outcome.AT_RISK
    assert outcome(date(2025, 3, 3), invoiced=date(2025, 3, 3)) == Outcome.MET


def test_a_returned_invoice_is_none() -> None:
    returned = {"invoiced": date(2025, 1, 8), "returned": date(2025, 1, 20)}
    assert outcome(date(2025, 1, 19), **returned) == Outcome.MET
    found = finding(date(2025, 1, 20), **returned)
    assert found is not None and found.outcome == Outcome.AT_RISK
    assert found.figures["returned"] == ["1" * 20]


def test_an_invoice_on_the_day_of_payment_is_in_time_and_a_day_later_is_not() -> None:
    paid = {date(2025, 1, 8): str(Q1)}
    assert outcome(date(2025, 2, 1), invoiced=date(2025, 1, 8), paid=paid) == Outcome.MET
    assert outcome(date(2025, 2, 1), invoiced=date(2025, 1, 9), paid=paid) == Outcome.NOT_MET


def test_money_in_advance_without_an_invoice_breaks_the_order_at_once() -> None:
    paid = {date(2024, 11, 1): "1000.00"}
    assert outcome(date(2024, 10, 31), paid=paid) is None
    assert outcome(date(2024, 11, 1), paid=paid) == Outcome.NOT_MET


def test_an_invoice_may_be_expected_on_the_last_day_of_the_period_itself() -> None:
    at_once = {"invoice_lead_days": 0}
    assert outcome(date(2025, 1, 1), policies=at_once) == Outcome.AT_RISK
