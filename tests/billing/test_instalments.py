"""Generating the instalments of a contract from its dated terms."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from billing import services
from billing.models import Instalment
from contract.duties.models import Amendment
from contract.duties.services.changes import save_amendment
from contract.models import Contract, Term
from tests.billing.factories import TODAY, make_finance, make_instalments, make_invoice, make_payment
from tests.factories import make_contract, make_user, set_term

pytestmark = pytest.mark.django_db


def test_the_reference_contract_has_four_quarters() -> None:
    rows = make_instalments()
    assert [str(row.amount) for row in rows] == ["522933.33", "522933.33", "522933.33", "522933.34"]
    assert [row.period_end for row in rows] == [
        date(2024, 12, 31),
        date(2025, 3, 31),
        date(2025, 6, 30),
        date(2025, 9, 30),
    ]


def test_generating_again_changes_nothing_and_writes_no_history() -> None:
    contract = make_contract()
    first = make_instalments(contract)
    second = make_instalments(contract)
    assert [row.pk for row in first] == [row.pk for row in second]
    assert Instalment.history.count() == 4


def test_the_history_names_who_generated_them() -> None:
    contract = make_contract()
    finance = make_finance(contract)
    services.generate_instalments(contract=contract, actor=finance)
    assert {row.history_user for row in Instalment.history.all()} == {finance}


def test_an_amendment_reshares_what_is_open_and_leaves_what_is_settled() -> None:
    contract = make_contract(terms={"annual_fee": "400.00"})
    first = make_instalments(contract)[0]
    make_payment(first, amount=Decimal("0.01"))
    set_term(contract, "annual_fee", "800.00", date(2025, 1, 1))
    rows = make_instalments(contract)
    assert [str(row.amount) for row in rows] == ["100.00", "200.00", "200.00", "200.00"]
    assert sum(row.amount for row in rows) == Decimal("700.00")


def test_an_invoiced_instalment_keeps_its_amount_and_the_others_carry_the_change() -> None:
    contract = make_contract(terms={"annual_fee": "400.00"})
    make_invoice(make_instalments(contract)[0])
    Term.objects.filter(contract=contract, key="annual_fee").update(value="700.00")
    assert [row.amount for row in make_instalments(contract)] == [
        Decimal(100),
        Decimal(200),
        Decimal(200),
        Decimal(200),
    ]


def test_an_amendment_below_what_is_paid_is_refused_whole() -> None:
    contract = make_contract(terms={"annual_fee": "400.00"})
    make_payment(make_instalments(contract)[0])
    Term.objects.filter(contract=contract, key="annual_fee").update(value="99.99")
    with pytest.raises(ValidationError, match=r"100\.00 元.*99\.99 元.*0\.01 元"):
        make_instalments(contract)
    assert sum(row.amount for row in Instalment.objects.all()) == Decimal("400.00")


def test_another_payment_cycle_replaces_the_open_periods() -> None:
    contract = make_contract()
    make_instalments(contract)
    Term.objects.filter(contract=contract, key="payment_cycle_months").update(value="6")
    rows = make_instalments(contract)
    assert [row.amount for row in rows] == [Decimal("1045866.66"), Decimal("1045866.67")]
    assert Instalment.objects.count() == 2


def test_another_payment_cycle_is_refused_once_something_is_paid() -> None:
    contract = make_contract()
    make_payment(make_instalments(contract)[0])
    Term.objects.filter(contract=contract, key="payment_cycle_months").update(value="6")
    with pytest.raises(ValidationError, match="期间不能更改"):
        make_instalments(contract)
    assert Instalment.objects.count() == 4


def test_a_contract_without_a_fee_says_what_is_missing() -> None:
    contract = make_contract()
    Term.objects.filter(contract=contract, key="annual_fee").delete()
    with pytest.raises(ValidationError, match="annual_fee"):
        make_instalments(contract)


def test_a_period_that_a_returned_invoice_refers_to_is_kept() -> None:
    contract = make_contract()
    invoice = make_invoice(make_instalments(contract)[0])
    services.return_invoice(invoice=invoice, reason="误", actor=None, today=TODAY)
    Term.objects.filter(contract=contract, key="payment_cycle_months").update(value="6")
    with pytest.raises(ValidationError, match="期间不能更改"):
        make_instalments(contract)


def test_a_fee_finer_than_a_fen_is_refused() -> None:
    contract = make_contract()
    Term.objects.filter(contract=contract, key="annual_fee").update(value="100.001")
    with pytest.raises(ValidationError, match=r"100\.001"):
        make_instalments(contract)


def test_who_may_not_add_instalments_is_refused() -> None:
    contract = make_contract()
    with pytest.raises(PermissionDenied):
        services.generate_instalments(contract=contract, actor=make_user(party=contract.office))


@pytest.mark.parametrize("fields", [{"amount": -1}, {"paid_amount": "522933.34"}])
def test_the_database_itself_refuses_impossible_amounts(fields: dict[str, str]) -> None:
    row = make_instalments()[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Instalment.objects.filter(pk=row.pk).update(**fields)


def amend(contract: Contract, fee: str, day: date, **figures: str) -> Amendment:
    """A written amendment that both sides have agreed to in time."""
    return save_amendment(
        amendment=Amendment(
            contract=contract,
            title="调整服务费",
            document="补充协议",
            proposed_by="office",
            proposed_on=date(2025, 5, 20),
            arrived_on=date(2025, 5, 20),
            effective_from=day,
            office_agreed_on=date(2025, 6, 20),
            vendor_agreed_on=date(2025, 6, 20),
        ),
        changes={"annual_fee": fee, **figures},
    )


def test_an_amendment_of_headcount_and_fee_is_shared_by_day_once_generated() -> None:
    contract = make_contract()
    rows = make_instalments(contract)
    for row in rows[:3]:
        make_invoice(row, issued_on=date(2025, 7, 8), received_on=date(2025, 7, 8))
    amend(contract, "2231182.22", date(2025, 8, 1), headcount="48")
    planned = services.preview_instalments(contract=contract)
    assert planned.is_stale
    assert [str(line.difference) for line in planned.rows] == ["0.00", "0.00", "0.00", "23115.17"]
    after = make_instalments(contract)
    assert [str(row.amount) for row in after] == ["522933.33", "522933.33", "522933.33", "546048.51"]
    assert sum(row.amount for row in after) == planned.fee == Decimal("2114848.50")
    assert not services.preview_instalments(contract=contract).is_stale


def test_an_amendment_of_the_headcount_alone_leaves_the_fee_as_it_is() -> None:
    contract = make_contract()
    make_instalments(contract)
    set_term(contract, "headcount", 48, date(2025, 8, 1))
    assert not services.preview_instalments(contract=contract).is_stale


def test_once_everything_is_invoiced_an_amendment_adds_a_supplement() -> None:
    contract = make_contract(terms={"annual_fee": "400.00"})
    for row in make_instalments(contract):
        make_invoice(row, issued_on=date(2025, 7, 8), received_on=date(2025, 7, 8))
    amend(contract, "800.00", date(2025, 7, 1))
    rows = make_instalments(contract)
    assert [str(row.amount) for row in rows] == ["100.00"] * 5
    assert rows[-1].is_supplement and rows[-1].sequence == 5
    assert (rows[-1].period_start, rows[-1].period_end) == (date(2025, 7, 1), contract.ends_on)
    assert [row.pk for row in make_instalments(contract)] == [row.pk for row in rows]


def test_a_supplement_that_is_not_owed_any_more_goes_with_the_change() -> None:
    contract = make_contract(terms={"annual_fee": "400.00"})
    invoices = [
        make_invoice(row, issued_on=date(2025, 7, 8), received_on=date(2025, 7, 8))
        for row in make_instalments(contract)
    ]
    amend(contract, "800.00", date(2025, 7, 1))
    assert len(make_instalments(contract)) == 5
    services.return_invoice(invoice=invoices[3], reason="金额有变", actor=None, today=TODAY)
    rows = make_instalments(contract)
    assert [str(row.amount) for row in rows] == ["100.00", "100.00", "100.00", "200.00"]


def test_a_second_amendment_adds_to_the_open_supplement_and_keeps_an_invoiced_one() -> None:
    contract = make_contract(terms={"annual_fee": "400.00"})
    for row in make_instalments(contract):
        make_invoice(row, issued_on=date(2025, 7, 8), received_on=date(2025, 7, 8))
    amend(contract, "800.00", date(2025, 7, 1))
    supplement = make_instalments(contract)[-1]
    set_term(contract, "annual_fee", "1200.00", date(2025, 8, 16))
    assert make_instalments(contract)[-1].amount == Decimal("150.00")
    supplement.refresh_from_db()
    make_invoice(supplement, issued_on=date(2025, 9, 8), received_on=date(2025, 9, 8))
    set_term(contract, "annual_fee", "1600.00", date(2025, 9, 16))
    rows = make_instalments(contract)
    assert [row.is_supplement for row in rows] == [False] * 4 + [True] * 2
    assert rows[-2].amount == Decimal("150.00")
    assert sum(row.amount for row in rows) == services.preview_instalments(contract=contract).fee


def test_ended_early_the_open_instalments_shrink_to_the_days_served() -> None:
    contract = make_contract(terms={"annual_fee": "360.00"})
    make_invoice(make_instalments(contract)[0])
    Contract.objects.filter(pk=contract.pk).update(terminated_on=date(2025, 1, 30))
    rows = make_instalments(contract)
    assert [str(row.amount) for row in rows] == ["90.00", "30.00", "0.00", "0.00"]


def test_ended_early_below_what_is_invoiced_says_what_is_to_be_cancelled() -> None:
    contract = make_contract(terms={"annual_fee": "360.00"})
    for row in make_instalments(contract)[:2]:
        make_invoice(row)
    Contract.objects.filter(pk=contract.pk).update(terminated_on=date(2025, 1, 30))
    with pytest.raises(ValidationError, match="红字"):
        make_instalments(contract)


def test_after_a_red_letter_the_instalment_is_open_again() -> None:
    contract = make_contract(terms={"annual_fee": "400.00"})
    first = make_invoice(make_instalments(contract)[0])
    minus = {name: -getattr(first, name) for name in ("gross", "net", "tax")}
    make_invoice(first.instalment, reverses=first, received_on=date(2025, 1, 9), **minus)
    Term.objects.filter(contract=contract, key="annual_fee").update(value="800.00")
    assert [row.amount for row in make_instalments(contract)] == [Decimal(200)] * 4
