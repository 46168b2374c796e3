"""Acceptances and payments: recorded once, withdrawn and never deleted."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from billing import services
from billing.models import Acceptance, Instalment, Payment
from kit.errors import Conflict
from tests.billing.concurrency import at_once
from tests.billing.factories import AT, FINANCE, make_acceptance, make_finance, make_instalments, make_payment
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_a_payment_is_rolled_up_into_its_instalment() -> None:
    row = make_instalments()[0]
    make_payment(row, amount=Decimal("522933.32"))
    make_payment(row, amount=Decimal("0.01"))
    row.refresh_from_db()
    assert (row.paid_amount, row.outstanding) == (row.amount, 0)


def test_an_amount_entered_in_another_form_is_named_to_the_fen() -> None:
    payment = make_payment(make_instalments()[0], amount=Decimal("1E+5"))
    assert str(payment).endswith(" 100,000.00")


def test_a_fen_more_than_is_open_is_refused() -> None:
    row = make_instalments()[0]
    make_payment(row, amount=Decimal("0.01"))
    with pytest.raises(ValidationError) as error:
        make_payment(row, amount=row.amount)
    assert "522,933.32" in error.value.message_dict["amount"][0]
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "0.001"])
def test_no_payment_is_zero_or_less_or_finer_than_a_fen(amount: str) -> None:
    with pytest.raises(ValidationError) as error:
        make_payment(make_instalments()[0], amount=Decimal(amount))
    assert set(error.value.message_dict) == {"amount"}


@pytest.mark.parametrize("day", [date(2024, 9, 30), date(2025, 10, 1)])
def test_a_payment_before_the_contract_or_in_the_future_is_refused(day: date) -> None:
    with pytest.raises(ValidationError) as error:
        make_payment(make_instalments()[0], day)
    assert set(error.value.message_dict) == {"paid_on"}


def test_a_second_person_with_the_same_payment_is_told_who_was_first() -> None:
    row = make_instalments()[0]
    make_payment(row, actor=make_finance(row.contract, "zhang"), reference="PZ-1")
    with pytest.raises(Conflict, match="zhang"):
        make_payment(row, actor=make_finance(row.contract, "li"), reference="PZ-2")
    assert Payment.objects.count() == 1


def test_the_same_voucher_is_recorded_once_also_for_a_part() -> None:
    row = make_instalments()[0]
    make_payment(row, amount=Decimal("1.00"), reference="PZ-1")
    with pytest.raises(Conflict, match="PZ-1"):
        make_payment(row, amount=Decimal("1.00"), reference=" PZ-1 ")


def test_a_withdrawn_payment_stays_readable_and_counts_no_more() -> None:
    row = make_instalments()[0]
    payment = make_payment(row, reference="PZ-1")
    with pytest.raises(ValidationError):
        services.withdraw_payment(payment=payment, reason="", actor=None, at=AT)
    services.withdraw_payment(payment=payment, reason="记错期次", actor=None, at=AT)
    row.refresh_from_db()
    assert row.paid_amount == 0
    assert Payment.objects.get().withdrawal_reason == "记错期次"
    with pytest.raises(Conflict):
        services.withdraw_payment(payment=payment, reason="再次", actor=None, at=AT)
    assert make_payment(row, reference="PZ-1").stands


def test_acceptance_follows_the_end_of_the_period() -> None:
    row = make_instalments()[0]
    with pytest.raises(ValidationError) as error:
        make_acceptance(row, date(2024, 12, 30))
    assert set(error.value.message_dict) == {"accepted_on"}
    assert make_acceptance(row, date(2024, 12, 31)).passed


def test_remarks_and_refusals_are_written_down() -> None:
    row = make_instalments()[0]
    for result in ("passed_with_remarks", "failed"):
        with pytest.raises(ValidationError) as error:
            make_acceptance(row, result=result)
        assert set(error.value.message_dict) == {"opinion"}


def test_a_failed_acceptance_is_followed_by_another_and_a_passed_one_is_not() -> None:
    row = make_instalments()[0]
    make_acceptance(row, result="failed", opinion="资料不全")
    passed = make_acceptance(row, date(2025, 1, 20), actor=make_finance(row.contract, "zhang"))
    with pytest.raises(Conflict, match="zhang"):
        make_acceptance(row, date(2025, 1, 21))
    services.withdraw_acceptance(acceptance=passed, reason="误", actor=None, at=AT)
    assert make_acceptance(row, date(2025, 1, 21)).passed
    assert Acceptance.objects.count() == 3


def test_the_vendor_neither_accepts_nor_pays() -> None:
    row = make_instalments()[0]
    vendor = make_user(party=row.contract.vendor, permissions=FINANCE)
    for step in (make_acceptance, make_payment):
        with pytest.raises(PermissionDenied):
            step(row, actor=vendor)


def test_who_has_no_permission_is_refused() -> None:
    row = make_instalments()[0]
    with pytest.raises(PermissionDenied):
        make_payment(row, actor=make_user(party=row.contract.office))


# --- Two at once ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_four_people_who_pay_a_quarter_at_once_one_wins_and_three_are_told() -> None:
    row = make_instalments()[0]
    results = at_once([lambda number=number: make_payment(row, reference=f"PZ-{number}") for number in range(4)])
    assert sum(isinstance(result, Payment) for result in results) == 1, results
    assert sum(isinstance(result, Conflict) for result in results) == 3, results
    assert Payment.objects.count() == 1
    assert Instalment.objects.get(pk=row.pk).paid_amount == row.amount


@pytest.mark.django_db(transaction=True)
def test_part_payments_at_once_never_exceed_the_instalment() -> None:
    row = make_instalments()[0]
    half = Decimal("300000.00")
    results = at_once(
        [lambda number=number: make_payment(row, amount=half, reference=f"PZ-{number}") for number in range(3)]
    )
    assert sum(isinstance(result, Payment) for result in results) == 1, results
    assert sum(isinstance(result, ValidationError) for result in results) == 2, results
    assert Instalment.objects.get(pk=row.pk).paid_amount == half
