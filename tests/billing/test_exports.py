"""Tables for WPS and Excel: right types, exact sums, no formulas."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing import exports
from billing.exports import writers
from billing.models import Invoice, Payment
from contract.models import Contract
from tests.api import V1, client_of, problem
from tests.billing.factories import make_acceptance, make_finance, make_instalments, make_invoice, make_payment
from tests.factories import make_contract, make_user

pytestmark = pytest.mark.django_db
VIEW = [f"billing.view_{model}" for model in ("instalment", "invoice", "payment")]


@pytest.fixture
def contract() -> Contract:
    """One instalment invoiced, accepted and paid in part; a voucher that looks like a formula."""
    row = make_instalments(make_contract())[0]
    make_invoice(row)
    make_acceptance(row)
    make_payment(row, amount=Decimal("500000.01"), reference="=HYPERLINK(1)")
    return row.contract


def made(name: str, kind: str, *contracts: Contract) -> bytes:
    rows = Contract.objects.filter(pk__in=[one.pk for one in contracts])
    return exports.write(exports.table_for(name, rows), kind)


def sheet(content: bytes) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [list(row) for row in book.active.iter_rows()]


def lines(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def column(rows: list[list[Any]], title: str) -> list[Any]:
    place = [cell.value for cell in rows[0]].index(title)
    return [row[place] for row in rows[1:]]


def test_amounts_are_numbers_and_days_are_days(contract: Contract) -> None:
    rows = sheet(made("payments", "xlsx", contract))
    (amount, _total), (day, _none) = column(rows, "金额（元）"), [row[2] for row in rows[1:]]
    assert (amount.data_type, Decimal(str(amount.value))) == ("n", Decimal("500000.01"))
    assert amount.number_format == "#,##0.00"
    assert day.is_date and day.value.date() == date(2025, 1, 20)


def test_an_invoice_number_of_twenty_digits_is_text(contract: Contract) -> None:
    rows = sheet(made("invoices", "xlsx", contract))
    number = column(rows, "发票号码")[0]
    assert (number.data_type, len(number.value), number.number_format) == ("s", 20, "@")
    line = lines(made("invoices", "csv", contract))
    written = line[1][line[0].index("发票号码")]
    assert written == Invoice.objects.get().number + "\t"


def test_text_that_begins_like_a_formula_stays_text(contract: Contract) -> None:
    cell = column(sheet(made("payments", "xlsx", contract)), "支付凭证号")[0]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", "=HYPERLINK(1)", True)
    line = lines(made("payments", "csv", contract))
    assert line[1][line[0].index("支付凭证号")] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1"])
def test_no_cell_of_text_is_a_formula(contract: Contract, text: str) -> None:
    Payment.objects.update(reference=text)
    assert "'" + text in lines(made("payments", "csv", contract))[1]
    book = openpyxl.load_workbook(io.BytesIO(made("payments", "xlsx", contract)))
    assert not [c for row in book.active.iter_rows() for c in row if c.data_type == "f"]


def test_a_negative_amount_stays_a_number_in_csv(contract: Contract) -> None:
    first = Invoice.objects.get()
    minus = {name: -getattr(first, name) for name in ("gross", "net", "tax")}
    make_invoice(first.instalment, reverses=first, **minus)
    line = lines(made("invoices", "csv", contract))
    gross = [row[line[0].index("价税合计（元）")] for row in line[1:3]]
    assert gross == ["522933.33", "-522933.33"]


def test_csv_opens_in_excel_as_utf8(contract: Contract) -> None:
    assert made("ledger", "csv", contract).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("name", list(exports.TABLES))
def test_every_table_can_be_made_both_ways(contract: Contract, name: str) -> None:
    assert len(sheet(made(name, "xlsx", contract))) == len(lines(made(name, "csv", contract)))


def test_the_last_line_is_the_exact_sum(contract: Contract) -> None:
    other = make_contract()
    make_instalments(other)
    line = lines(made("ledger", "csv", contract, other))
    totals = dict(zip(line[0], line[-1], strict=True))
    assert totals["金额（元）"] == "4183466.66" and line[-1][0] == "合计"
    assert totals["已付（元）"] == "500000.01"
    assert totals["未付（元）"] == "3683466.65"


def test_what_was_withdrawn_is_listed_and_not_counted(contract: Contract) -> None:
    from billing import services
    from tests.billing.factories import AT

    services.withdraw_payment(payment=Payment.objects.get(), reason="误", actor=None, at=AT)
    line = lines(made("payments", "csv", contract))
    amount, counted = line[0].index("金额（元）"), line[0].index("其中有效金额（元）")
    assert (line[1][amount], line[1][counted], line[2][counted]) == ("500000.01", "0.00", "0.00")


def test_the_number_of_queries_does_not_grow() -> None:
    def queries(count: int) -> int:
        made_of = [make_contract() for _number in range(count)]
        for one in made_of:
            for row in make_instalments(one):
                make_payment(row)
        with CaptureQueriesContext(connection) as captured:
            for name in exports.TABLES:
                made(name, "csv", *made_of)
        return len(captured)

    assert queries(1) == queries(4)


def test_a_list_beyond_the_bound_is_refused(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "ROWS_MAX", 3)
    with pytest.raises(exports.TooManyRows):
        made("instalments", "csv", contract)


# --- Pages and API ----------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["instalment", "invoice", "payment"])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_list_is_handed_out_as_it_is_filtered(client: Client, contract: Contract, model: str, kind: str) -> None:
    finance = make_finance(contract)
    finance.is_staff = True
    finance.save()
    client.force_login(finance)
    make_payment(make_instalments(make_contract())[0])  # of another office
    page = client.get(reverse(f"admin:billing_{model}_changelist"))
    assert f"export/{kind}/" in page.content.decode()
    answer = client.get(reverse(f"admin:billing_{model}_export", args=[kind]), {"q": "没有"})
    assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]
    rows = lines(answer.content) if kind == "csv" else sheet(answer.content)
    assert len(rows) == 2  # heads and a sum of nothing
    rows_of = client.get(reverse(f"admin:billing_{model}_export", args=["csv"])).content
    assert len(lines(rows_of)) == {"instalment": 6, "invoice": 3, "payment": 3}[model]


def test_an_unknown_kind_of_file_is_not_found(client: Client, contract: Contract) -> None:
    client.force_login(make_user(is_superuser=True, is_staff=True))
    for address in (
        reverse("admin:billing_invoice_export", args=["ods"]),
        reverse("admin:billing_ledger_export", args=["ledger", "ods"]),
        reverse("admin:billing_ledger_export", args=["users", "csv"]),
    ):
        assert client.get(address).status_code == 404


def test_the_vendor_fetches_its_own_tables_and_no_others(contract: Contract) -> None:
    client = client_of(make_user(party=contract.vendor, permissions=VIEW))
    answer = client.get(f"{V1}/contracts/{contract.pk}/tables/ledger.csv", HTTP_ACCEPT="*/*")
    assert answer.status_code == 200 and len(lines(answer.content)) == 6
    other = make_contract()
    problem(client.get(f"{V1}/contracts/{other.pk}/tables/ledger.csv"), 404)
    problem(client.get(f"{V1}/contracts/{contract.pk}/tables/users.csv"), 404)


def test_each_table_asks_for_the_right_to_read_it(contract: Contract) -> None:
    client = client_of(make_user(party=contract.vendor, permissions=["billing.view_instalment"]))
    problem(client.get(f"{V1}/contracts/{contract.pk}/tables/payments.csv"), 403)
