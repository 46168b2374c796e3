"""Red-letter invoices, special invoices, and what file and QR code say against the entries."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from billing import selectors, services
from billing.choices import InvoiceStatus
from billing.models import Instalment, Invoice
from billing.selectors.comparison import invoice_check
from kit.errors import Conflict
from sample.einvoice import invoice_xml
from tests.billing.factories import TODAY, invoice_fields, make_instalments, make_invoice, make_payment

pytestmark = pytest.mark.django_db
ON = date(2025, 1, 15)


@pytest.fixture
def row() -> Instalment:
    return make_instalments()[0]


def make_red(original: Invoice, **fields: Any) -> Invoice:
    return make_invoice(
        original.instalment,
        **{
            "reverses": original,
            "gross": -original.gross,
            "net": -original.net,
            "tax": -original.tax,
            "issued_on": ON,
            "received_on": ON,
        }
        | fields,
    )


def errors_of(row: Instalment, **fields: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as error:
        make_invoice(row, **fields)
    return error.value.message_dict


def attached(row: Instalment, **changes: Any) -> dict[str, Any]:
    """Entries of a correct invoice, with an XML that says something else where told so."""
    entries = invoice_fields(row)
    contract = row.contract
    said = entries | changes
    data = invoice_xml(said, buyer=contract.office, seller=contract.vendor)
    return entries | {"file": SimpleUploadedFile("发票.xml", data)}


def test_a_red_letter_invoice_cancels_and_a_new_one_may_follow(row: Instalment) -> None:
    first = make_invoice(row)
    red = make_red(first)
    first.refresh_from_db()
    assert (first.status, first.decided_on) == (InvoiceStatus.REVERSED, ON)
    assert (red.status, red.gross) == (InvoiceStatus.RED_LETTER, -first.gross)
    assert not first.stands and not red.stands
    assert make_invoice(row, issued_on=ON, received_on=ON).stands


def test_the_rules_see_the_first_until_the_day_of_the_red_letter(row: Instalment) -> None:
    first = make_invoice(row)
    make_red(first)
    facts = selectors.of_instalment(row)
    assert [invoice.pk for invoice in facts.invoices] == [first.pk]
    assert facts.invoice(date(2025, 1, 14)) is not None
    assert facts.invoice(ON) is None


def test_an_invoice_is_cancelled_as_a_whole(row: Instalment) -> None:
    first = make_invoice(row)
    with pytest.raises(ValidationError) as error:
        make_red(first, gross=Decimal("-100.00"))
    assert "整张" in error.value.message_dict["gross"][0]
    first.refresh_from_db()
    assert first.stands


def test_a_red_letter_invoice_above_zero_is_refused(row: Instalment) -> None:
    first = make_invoice(row)
    with pytest.raises(ValidationError) as error:
        make_red(first, gross=first.gross, net=first.net, tax=first.tax)
    assert set(error.value.message_dict) == {"gross", "net", "tax"}


def test_an_invoice_below_zero_that_cancels_nothing_is_refused(row: Instalment) -> None:
    fields = invoice_fields(row)
    minus = {name: -fields[name] for name in ("gross", "net", "tax")}
    assert set(errors_of(row, **minus)) == {"gross", "net", "tax"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.create(instalment=row, **fields | minus)


def test_the_same_invoice_is_cancelled_once(row: Instalment) -> None:
    first = make_invoice(row)
    red = make_red(first)
    first.refresh_from_db()
    with pytest.raises(Conflict, match=red.number):
        make_red(first)


def test_a_red_letter_invoice_is_not_cancelled_itself(row: Instalment) -> None:
    red = make_red(make_invoice(row))
    with pytest.raises(ValidationError) as error:
        make_red(red, gross=Decimal(0), net=Decimal(0), tax=Decimal(0))
    assert "reverses" in error.value.message_dict


def test_it_belongs_to_the_instalment_of_the_first(row: Instalment) -> None:
    first = make_invoice(row)
    other = make_instalments(row.contract)[1]
    with pytest.raises(ValidationError) as error:
        make_invoice(
            other, reverses=first, gross=-first.gross, net=-first.net, tax=-first.tax, issued_on=ON, received_on=ON
        )
    assert "reverses" in error.value.message_dict


def test_it_comes_after_the_first(row: Instalment) -> None:
    first = make_invoice(row)
    with pytest.raises(ValidationError) as error:
        make_red(first, issued_on=date(2025, 1, 5))
    assert set(error.value.message_dict) == {"issued_on"}


@pytest.mark.parametrize("step", ["accept_invoice", "return_invoice"])
def test_neither_of_the_two_is_decided_on_any_more(row: Instalment, step: str) -> None:
    first = make_invoice(row)
    red = make_red(first)
    reason = {"reason": "x"} if step == "return_invoice" else {}
    for invoice in (first, red):
        with pytest.raises(Conflict):
            getattr(services, step)(invoice=invoice, actor=None, today=TODAY, **reason)


def test_a_returned_invoice_keeps_the_day_of_its_return(row: Instalment) -> None:
    first = make_invoice(row)
    services.return_invoice(invoice=first, reason="误", actor=None, today=date(2025, 1, 10))
    first.refresh_from_db()
    make_red(first)
    first.refresh_from_db()
    assert (first.status, first.decided_on) == (InvoiceStatus.REVERSED, date(2025, 1, 10))


def test_a_paid_invoice_can_be_cancelled_for_the_tax_office_has_done_so(row: Instalment) -> None:
    first = make_invoice(row)
    make_payment(row)
    assert make_red(first).reverses_id == first.pk


def test_a_special_invoice_is_refused_with_what_to_do(row: Instalment) -> None:
    found = errors_of(row, kind="special")
    assert set(found) == {"kind"} and "普通发票" in found["kind"][0]


def test_the_file_of_a_correct_invoice_is_kept_with_its_hash_and_what_it_says(row: Instalment) -> None:
    invoice = make_invoice(row, **attached(row))
    assert len(invoice.file_sha256) == 64
    assert invoice.reading["xml"]["number"] == invoice.number
    assert {line.verdict for line in invoice_check(invoice)} == {"agrees"}


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("number", "25412000000999999999"),
        ("issued_on", date(2025, 1, 7)),
        ("gross", Decimal("522933.34")),
        ("net", Decimal("493333.32")),
        ("tax", Decimal("29600.01")),
        ("vat_rate", Decimal(3)),
    ],
)
def test_what_the_xml_says_otherwise_is_named(row: Instalment, field: str, said: Any) -> None:
    found = errors_of(row, **attached(row, **{field: said}))
    assert set(found) == {field} and "XML" in found[field][0]
    assert not Invoice.objects.exists()


def test_the_qr_code_is_compared_too(row: Instalment) -> None:
    number = "25412000000123456789"
    text = f"01,31,,{number},522933.34,20250107,,"
    found = errors_of(row, number=number, qr_text=text)
    assert set(found) == {"kind", "gross", "issued_on"}
    assert "二维码" in found["gross"][0]
    right = f"01,32,,{number},522933.33,20250106,,"
    assert make_invoice(row, number=number, qr_text=right).reading["qr"]["gross"] == "522933.33"


def test_a_qr_text_that_is_none_is_refused(row: Instalment) -> None:
    assert set(errors_of(row, qr_text="微信名片")) == {"qr_text"}


def test_another_account_in_the_file_is_to_be_looked_at_and_holds_nothing_up(row: Instalment) -> None:
    vendor = row.contract.vendor
    vendor.bank_account = "1234567890"
    fields = attached(row)
    vendor.bank_account = ""
    invoice = make_invoice(row, **fields)
    lines = {line.field: line for line in invoice_check(invoice)}
    assert lines["seller_bank_account"].verdict == "look"
    assert lines["gross"].verdict == "agrees"


def test_a_check_alone_writes_nothing_and_says_the_same(row: Instalment) -> None:
    fields = invoice_fields(row, gross=Decimal("1.00"))
    check = services.check_only(instalment=row, actor=None, today=TODAY, **fields)
    assert not check.acceptable and not Invoice.objects.exists()
    assert set(check.errors) == set(errors_of(row, gross=Decimal("1.00")))
    right = services.check_only(instalment=row, actor=None, today=TODAY, **invoice_fields(row))
    assert right.acceptable


def test_a_check_alone_tells_of_a_duplicate(row: Instalment) -> None:
    first = make_invoice(row)
    fields = invoice_fields(row, number=first.number)
    check = services.check_only(instalment=row, actor=None, today=TODAY, **fields)
    assert not check.errors and first.number in check.conflicts[0]
