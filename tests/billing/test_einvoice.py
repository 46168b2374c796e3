"""Reading electronic invoices: what is taken from XML, OFD, PDF and QR code, what is refused."""

import io
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from billing.einvoice import Reading, Unreadable, open_document, read_qr
from billing.einvoice.reading import amount, day, percent
from sample.einvoice import invoice_xml
from tests.papers import PDF

BUYER = SimpleNamespace(name="甲方单位", credit_code="11411200005802061W", bank_name="甲行", bank_account="1")
SELLER = SimpleNamespace(name="乙方公司", credit_code="914112005710257896", bank_name="乙行", bank_account="2")
FIGURES = {
    "number": "25412000000123456789",
    "issued_on": "2025-01-06",
    "gross": "522933.33",
    "net": "493333.33",
    "tax": "29600.00",
    "vat_rate": "6",
}
MIB = 1024**2
DATA = Path(__file__).parent.parent / "data" / "invoices"


def xml(**changes: Any) -> bytes:
    return invoice_xml(FIGURES | changes, buyer=BUYER, seller=SELLER)


def ofd(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in ({"OFD.xml": b"<OFD/>"} | parts).items():
            archive.writestr(name, data)
    return stream.getvalue()


def read(name: str, data: bytes) -> Reading:
    return open_document(SimpleUploadedFile(name, data), 10 * MIB).reading


def refused(name: str, data: bytes) -> str:
    with pytest.raises(Unreadable) as error:
        read(name, data)
    return str(error.value.message)


def test_the_xml_of_a_fully_digital_invoice_is_read() -> None:
    found = read("发票.xml", xml())
    assert found == Reading(
        source="xml",
        kind="ordinary",
        number="25412000000123456789",
        issued_on=date(2025, 1, 6),
        gross=Decimal("522933.33"),
        net=Decimal("493333.33"),
        tax=Decimal("29600.00"),
        vat_rate=Decimal(6),
        buyer_name="甲方单位",
        buyer_credit_code="11411200005802061W",
        seller_name="乙方公司",
        seller_credit_code="914112005710257896",
        seller_bank_account="2",
        items_net=Decimal("493333.33"),
        items_tax=Decimal("29600.00"),
        items=1,
    )


def test_what_was_read_is_kept_and_comes_back_the_same() -> None:
    found = read("发票.xml", xml())
    assert found is not None and Reading.from_written(found.written()) == found


def test_a_special_invoice_and_a_red_letter_one_are_seen() -> None:
    special = invoice_xml(FIGURES, buyer=BUYER, seller=SELLER, label="01")
    found = read("发票.xml", special)
    assert found is not None and found.kind == "special"
    red = read("发票.xml", xml(gross="-522933.33", net="-493333.33", tax="-29600.00"))
    assert red is not None and red.gross == Decimal("-522933.33")


def test_xml_in_gbk_is_read() -> None:
    data = xml().decode().replace("UTF-8", "GBK").encode("gbk")
    found = read("发票.xml", data)
    assert found is not None and found.seller_name == "乙方公司"


@pytest.mark.parametrize(
    "dtd",
    [
        b"<!DOCTYPE EInvoice>",
        b'<!DOCTYPE EInvoice [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        b'<!DOCTYPE EInvoice SYSTEM "file:///etc/passwd">',
        b'<!DOCTYPE EInvoice [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]>',
    ],
)
def test_a_document_type_definition_is_refused(dtd: bytes) -> None:
    body = xml().split(b"?>\n", 1)[1]
    assert "DTD" in refused("发票.xml", dtd + body)


@pytest.mark.parametrize("data", [b"<", b"<a>", b"<html/>", b"<Invoice", b"<\xff/>", b"<a\x00/>"])
def test_what_is_no_invoice_xml_is_refused(data: bytes) -> None:
    assert refused("发票.xml", data)


def test_xml_that_contradicts_itself_is_refused() -> None:
    twice = xml().replace(
        b"</TaxSupervisionInfo>", b"<InvoiceNumber>25412000000123456780</InvoiceNumber></TaxSupervisionInfo>"
    )
    assert "InvoiceNumber" in refused("发票.xml", twice)


def test_one_figure_written_twice_with_other_zeros_is_one_figure() -> None:
    twice = xml().replace(b"</BasicInformation>", b"<TotalTaxAm>29600.00000000</TotalTaxAm></BasicInformation>")
    assert read("发票.xml", twice).tax == Decimal(29600)


@pytest.mark.parametrize(
    "elsewhere",
    [
        b"<Toll><IssueDate>20250901</IssueDate></Toll>",
        b"<InvoiceNumber>25412000000199999999</InvoiceNumber>",
        b"<BasicInformation><TotalTax-includedAmount>1.00</TotalTax-includedAmount></BasicInformation>",
        b"<SellerInformation><SellerIdNum>X</SellerIdNum></SellerInformation>",
        b"<LabelCode>01</LabelCode>",
    ],
)
def test_a_name_elsewhere_in_the_tree_is_another_thing(elsewhere: bytes) -> None:
    data = xml().replace(
        b"</EInvoiceData>", b"<SpecificInformation>" + elsewhere + b"</SpecificInformation></EInvoiceData>"
    )
    assert read("发票.xml", data) == read("发票.xml", xml())


def test_lines_with_a_discount_add_up_and_lines_of_several_rates_have_none_in_common() -> None:
    line = b"<IssuItemInformation><Amount>%s</Amount><TaxRate>%s</TaxRate><ComTaxAm>%s</ComTaxAm></IssuItemInformation>"
    whole = xml().split(b"<IssuItemInformation>")[0], xml().split(b"</IssuItemInformation>")[1]
    three = line % (b"500000.00", b"0.06", b"30000.00") + line % (b"-6666.665", b"0.060000", b"-400.00")
    three += line % (b"-0.005", b"6%", b"0")
    found = read("发票.xml", three.join(whole))
    assert (found.items_net, found.items_tax, found.vat_rate) == (Decimal("493333.33"), Decimal(29600), Decimal(6))
    mixed = line % (b"400000", b"0.06", b"24000") + line % (b"93333.33", "免税".encode(), b"0")
    assert read("发票.xml", mixed.join(whole)).vat_rate is None


XBRL = """<?xml version="1.0" encoding="UTF-8"?>
<xbrl xmlns="http://www.xbrl.org/2003/instance" xmlns:inv="http://xbrl.mof.gov.cn/taxonomy/2021-11-30/inv">
<context id="c"><entity><identifier scheme="http://xbrl.mof.gov.cn">1</identifier></entity></context>
<inv:TypeOfInvoice contextRef="c">增值税电子普通发票</inv:TypeOfInvoice>
<inv:CodeOfInvoice contextRef="c">041002400111</inv:CodeOfInvoice>
<inv:NumberOfInvoice contextRef="c">12345678</inv:NumberOfInvoice>
<inv:DateOfIssue contextRef="c">2025-01-06</inv:DateOfIssue>
<inv:TotalAmountExcludingTax contextRef="c" unitRef="CNY" decimals="2">493333.33</inv:TotalAmountExcludingTax>
<inv:TotalTaxAmount contextRef="c" unitRef="CNY" decimals="2">29600.00</inv:TotalTaxAmount>
<inv:TaxIncludedAmountInFigures contextRef="c" unitRef="CNY" decimals="2">522933.33</inv:TaxIncludedAmountInFigures>
<inv:NameOfSeller contextRef="c">乙方公司</inv:NameOfSeller>
<inv:TaxpayerIdentificationNumberUnifiedSocialCreditCodeOfSeller contextRef="c">914112005710257896
</inv:TaxpayerIdentificationNumberUnifiedSocialCreditCodeOfSeller>
<inv:InformationOfTaxableGoodsOrServicesDetailItemsTuple><inv:AmountExcludingTax contextRef="c">493333.33
</inv:AmountExcludingTax><inv:TaxRate contextRef="c">6.00%</inv:TaxRate><inv:TaxAmount contextRef="c">29600.00
</inv:TaxAmount></inv:InformationOfTaxableGoodsOrServicesDetailItemsTuple></xbrl>""".encode()


def pdf_with(name: str, attached: bytes) -> bytes:
    import pypdf

    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment(name, attached)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def test_the_xbrl_of_the_electronic_voucher_standard_is_read_wherever_it_is_attached() -> None:
    files = {
        "发票.ofd": ofd({"Doc_0/Attachs/inv_ord_issuer_20250106.xml": XBRL}),
        "发票.pdf": pdf_with("0", XBRL),
        "发票.xml": XBRL,
    }
    for name, data in files.items():
        found = read(name, data)
        assert (found.kind, found.code, found.number) == ("ordinary", "041002400111", "12345678")
        assert (found.issued_on, found.gross, found.vat_rate) == (date(2025, 1, 6), Decimal("522933.33"), Decimal(6))
        assert (found.seller_credit_code, found.items_net) == ("914112005710257896", found.net)
    assert read("发票.pdf", pdf_with("invoice.xml", xml())).number == FIGURES["number"]
    assert read("发票.pdf", pdf_with("x.xml", b"<html/>")).is_empty


def test_a_file_without_data_says_nothing() -> None:
    assert read("发票.ofd", (DATA / "no-invoice.ofd").read_bytes()) == Reading(source="ofd")
    assert read("发票.ofd", ofd({})).is_empty


def test_endless_and_deep_xml_is_refused_quickly() -> None:
    assert refused("发票.xml", b"<EInvoice>" + b"<a/>" * 30_000 + b"</EInvoice>")
    assert refused("发票.xml", b"<a>" * 100_000)
    assert refused("发票.xml", b"<EInvoice>" + b" " * 3 * MIB + b"</EInvoice>")


def test_an_ofd_is_read_from_the_invoice_inside() -> None:
    found = read("发票.ofd", ofd({"Doc_0/Attachs/original_invoice.xml": xml()}))
    assert found is not None and (found.source, found.number) == ("ofd", FIGURES["number"])


def test_an_older_invoice_inside_an_ofd_is_read() -> None:
    inside = (
        "<fp:eInvoice xmlns:fp='http://example.org/e-invoice'><fp:InvoiceCode>041002400111"
        "</fp:InvoiceCode><fp:InvoiceNo>12345678</fp:InvoiceNo><fp:IssueDate>2025年01月06日"
        "</fp:IssueDate><fp:Buyer><fp:BuyerName>甲方单位</fp:BuyerName></fp:Buyer>"
        "<fp:TaxInclusiveTotalAmount>106.00</fp:TaxInclusiveTotalAmount></fp:eInvoice>"
    ).encode()
    found = read("发票.ofd", ofd({"Doc_0/Attachs/original_invoice.xml": inside}))
    assert found is not None
    assert (found.code, found.number) == ("041002400111", "12345678")
    assert (found.issued_on, found.gross) == (date(2025, 1, 6), Decimal("106.00"))


def test_an_ofd_without_the_invoice_is_read_from_its_catalogue() -> None:
    catalogue = (
        "<ofd:OFD xmlns:ofd='http://www.ofdspec.org/2016'><ofd:CustomDatas>"
        "<ofd:CustomData Name='发票号码'>25412000000123456789</ofd:CustomData>"
        "<ofd:CustomData Name='开票日期'>2025年1月6日</ofd:CustomData>"
        "<ofd:CustomData Name='合计金额'>493333.33</ofd:CustomData>"
        "<ofd:CustomData Name='合计税额'>29600.00</ofd:CustomData>"
        "</ofd:CustomDatas></ofd:OFD>"
    ).encode()
    found = read("发票.ofd", ofd({"OFD.xml": catalogue}))
    assert found is not None
    assert (found.issued_on, found.gross) == (date(2025, 1, 6), Decimal("522933.33"))


def test_an_archive_that_unpacks_too_far_is_refused_unopened() -> None:
    bomb = ofd({"Doc_0/Attachs/invoice.xml": b"<a>" + b" " * (50 * MIB)})
    assert len(bomb) < MIB
    assert "解" in refused("发票.ofd", bomb)


def test_a_part_that_lies_about_its_size_is_not_unpacked_beyond_the_bound() -> None:
    data = bytearray(ofd({"Doc_0/Attachs/invoice.xml": b"<EInvoice>" + b" " * (5 * MIB)}))
    size = (5 * MIB + len("<EInvoice>")).to_bytes(4, "little")
    for at in range(len(data) - 4):
        if data[at : at + 4] == size:
            data[at : at + 4] = (100).to_bytes(4, "little")
    assert refused("发票.ofd", bytes(data))


@pytest.mark.parametrize("parts", [{f"p{n}.xml": b"" for n in range(600)}, {"../../invoice.xml": b"<!DOCTYPE a><a/>"}])
def test_other_hostile_archives_are_refused(parts: dict[str, bytes]) -> None:
    assert refused("发票.ofd", ofd(parts))


def test_a_zip_that_is_no_ofd_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("x.txt", "x")
    assert "OFD" in refused("发票.ofd", stream.getvalue())


def test_the_kind_follows_the_content_and_must_agree_with_the_name() -> None:
    assert "内容" in refused("发票.pdf", xml())
    assert "PDF" in refused("发票.exe", PDF)
    assert "打不开" in refused("发票.pdf", b"%PDF-1.7 x")
    assert open_document(SimpleUploadedFile("a.pdf", PDF), MIB).reading == Reading(source="pdf")


def test_a_file_beyond_the_bound_is_refused() -> None:
    with pytest.raises(Unreadable):
        open_document(SimpleUploadedFile("a.pdf", b"%PDF-" + b"0" * MIB), MIB)


def test_the_properties_of_a_fully_digital_pdf_are_read() -> None:
    import pypdf

    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_metadata(
        {"/InvoiceNumber": FIGURES["number"], "/IssueTime": "2025年01月06日", "/TotalTax-includedAmount": "522933.33"}
    )
    stream = io.BytesIO()
    writer.write(stream)
    found = read("发票.pdf", stream.getvalue())
    assert found is not None
    assert (found.number, found.gross) == (FIGURES["number"], Decimal("522933.33"))
    assert found.issued_on == date(2025, 1, 6)


def test_the_qr_code_of_a_fully_digital_invoice_says_number_gross_and_day() -> None:
    found = read_qr("01,32,,25412000000123456789,522933.33,20250106,,8F2A,")
    assert found == Reading(
        source="qr",
        kind="ordinary",
        code="",
        number="25412000000123456789",
        gross=Decimal("522933.33"),
        issued_on=date(2025, 1, 6),
    )


def test_the_qr_code_of_an_older_invoice_says_its_net_amount() -> None:
    found = read_qr("01，04，041002400111，12345678，100.00，20250106，12345678901234567890，A1")
    assert (found.code, found.net, found.gross) == ("041002400111", Decimal("100.00"), None)


def test_the_qr_code_tells_a_special_invoice() -> None:
    assert read_qr("01,31,,25412000000123456789,1.00,20250106,").kind == "special"


@pytest.mark.parametrize("qr_text", ["", "x", "01,32,,123,1.00,20250106", "https://a.example/1,2"])
def test_another_code_is_refused(qr_text: str) -> None:
    with pytest.raises(Unreadable):
        read_qr(qr_text)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("2025-01-06", date(2025, 1, 6)),
        ("2025年1月6日", date(2025, 1, 6)),
        ("20250106", date(2025, 1, 6)),
        ("2025-01-06 10:11:12", date(2025, 1, 6)),
        ("20250106101112", date(2025, 1, 6)),
        ("2025/12/31", date(2025, 12, 31)),
        ("20251131", None),
        ("6.1.2025", None),
        ("", None),
        (None, None),
    ],
)
def test_days_as_they_are_written(written: str | None, found: date | None) -> None:
    assert day(written) == found


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("¥522,933.33", Decimal("522933.33")),
        ("-1.00", Decimal(-1)),
        ("99999.00000000", Decimal(99999)),
        ("29600.0000000000000", Decimal(29600)),
        ("1e9", None),
        ("NaN", None),
        ("1" * 20, None),
        (None, None),
    ],
)
def test_amounts_as_they_are_written(written: str | None, found: Decimal | None) -> None:
    assert amount(written) == found


@pytest.mark.parametrize(
    ("written", "found"), [("0.06", Decimal(6)), ("6%", Decimal(6)), ("免税", None), ("", None), ("-1%", None)]
)
def test_rates_as_they_are_written(written: str, found: Decimal | None) -> None:
    assert percent(written) == found


@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_whatever_is_handed_in_is_read_or_refused(data: bytes) -> None:
    """No content of any kind ends in an error of the program."""
    for name, body in (
        ("a.xml", b"<" + data),
        ("a.xml", b"<EInvoice>" + data + b"</EInvoice>"),
        ("a.ofd", b"PK\x03\x04" + data),
        ("a.ofd", ofd({"Doc_0/invoice.xml": data})),
        ("a.pdf", b"%PDF-" + data),
    ):
        try:
            read(name, body)
        except Unreadable as error:
            assert str(error.message)


@given(st.text(max_size=120))
def test_whatever_is_scanned_is_read_or_refused(scanned: str) -> None:
    for qr_text in (scanned, f"01,32,,25412000000123456789,{scanned},20250106,"):
        try:
            found = read_qr(qr_text)
        except Unreadable:
            continue
        assert Reading.from_written(found.written()) == found
