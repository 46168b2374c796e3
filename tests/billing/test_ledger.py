"""The ledger: every figure and every sum exact, on pages, over the API, in files and in the PDF."""

import io
import re
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from billing import exports, services
from billing.admin.instalments import PAYMENTS_SHOWN
from billing.documents import statement
from billing.documents.ledger_chart import ledger_chart
from billing.models import Instalment, Payment
from billing.selectors.ledger import Ledger, LedgerRow, ledger, ledgers, totals
from billing.selectors.reconciliation import reconciliations
from billing.selectors.statement import statement_facts
from contract.models import Contract, Term
from tests.api import V1, client_of, ok, problem
from tests.billing.factories import TODAY, make_acceptance, make_finance, make_instalments, make_invoice, make_payment
from tests.counting import counted
from tests.factories import make_contract, make_user, set_term

pytestmark = pytest.mark.django_db
LEDGER = "admin:billing_ledger"


@pytest.fixture
def contract() -> Contract:
    row = make_instalments(make_contract())[0]
    make_invoice(row)
    make_acceptance(row)
    make_payment(row, amount=Decimal("500000.01"))
    return row.contract


@pytest.fixture
def office(client: Client, contract: Contract) -> Client:
    finance = make_finance(contract)
    finance.is_staff = True
    finance.save()
    client.force_login(finance)
    return client


def figures(found: Ledger) -> dict[str, str]:
    return {name: f"{value}" for name, value in found.totals.items()}


def test_it_says_what_is_owed_invoiced_accepted_paid_and_open(contract: Contract) -> None:
    assert figures(ledger(contract)) == {
        "amount": "2091733.33",
        "invoiced": "522933.33",
        "accepted": "522933.33",
        "paid": "500000.01",
        "deducted": "0.00",
        "withheld": "0.00",
        "remaining": "1591733.32",
        "payable": "1591733.32",
    }


def test_it_says_so_as_of_a_day(contract: Contract) -> None:
    before = figures(ledger(contract, date(2025, 1, 9)))
    assert (before["invoiced"], before["accepted"], before["paid"]) == ("522933.33", "0.00", "0.00")


def test_an_acceptance_that_failed_counts_for_nothing(contract: Contract) -> None:
    second = Instalment.objects.get(contract=contract, sequence=2)
    make_acceptance(second, date(2025, 4, 10), result="failed", opinion="未达标")
    assert figures(ledger(contract))["accepted"] == "522933.33"


def test_a_cancelled_or_returned_invoice_counts_for_nothing(contract: Contract) -> None:
    second = Instalment.objects.get(contract=contract, sequence=2)
    invoice = make_invoice(second, issued_on=date(2025, 4, 6), received_on=date(2025, 4, 8))
    services.return_invoice(invoice=invoice, reason="误", actor=None, today=TODAY)
    assert figures(ledger(contract))["invoiced"] == "522933.33"


def test_many_contracts_take_as_many_queries_as_one() -> None:
    def queries(count: int) -> int:
        made = [make_contract() for _number in range(count)]
        for one in made:
            make_payment(make_instalments(one)[0])
        with CaptureQueriesContext(connection) as captured:
            ledgers(made)
        return len(captured)

    assert queries(1) == queries(5) == 5


@given(st.lists(st.integers(0, 10**12), max_size=50))
def test_sums_are_exact_whatever_the_amounts(amounts: list[int]) -> None:
    rows = [
        LedgerRow(number, 1, number, date(2025, 1, 1), date(2025, 1, 31), False, "x", amount=Decimal(fen).scaleb(-2))
        for number, fen in enumerate(amounts)
    ]
    assert totals(rows)["amount"] * 100 == sum(amounts)


# --- Pages and API ----------------------------------------------------------------------------


def test_the_page_shows_each_contract_and_the_sum_of_all(office: Client, contract: Contract) -> None:
    other = make_contract(office=contract.office)
    make_instalments(other)
    foreign = make_contract()
    page = office.get(reverse(LEDGER), {"contract": contract.pk}).content.decode()
    assert contract.number in page and other.number in page and foreign.number not in page
    assert "2,091,733.33" in page and "4,183,466.66" in page and "1,591,733.32" in page
    assert "<svg" in page and "522,933.34" in page


def test_another_offices_contract_is_not_found(office: Client) -> None:
    foreign = make_contract()
    for name in (LEDGER, "admin:billing_reconciliation"):
        assert office.get(reverse(name), {"contract": foreign.pk}).status_code == 404
    assert office.post(reverse("admin:billing_ledger_plan"), {"contract": foreign.pk}).status_code == 404


def test_a_changed_fee_is_shown_and_taken_over_in_one_click(office: Client, contract: Contract) -> None:
    assert "更新分期款" not in office.get(reverse(LEDGER)).content.decode()
    set_term(contract, "annual_fee", "2200000.00", date(2025, 7, 1))
    page = office.get(reverse(LEDGER)).content.decode()
    assert "更新分期款" in page and "2,200,000.00" in page and "27,066.67" in page
    office.post(reverse("admin:billing_ledger_plan"), {"contract": contract.pk})
    rows = Instalment.objects.filter(contract=contract).order_by("sequence")
    assert [str(row.amount) for row in rows] == ["522933.33", "522933.33", "522933.33", "550000.01"]
    assert rows[3].history.latest().history_user.username.startswith("user")


