"""The second sample contract: docs/sample-year.md says what its money must come to."""

from datetime import date
from typing import Any

import pytest

from billing.models import Instalment, Invoice
from billing.selectors.comparison import invoice_check
from billing.selectors.ledger import ledger
from billing.selectors.reconciliation import reconciliations
from billing.services import preview_instalments
from contract.duties.models import Amendment
from contract.loading import load_contract, reference_document
from contract.models import Contract
from sample import second
from sample.users import make_users
from tests.factories import make_roles
from tests.sample.document import lines, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract(settings: Any, tmp_path: Any) -> Contract:
    settings.MEDIA_ROOT = tmp_path
    make_roles()
    first = load_contract(reference_document())
    return second.load(first, make_users(first))


def test_its_shares_are_those_that_the_page_lists(contract: Contract) -> None:
    found = [
        (
            str(row.sequence),
            f"{row.start}~{row.end}",
            f"{row.amount:,.2f}",
            f"{row.invoiced:,.2f}",
            f"{row.paid:,.2f}",
            f"{row.remaining:,.2f}",
        )
        for row in ledger(contract).rows
    ]
    assert lines(found) == lines(table("second contract"))
    assert str(ledger(contract).totals["amount"]) == "500347.83"


def test_the_amended_quarter_is_shared_by_day(contract: Contract) -> None:
    plan = preview_instalments(contract=contract)
    assert not plan.is_stale
    spans = [(span.days, str(span.annual_fee)) for span in plan.rows[3].share.spans]
    assert spans == [(14, "480000.00"), (78, "576000.00")]
    amendment = Amendment.objects.get(contract=contract)
    assert amendment.agreed_on == date(2024, 6, 10)


def test_everything_of_it_agrees_and_every_file_is_what_it_says(contract: Contract) -> None:
    assert reconciliations([contract], date(2025, 9, 30), files=True)[0].agrees
    for invoice in Invoice.objects.filter(instalment__contract=contract):
        assert {line.verdict for line in invoice_check(invoice)} == {"agrees"}


def test_its_second_quarter_has_a_red_letter_invoice(contract: Contract) -> None:
    states = Invoice.objects.filter(instalment__sequence=2).order_by("pk")
    assert [invoice.status for invoice in states] == ["reversed", "red_letter", "accepted"]
    assert states[1].reading["xml"]["gross"] == "-120000.00"


def test_it_adds_no_check_to_the_sample_year(contract: Contract) -> None:
    assert not contract.obligations.exists()
    assert not contract.policy_rows.filter(confirmed_on=None).exists()
    first = Contract.objects.order_by("-starts_on", "number")[0]
    assert first.number == reference_document()["contract"]["number"]


def test_loading_it_again_writes_nothing(contract: Contract) -> None:
    before = Instalment.history.count(), Invoice.history.count()
    assert second.load(contract, {}) == contract
    assert (Instalment.history.count(), Invoice.history.count()) == before
