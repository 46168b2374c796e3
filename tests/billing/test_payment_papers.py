"""Money that a clerk can get wrong: what a payment asks for, two people where a paper is missing, exact fen."""

import random
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from billing import services
from billing.choices import AcceptanceResult
from billing.documents.quarter_file import is_settled
from billing.models import Instalment, Payment, PaymentException
from billing.selectors.quarter_file import quarter_file_facts
from kit.errors import Conflict
from tests.billing.factories import (
    AT,
    FINANCE,
    TODAY,
    make_acceptance,
    make_finance,
    make_instalments,
    make_invoice,
    make_payment,
)
from tests.contract.admin_helpers import signed_in
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PAID_ON = date(2025, 1, 20)


@pytest.fixture
def instalment() -> Instalment:
    return make_instalments()[0]


@pytest.fixture
def finance(instalment: Instalment) -> User:
    more = ["billing.add_paymentexception", "billing.view_paymentexception"]
    return make_user(party=instalment.contract.office, permissions=[*FINANCE, *more], is_staff=True)


@pytest.fixture
def second(instalment: Instalment) -> User:
    rights = ["billing.view_paymentexception", "billing.change_paymentexception"]
    return make_user("second", party=instalment.contract.office, permissions=rights, is_staff=True)


def pay(instalment: Instalment, actor: User, **fields: Any) -> Payment:
    said: dict[str, Any] = {"paid_on": PAID_ON, "amount": instalment.amount, "reference": "PZ-1"}
    return services.record_payment(instalment=instalment, actor=actor, today=TODAY, **(said | fields))


def propose(instalment: Instalment, actor: User, **fields: Any) -> PaymentException:
    said: dict[str, Any] = {"paid_on": PAID_ON, "amount": instalment.amount, "reference": "PZ-1", "reason": "年度关账"}
    return services.propose_exception(instalment=instalment, actor=actor, today=TODAY, **(said | fields))


def decide(exception: PaymentException, actor: User, approve: bool = True, reason: str = "") -> PaymentException:
    return services.decide_exception(
        exception=exception, approve=approve, reason=reason, actor=actor, at=AT, today=TODAY
    )


# --- What a payment asks for (articles 10 and 12.1) --------------------------------------------


def test_without_invoice_and_acceptance_one_click_records_nothing(instalment: Instalment, finance: User) -> None:
    with pytest.raises(ValidationError) as error:
        pay(instalment, finance)
    (said,) = error.value.message_dict["instalment"]
    assert "有效发票" in said and "合格的履约验收" in said
    assert not Payment.objects.exists()


def test_a_failed_acceptance_is_none(instalment: Instalment, finance: User) -> None:
    make_invoice(instalment)
    make_acceptance(instalment, result=AcceptanceResult.FAILED, opinion="资料不全")
    with pytest.raises(ValidationError) as error:
        pay(instalment, finance)
    (said,) = error.value.message_dict["instalment"]
    assert "有效发票" not in said and "合格的履约验收" in said


def test_with_both_papers_it_is_recorded(instalment: Instalment, finance: User) -> None:
    make_invoice(instalment)
    make_acceptance(instalment)
    assert pay(instalment, finance).amount == instalment.amount


# --- Two people where a paper is missing ------------------------------------------------------


def test_what_is_proposed_is_not_paid_before_a_second_person_approves(
    instalment: Instalment, finance: User, second: User
) -> None:
    exception = propose(instalment, finance)
    assert exception.lacking == "invoice acceptance"
    assert not Payment.objects.exists()
    decide(exception, second)
    payment = Payment.objects.get()
    instalment.refresh_from_db()
    assert (payment.exception, instalment.paid_amount) == (exception, instalment.amount)
    assert payment.history.get().history_user == finance
    assert PaymentException.history.first().history_user == second


def test_the_proposer_does_not_approve(instalment: Instalment, finance: User) -> None:
    exception = propose(instalment, finance)
    with pytest.raises(PermissionDenied):
        decide(exception, finance)
    both = make_user(party=instalment.contract.office, permissions=["billing.add_paymentexception", *FINANCE])
    mine = propose(instalment, both, reference="PZ-2")
    both = make_user_with(both, "billing.change_paymentexception")
    with pytest.raises(ValidationError):
        decide(mine, both)
    assert not Payment.objects.exists()


def make_user_with(user: User, permission: str) -> User:
    from django.contrib.auth.models import Permission

    app, codename = permission.split(".")
    user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return User.objects.get(pk=user.pk)


def test_a_rejection_asks_for_its_reason_and_pays_nothing(instalment: Instalment, finance: User, second: User) -> None:
    exception = propose(instalment, finance)
    with pytest.raises(ValidationError):
        decide(exception, second, approve=False, reason=" ")
    decide(exception, second, approve=False, reason="先补交发票")
    assert not Payment.objects.exists()
    with pytest.raises(Conflict):
        decide(exception, second)


def test_a_reason_is_asked_for_and_what_has_its_papers_needs_no_exception(
    instalment: Instalment, finance: User
) -> None:
    with pytest.raises(ValidationError) as error:
        propose(instalment, finance, reason="  ")
    assert "reason" in error.value.message_dict
    make_invoice(instalment)
    make_acceptance(instalment)
    with pytest.raises(ValidationError) as error:
        propose(instalment, finance)
    assert "instalment" in error.value.message_dict


