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
from billing.selectors.ledger import ledger
from billing.selectors.reconciliation import reconciliations
from kit.errors import Conflict
from sample.einvoice import invoice_xml
from tests.billing.factories import TODAY, invoice_fields, make_acceptance, make_instalments, make_invoice, make_payment
from tests.factories import make_user

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


def part(original: Invoice, gross: str, net: str, tax: str, **fields: Any) -> Invoice:
    return make_red(original, gross=Decimal(gross), net=Decimal(net), tax=Decimal(tax), **fields)


def test_an_invoice_of_which_a_part_is_cancelled_stands_for_the_rest(row: Instalment) -> None:
    first = make_invoice(row)
    red = part(first, "-22933.33", "-21635.22", "-1298.11")
    first.refresh_from_db()
    assert first.stands and first.remaining == Decimal("500000.00")
    gross = {line.field: line for line in invoice_check(red)}["gross"]
    assert gross.verdict == "look" and "500,000.00" in str(gross.messages[0])
    assert ledger(row.contract).rows[0].invoiced == Decimal("500000.00")
    assert ledger(row.contract, date(2025, 1, 14)).rows[0].invoiced == first.gross  # known then
    with pytest.raises(Conflict, match=first.number):
        make_invoice(row, issued_on=ON, received_on=ON)


def test_the_last_part_cancels_the_whole_and_a_fen_more_is_refused(row: Instalment) -> None:
    first = make_invoice(row)
    part(first, "-22933.33", "-21635.22", "-1298.11")
    with pytest.raises(ValidationError) as error:
        part(first, "-500000.01", "-471698.12", "-28301.89")
    assert "500,000.00" in error.value.message_dict["gross"][0]
    last = part(first, "-500000.00", "-471698.11", "-28301.89")
    first.refresh_from_db()
    assert (first.status, first.remaining) == (InvoiceStatus.REVERSED, 0)
    assert {line.verdict for line in invoice_check(last)} == {"agrees"}
    with pytest.raises(Conflict, match=last.number):
        part(first, "-1.00", "-0.94", "-0.06")
    assert make_invoice(row, issued_on=ON, received_on=ON).stands


def test_a_red_letter_invoice_over_nothing_is_refused(row: Instalment) -> None:
    first = make_invoice(row)
    with pytest.raises(ValidationError) as error:
        part(first, "0.00", "0.00", "0.00")
    assert set(error.value.message_dict) == {"gross"}


def test_no_more_is_paid_than_is_left_of_the_invoice(row: Instalment) -> None:
    part(make_invoice(row), "-22933.33", "-21635.22", "-1298.11")
    make_acceptance(row)
    payer = make_user(party=row.contract.office, permissions=["billing.add_payment"])
    with pytest.raises(ValidationError) as error:
        make_payment(row, amount=row.amount, actor=payer)
    assert "500,000.00" in error.value.message_dict["amount"][0]
    assert make_payment(row, amount=Decimal("500000.00"), actor=payer).pk


def test_what_was_cancelled_in_part_and_set_off_agrees(row: Instalment) -> None:
    part(make_invoice(row), "-22933.33", "-21635.22", "-1298.11")

    def invoiced() -> list[tuple[str, str]]:
        found = reconciliations([row.contract], TODAY)[0].disagreeing
        return [(line.expected, line.found) for line in found if line.code == "invoiced"]

    assert invoiced() == [("522,933.33", "500,000.00")]
    Instalment.objects.filter(pk=row.pk).update(deducted_amount=Decimal("22933.33"))
    assert invoiced() == []


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
