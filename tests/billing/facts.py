"""Facts for the pure rules: a contract in the reference figures, an instalment, its records."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from billing.rules.facts import AcceptanceFacts, InstalmentFacts, InvoiceFacts, PaymentFacts
from contract.batch import ContractFacts
from contract.terms import POLICIES, TERMS
from contract.values import Book, DatedValue

START, END = date(2024, 10, 1), date(2025, 9, 30)
FEE = Decimal("2091733.33")
Q1 = Decimal("522933.33")
_pks = count(1)


def contract(
    *,
    starts_on: date = START,
    ends_on: date = END,
    terminated_on: date | None = None,
    fees: dict[date, str] | None = None,
    cycle: int = 3,
    policies: dict[str, Any] | None = None,
    unconfirmed: dict[str, Any] | None = None,
) -> ContractFacts:
    fees = fees or {starts_on: str(FEE)}
    rows = [DatedValue("annual_fee", day, Decimal(fee)) for day, fee in fees.items()]
    rows.append(DatedValue("payment_cycle_months", starts_on, cycle))
    readings = [DatedValue(key, starts_on, value) for key, value in (policies or {}).items()]
    readings += [DatedValue(key, starts_on, value, confirmed=False) for key, value in (unconfirmed or {}).items()]
    return ContractFacts(
        pk=1,
        number="T-1",
        title="示例",
        starts_on=starts_on,
        ends_on=ends_on,
        terms=Book(TERMS, rows),
        policies=Book(POLICIES, readings),
        terminated_on=terminated_on,
    )


def instalment(
    *,
    amount: Decimal = Q1,
    end: date = date(2024, 12, 31),
    invoiced: date | None = None,
    returned: date | None = None,
    accepted: date | None = None,
    confirmed: date | None = None,
    failed: date | None = None,
    part: str | None = None,
    office_failed: date | None = None,
    paid: dict[date, str] | None = None,
) -> InstalmentFacts:
    """The first quarter, with an invoice, an acceptance and payments on the days given.

    `part` (yuan) of it did not pass on `failed`; on `office_failed` it did not for the office's own cause.
    """
    acceptances = []
    if failed:
        acceptances.append(
            AcceptanceFacts(next(_pks), failed, False, vendors_fault=True, failed_amount=part and Decimal(part))
        )
    if office_failed:
        acceptances.append(AcceptanceFacts(next(_pks), office_failed, False))
    if accepted:
        acceptances.append(AcceptanceFacts(next(_pks), accepted, True, confirmed_on=confirmed))
    return InstalmentFacts(
        pk=7,
        sequence=1,
        start=START,
        end=end,
        amount=amount,
        invoices=(InvoiceFacts(next(_pks), "1" * 20, invoiced, returned),) if invoiced else (),
        acceptances=tuple(acceptances),
        payments=tuple(PaymentFacts(next(_pks), day, Decimal(part)) for day, part in (paid or {}).items()),
    )
