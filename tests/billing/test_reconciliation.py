"""`manage.py reconcile` and its page: agree, or name the line that does not."""

import json
from datetime import date
from decimal import Decimal
from hashlib import sha256
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.models import Instalment, Invoice
from billing.selectors.reconciliation import reconciliations
from contract.models import Contract, Term
from tests.billing.factories import TODAY, make_finance, make_instalments, make_invoice, make_payment
from tests.factories import make_contract
from tests.papers import pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract() -> Contract:
    row = make_instalments(make_contract())[0]
    make_invoice(row)
    make_payment(row)
    return row.contract


def disagreeing(contract: Contract, **options: Any) -> list[tuple[str, str, str]]:
    found = reconciliations([contract], TODAY, **options)[0]
    return [(line.code, line.expected, line.found) for line in found.disagreeing]


def run(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("reconcile", *arguments, stdout=out)
    except SystemExit as error:
        return int(error.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_records_that_were_made_by_the_services_agree(contract: Contract) -> None:
    assert disagreeing(contract) == []


def test_it_finds_a_plan_that_is_not_the_fee(contract: Contract) -> None:
    Term.objects.filter(contract=contract, key="annual_fee").update(value="2091733.34")
    assert disagreeing(contract) == [("fee", "2,091,733.34", "2,091,733.33")]


def test_it_finds_a_period_that_is_missing(contract: Contract) -> None:
    Instalment.objects.filter(contract=contract, sequence=3).delete()
    codes = [code for code, _expected, _found in disagreeing(contract)]
    assert codes == ["fee", "periods"]


def test_it_finds_a_sum_that_is_not_that_of_the_payments(contract: Contract) -> None:
    Instalment.objects.filter(contract=contract, sequence=1).update(paid_amount="522933.32")
    assert disagreeing(contract) == [("paid", "522,933.33", "522,933.32")]


def test_it_finds_an_invoice_that_is_not_the_instalment(contract: Contract) -> None:
    Invoice.objects.update(gross="522933.34", net="493333.34")
    assert disagreeing(contract) == [("invoiced", "522,933.33", "522,933.34")]


def test_it_finds_an_invoice_that_does_not_add_up(contract: Contract) -> None:
    Invoice.objects.update(tax="29600.01")
    assert disagreeing(contract) == [("arithmetic", "522,933.33", "522,933.34")]


def test_it_finds_a_payment_whose_invoice_was_cancelled(contract: Contract) -> None:
    first = Invoice.objects.get()
    minus = {name: -getattr(first, name) for name in ("gross", "net", "tax")}
    make_invoice(first.instalment, reverses=first, received_on=date(2025, 2, 3), **minus)
    assert disagreeing(contract) == [("invoiced", "0.00", "522,933.33")]
    make_invoice(first.instalment, issued_on=date(2025, 2, 4), received_on=date(2025, 2, 5))
    assert disagreeing(contract) == []


def test_it_finds_a_cancelled_invoice_without_its_red_letter(contract: Contract) -> None:
    Invoice.objects.update(status="reversed", decided_on=date(2025, 2, 3))
    codes = [code for code, _expected, _found in disagreeing(contract)]
    assert codes == ["invoiced", "red_letter"]


def test_it_finds_a_file_that_is_gone_or_was_altered(contract: Contract, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    second = Instalment.objects.get(contract=contract, sequence=2)
    invoice = make_invoice(
        second, issued_on=date(2025, 4, 6), received_on=date(2025, 4, 8), file=SimpleUploadedFile("a.pdf", pdf("x"))
    )
    assert disagreeing(contract, files=True) == []
    (tmp_path / invoice.file.name).write_bytes(pdf("y"))
    assert disagreeing(contract) == []
    known, other = (sha256(pdf(end)).hexdigest() for end in ("x", "y"))
    assert disagreeing(contract, files=True) == [("file", known, other)]
    (tmp_path / invoice.file.name).unlink()
    assert disagreeing(contract, files=True) == [("file", known, "–")]


def test_it_finds_a_set_off_that_no_claim_bears(contract: Contract) -> None:
    row = Instalment.objects.get(contract=contract, sequence=2)
    row.deducted_amount, row.withheld_amount = Decimal("10.00"), Decimal("0.01")
    row.save()
    assert disagreeing(contract) == [("claims", "0.00 / 0.00", "10.00 / 0.01")]


def test_it_closes_each_calendar_year(contract: Contract) -> None:
    years = reconciliations([contract], TODAY)[0].years
    assert [(one.year, str(one.accrued), str(one.paid), str(one.closing)) for one in years] == [
        (2024, "522933.33", "0.00", "522933.33"),
        (2025, "1568800.00", "522933.33", "1568800.00"),
    ]
    assert years[1].opening == years[0].closing


def test_many_contracts_take_as_many_queries_as_one() -> None:
    def queries(count: int) -> int:
        made = [make_contract() for _number in range(count)]
        for one in made:
            make_payment(make_instalments(one)[0])
        with CaptureQueriesContext(connection) as captured:
            reconciliations(made, TODAY)
        return len(captured)

    assert queries(1) == queries(5)


def test_the_command_says_that_all_agree_and_ends_well(contract: Contract) -> None:
    code, out = run()
    assert code == 0 and contract.number in out and "全部一致" in out


def test_the_command_names_the_line_and_ends_with_one(contract: Contract) -> None:
    Instalment.objects.filter(contract=contract, sequence=1).update(paid_amount="522933.32")
    code, out = run("--contract", contract.number)
    assert code == 1 and "第1期" in out and "522,933.33" in out and "522,933.32" in out


def test_the_command_writes_json_for_programs(contract: Contract) -> None:
    Instalment.objects.filter(contract=contract, sequence=1).update(paid_amount=Decimal(0))
    code, out = run("--format", "json")
    found = json.loads(out)[0]
    bad = [line for line in found["lines"] if not line["agrees"]]
    assert code == 1 and found["agrees"] is False
    assert [line["code"] for line in bad] == ["paid"]
    assert bad[0]["record"]["model"] == "billing.Instalment"


def test_an_unknown_contract_is_said_so() -> None:
    with pytest.raises(CommandError, match="X-1"):
        call_command("reconcile", "--contract", "X-1", stdout=StringIO())


def test_the_page_names_the_line_first(client: Client, contract: Contract) -> None:
    finance = make_finance(contract)
    finance.is_staff = True
    finance.save()
    client.force_login(finance)
    page = client.get(reverse("admin:billing_reconciliation")).content.decode()
    assert "全部一致" in page
    Instalment.objects.filter(contract=contract, sequence=1).update(paid_amount="522933.32")
    page = client.get(reverse("admin:billing_reconciliation")).content.decode()
    assert "1 项不一致" in page and page.index("522,933.32") < page.index("各期期间")
