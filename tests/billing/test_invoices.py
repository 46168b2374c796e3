"""Handing invoices in, accepting and returning them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from billing import services
from billing.choices import InvoiceStatus
from billing.models import Invoice
from kit.errors import Conflict
from tests.billing.concurrency import at_once
from tests.billing.factories import (
    FINANCE,
    TODAY,
    invoice_fields,
    make_finance,
    make_instalments,
    make_invoice,
    make_payment,
)
from tests.factories import make_contract, make_user, set_policy
from tests.papers import PDF

pytestmark = pytest.mark.django_db


def refused(instalment: Any, **fields: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as error:
        make_invoice(instalment, **fields)
    assert not Invoice.objects.exists()
    return error.value.message_dict


def test_a_correct_invoice_is_taken_in_and_stands() -> None:
    invoice = make_invoice(make_instalments()[0])
    assert invoice.status == InvoiceStatus.SUBMITTED and invoice.stands


def test_every_difference_is_named_at_once() -> None:
    errors = refused(
        make_instalments()[0], number="123", gross=Decimal("522933.34"), seller_credit_code="X", vat_rate=Decimal("3")
    )
    assert {"number", "gross", "seller_credit_code", "vat_rate"} <= set(errors)
    assert "522,933.33" in errors["gross"][0]


def test_negative_money_is_refused() -> None:
    errors = refused(make_instalments()[0], tax=Decimal("-1.00"))
    assert errors == {"tax": ["金额不能为负数。"]}


def test_more_than_two_decimals_are_refused_and_not_rounded() -> None:
    assert "gross" in refused(make_instalments()[0], gross=Decimal("522933.333"))


def test_a_day_in_the_future_is_refused() -> None:
    errors = refused(make_instalments()[0], today=date(2025, 1, 7))
    assert set(errors) == {"received_on"}
    # The API sets the day of receipt itself: an invoice dated ahead is at fault with its own date.
    errors = refused(make_instalments()[0], issued_on=date(2099, 1, 1), received_on=TODAY)
    assert set(errors) == {"issued_on"}


def test_an_invoice_from_before_the_contract_is_refused() -> None:
    row = make_instalments()[0]
    number = "24412000000000000001"  # its first digits are the year
    errors = refused(row, number=number, issued_on=date(2024, 9, 30), received_on=date(2024, 10, 2))
    assert set(errors) == {"issued_on"}


def test_a_very_long_number_is_refused() -> None:
    assert "number" in refused(make_instalments()[0], number="1" * 1_000_000)


def test_the_rate_is_the_one_in_force_on_the_day_of_issue() -> None:
    contract = make_contract()
    row = make_instalments(contract)[0]
    set_policy(contract, "vat_rate_percent", "1", date(2025, 1, 6))
    split = {"net": Decimal("517755.77"), "tax": Decimal("5177.56"), "vat_rate": Decimal(1)}
    assert make_invoice(row, **split).vat_rate == 1


def test_the_same_number_is_refused_whichever_the_contract() -> None:
    first = make_invoice(make_instalments()[0])
    other = make_instalments()[0]
    with pytest.raises(Conflict, match=first.number):
        make_invoice(other, number=first.number)
    assert Invoice.objects.count() == 1


def test_the_database_sees_duplicates_without_a_code() -> None:
    first = make_invoice(make_instalments()[0])
    other = make_instalments()[0]
    fields = invoice_fields(other, number=first.number)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.create(instalment=other, **fields)


def test_a_second_invoice_for_the_instalment_waits_until_the_first_is_returned() -> None:
    row = make_instalments()[0]
    first = make_invoice(row)
    with pytest.raises(Conflict, match=first.number):
        make_invoice(row)
    services.return_invoice(invoice=first, reason="税号有误", actor=None, today=TODAY)
    assert make_invoice(row).stands


def test_a_return_needs_a_reason_and_keeps_it() -> None:
    invoice = make_invoice(make_instalments()[0])
    with pytest.raises(ValidationError, match="原因"):
        services.return_invoice(invoice=invoice, reason="  ", actor=None, today=TODAY)
    returned = services.return_invoice(invoice=invoice, reason="税号有误", actor=None, today=TODAY)
    assert (returned.status, returned.reason) == (InvoiceStatus.RETURNED, "税号有误")
    assert returned.decided_on == TODAY


def test_deciding_twice_tells_who_was_first() -> None:
    row = make_instalments()[0]
    finance = make_finance(row.contract, "zhang")
    invoice = make_invoice(row)
    services.accept_invoice(invoice=invoice, actor=finance, today=TODAY)
    with pytest.raises(Conflict, match="zhang"):
        services.accept_invoice(invoice=invoice, actor=finance, today=TODAY)


def test_a_return_by_mistake_can_be_taken_back() -> None:
    invoice = make_invoice(make_instalments()[0])
    services.return_invoice(invoice=invoice, reason="误", actor=None, today=TODAY)
    again = services.accept_invoice(invoice=invoice, actor=None, today=TODAY)
    assert again.stands and again.reason == ""
    assert Invoice.history.filter(status=InvoiceStatus.RETURNED).exists()


def test_an_invoice_that_was_paid_on_is_not_returned() -> None:
    row = make_instalments()[0]
    invoice = make_invoice(row)
    make_payment(row)
    with pytest.raises(ValidationError, match="付款"):
        services.return_invoice(invoice=invoice, reason="x", actor=None, today=TODAY)


def test_the_vendor_does_not_decide_on_its_own_invoice() -> None:
    row = make_instalments()[0]
    vendor = make_user(party=row.contract.vendor, permissions=FINANCE)
    invoice = make_invoice(row, actor=vendor)
    with pytest.raises(PermissionDenied):
        services.accept_invoice(invoice=invoice, actor=vendor, today=TODAY)


@pytest.mark.parametrize(
    ("name", "content", "passes"),
    [
        ("发票.pdf", PDF, True),
        ("发票.pdf", b"%PDF-1.7 ...", False),
        ("发票.ofd", b"PK\x03\x04....", False),
        ("发票.xml", b"\xef\xbb\xbf<?xml version='1.0'?>", False),
        ("发票.pdf", b"<html>", False),
        ("发票.exe", PDF, False),
        ("发票", PDF, False),
    ],
)
def test_the_file_is_what_its_name_says(name: str, content: bytes, passes: bool) -> None:
    row = make_instalments()[0]
    file = SimpleUploadedFile(name, content)
    if not passes:
        assert set(refused(row, file=file)) == {"file"}
        return
    invoice = make_invoice(row, file=file)
    assert invoice.file.read() == content
    assert "发票" not in invoice.file.name and invoice.number in invoice.file.name


def test_invoices_are_never_deleted() -> None:
    invoice = make_invoice(make_instalments()[0])
    with pytest.raises(TypeError, match="never deleted"):
        invoice.delete()
    with pytest.raises(TypeError, match="never deleted"):
        Invoice.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_of_two_contracts_that_record_one_number_at_once_one_is_told() -> None:
    rows = [make_instalments()[0], make_instalments()[0]]
    number = "25412000000099999999"
    results = at_once([lambda row=row: make_invoice(row, number=number) for row in rows])
    assert sum(isinstance(result, Invoice) for result in results) == 1, results
    # Told by the number that it finds, or, where both looked before either wrote, by the constraint.
    assert sum(isinstance(result, ValidationError | Conflict) for result in results) == 1, results