def test_what_cannot_be_shared_out_is_said_on_the_page(office: Client, contract: Contract) -> None:
    Term.objects.filter(contract=contract, key="annual_fee").update(value="100.00")
    assert "红字" in office.get(reverse(LEDGER)).content.decode()
    answer = office.post(reverse("admin:billing_ledger_plan"), {"contract": contract.pk}, follow=True)
    assert "红字" in answer.content.decode()


def test_who_may_only_look_has_no_button(client: Client, contract: Contract) -> None:
    user = make_user(party=contract.office, permissions=["billing.view_instalment"], is_staff=True)
    client.force_login(user)
    set_term(contract, "annual_fee", "2200000.00", date(2025, 7, 1))
    assert '<button class="o-button"' not in client.get(reverse(LEDGER)).content.decode()
    answer = client.post(reverse("admin:billing_ledger_plan"), {"contract": contract.pk})
    assert answer.status_code == 403


def test_the_api_has_the_same_figures(contract: Contract) -> None:
    client = client_of(make_user(party=contract.vendor, permissions=["billing.view_instalment"]))
    answer = ok(client.get(f"{V1}/contracts/{contract.pk}/ledger"))
    assert answer["totals"]["remaining"] == "1591733.32"
    assert [row["amount"] for row in answer["rows"]][-1] == "522933.34"
    problem(client.get(f"{V1}/contracts/{make_contract().pk}/ledger"), 404)


def test_the_chart_draws_only_what_there_is(contract: Contract) -> None:
    drawing = ledger_chart(ledger(contract))
    widths = [float(width) for width in re.findall(r'<rect x="[^"]+" y="[^"]+" width="([0-9.]+)" height="14"', drawing)]
    assert len(widths) == 5  # paid and open of the first, open of three
    assert sum(widths[:2]) == pytest.approx(widths[2], abs=0.2)
    assert 'class="chart"' not in drawing  # the admin's own script draws into those
    assert ledger_chart(Ledger(contract, ())) == ""


# --- Two thousand times one fen ------------------------------------------------------------------
# Enough for a sum of floats to go wrong (2,000 * 0.01 one by one is 20.000000000000327) and for a page
# or a statement that lists them all to be noticed.

FEN = 2_000


@pytest.fixture
def many_fen() -> Instalment:
    contract = make_contract(terms={"annual_fee": "20.00", "payment_cycle_months": 12})
    row = make_instalments(contract)[0]
    make_invoice(row)
    Payment.objects.bulk_create(
        Payment(instalment=row, paid_on=date(2025, 1, 20), amount=Decimal("0.01"), reference=f"fen-{number:06d}")
        for number in range(FEN)
    )
    Instalment.objects.filter(pk=row.pk).update(paid_amount=Decimal("20.00"))
    row.refresh_from_db()
    return row


def test_two_thousand_times_one_fen_is_twenty_yuan_everywhere(client: Client, many_fen: Instalment) -> None:
    contract = many_fen.contract
    assert sum([0.01] * FEN) != 20
    with counted() as cost:
        assert ledger(contract).totals["paid"] == Decimal("20.00")
        assert ledger(contract).totals["remaining"] == 0
    assert cost.rows <= 2 * FEN + 50  # each payment once a ledger

    client.force_login(make_user(is_superuser=True, is_staff=True))
    for address in (
        f"{reverse(LEDGER)}?contract={contract.pk}",
        reverse("admin:billing_instalment_change", args=[many_fen.pk]),
    ):
        page = client.get(address).content.decode()
        assert "20.00" in page and len(set(re.findall(r"fen-\d+", page))) <= PAYMENTS_SHOWN

    api = client_of(make_user(party=contract.vendor, permissions=["billing.view_instalment"]))
    assert ok(api.get(f"{V1}/contracts/{contract.pk}/ledger"))["totals"]["paid"] == "20.00"

    payments = exports.table_for("payments", Contract.objects.filter(pk=contract.pk))
    last = exports.write(payments, "csv").decode().strip().splitlines()[-1]
    assert "20.00" in last

    found = reconciliations([contract], TODAY)[0]
    assert found.agrees and found.years[1].paid == Decimal("20.00")

    contracts = Contract.objects.filter(pk=many_fen.contract_id)
    content = exports.write(exports.table_for("payments", contracts), "xlsx")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        rows = archive.read("xl/worksheets/sheet1.xml").decode()
    assert rows.count("<row ") == FEN + 2  # heads and sum
    assert "<v>20</v>" in rows[rows.rindex("<row ") :]

    facts = statement_facts(many_fen, TODAY)
    assert facts["payments"] == [{"paid_on": "2025-01-20", "amount": "20.00", "reference": f"当月共{FEN}笔"}]
    assert (facts["instalment"]["paid"], facts["instalment"]["outstanding"]) == ("20.00", "0.00")
    document = {"number": "JS-1", "as_of": "2025-09-30", "evaluated_on": None}
    assert statement.render({**facts, "document": document}, draft=True).startswith(b"%PDF-")