@pytest.mark.parametrize(("over", "fits"), [(Decimal("0.00"), True), (Decimal("0.01"), False)])
def test_no_more_than_is_open_can_be_proposed(instalment: Instalment, finance: User, over: Decimal, fits: bool) -> None:
    if fits:
        assert propose(instalment, finance, amount=instalment.amount + over).pk
        return
    with pytest.raises(ValidationError) as error:
        propose(instalment, finance, amount=instalment.amount + over)
    assert "amount" in error.value.message_dict


def test_the_two_people_meet_on_its_page(instalment: Instalment, finance: User, second: User) -> None:
    add = reverse("admin:billing_paymentexception_add")
    sent = {
        "instalment": instalment.pk,
        "paid_on": "2025-01-20",
        "amount": str(instalment.amount),
        "reference": "PZ-9",
        "reason": "财政年度关账",
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kit.clock.today", lambda: TODAY)
        assert signed_in(finance).post(add, sent).status_code == 302
        exception = PaymentException.objects.get()
        page = reverse("admin:billing_paymentexception_change", args=[exception.pk])
        assert b'name="_approve"' not in signed_in(finance).get(page).content
        # A refusal is said at once: nobody is asked to confirm what is not possible.
        assert signed_in(finance).post(page, {"_approve": "1"}, hasty=True).status_code == 302
        assert not Payment.objects.exists()
        assert b'name="_approve"' in signed_in(second).get(page).content
        signed_in(second).post(page, {"_approve": "1"})
    assert Payment.objects.get().reference == "PZ-9"


# --- A paid amount is not applied for -----------------------------------------------------------


@pytest.mark.parametrize(("left", "settled"), [("0.00", True), ("0.01", False)])
def test_the_first_sheet_applies_only_for_what_is_left(instalment: Instalment, left: str, settled: bool) -> None:
    make_invoice(instalment)
    make_acceptance(instalment)
    statement = services.issue_statement(
        instalment=instalment, actor=make_finance(instalment.contract), at=AT, as_of=TODAY
    )
    make_payment(instalment, amount=instalment.amount - Decimal(left))
    facts = quarter_file_facts(instalment, statement, TODAY)
    assert facts["application"]["rest"] == left
    assert is_settled(facts) is settled


# --- What is owed, not instalments ---------------------------------------------------------------


def test_the_home_page_counts_what_is_owed() -> None:
    """Everything undisputed paid and 127.70 yuan waiting for a claim is not "all paid"."""
    from billing.dashboard import _next
    from billing.rules.facts import InstalmentFacts

    board = type("Board", (), {"as_of": date(2025, 12, 1)})()
    rows: list[InstalmentFacts] = [_paid_but(Decimal("127.70"))]
    data = _next(board, 1, rows)
    assert (data["row"], data["owed"]) == (None, Decimal("127.70"))


def _paid_but(withheld: Decimal) -> Any:
    class Row:
        amount = Decimal("1000.00")

        def paid_off_on(self, day: date) -> date:
            return day

        def deducted(self, day: date) -> Decimal:
            return Decimal("0.00")

        def paid_amount(self, day: date) -> Decimal:
            return self.amount - withheld

    return Row()


# --- Exact fen, on either engine -----------------------------------------------------------------


def test_three_parts_that_make_the_whole_are_never_refused(instalment: Instalment) -> None:
    """522,933.33 = 387,157.52 + 74,595.03 + 61,180.78; and thousands of other exact splits."""
    rows, chance = [_split(instalment, 5, 38715752, 7459503, 6118078)], random.Random(13)
    for number in range(6, 3000):
        whole = chance.randrange(3, 10**9)
        first = chance.randrange(whole)
        second = chance.randrange(whole - first)
        rows.append(_split(instalment, number, first, second, whole - first - second))
    Instalment.objects.bulk_create(rows, batch_size=500)
    assert Instalment.objects.filter(is_supplement=True).count() == len(rows)


def test_a_fen_too_much_is_always_refused(instalment: Instalment) -> None:
    chance = random.Random(7)
    for number in range(5, 105):
        whole = chance.randrange(3, 10**9)
        first = chance.randrange(whole)
        second = chance.randrange(whole - first)
        row = _split(instalment, number, first, second, whole - first - second)
        row.withheld_amount += Decimal("0.01")
        with pytest.raises(IntegrityError), transaction.atomic():
            Instalment.objects.bulk_create([row])


def _split(of: Instalment, sequence: int, paid: int, deducted: int, withheld: int) -> Instalment:
    fen = Decimal("0.01")
    return Instalment(
        contract=of.contract,
        sequence=sequence,
        is_supplement=True,
        period_start=of.period_start,
        period_end=of.period_end,
        amount=(paid + deducted + withheld) * fen,
        paid_amount=paid * fen,
        deducted_amount=deducted * fen,
        withheld_amount=withheld * fen,
    )


def test_the_list_of_settled_instalments_counts_what_was_set_off(instalment: Instalment) -> None:
    from billing.admin.instalments import PaymentFilter

    Instalment.objects.filter(pk=instalment.pk).update(
        paid_amount=instalment.amount - Decimal("61180.78"), deducted_amount=Decimal("61180.78")
    )
    filters = object.__new__(PaymentFilter)
    found = {}
    for wanted in ("paid", "open"):
        filters.value = lambda wanted=wanted: wanted  # type: ignore[method-assign, misc]
        found[wanted] = set(filters.queryset(None, Instalment.objects.all()).values_list("sequence", flat=True))  # type: ignore[arg-type]
    assert found == {"paid": {1}, "open": {2, 3, 4}}
