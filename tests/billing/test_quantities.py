"""Quantities: one side reports, the other confirms; only then there is an amount, and the check says the rest."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from billing import services
from billing.models import Claim, Instalment, PaymentItem, PaymentRule, Quantity
from billing.selectors.reconciliation import reconciliations
from contract.choices import Outcome
from contract.findings import Finding
from contract.models import Contract, Term
from contract.services import look
from kit.errors import Conflict
from tests.api import V1, client_of, ok, problem
from tests.billing.cases import People, make_claim
from tests.billing.factories import AT, make_acceptance, make_instalments, make_invoice, make_payment
from tests.contract.admin_helpers import signed_in
from tests.factories import make_contract, make_user, set_policy, set_term

pytestmark = pytest.mark.django_db
START = date(2024, 10, 1)
NOVEMBER = date(2024, 11, 4)
MAY = ["billing.add_quantity", "billing.answer_quantity", "billing.view_quantity"]
MAY += ["billing.view_instalment", "billing.view_paymentrule", "billing.view_paymentitem"]


@pytest.fixture
def contract() -> Contract:
    made = make_contract(check_ids=["billing.fee_total", "billing.payment_due", "billing.invoice_first"])
    Term.objects.filter(contract=made, key="annual_fee").delete()
    rule = PaymentRule.objects.create(contract=made, title="月度款", every_months=1)
    PaymentItem.objects.create(
        rule=rule,
        title="接听",
        kind="price",
        unit="call",
        quantity="reported",
        bands=[{"above": "0", "price": "3.20"}, {"above": "10000", "price": "2.80"}],
        bands_apply="each",
    )
    return made


@pytest.fixture
def row(contract: Contract) -> Instalment:
    return services.generate_instalments(contract=contract, today=NOVEMBER)[0]


@pytest.fixture
def vendor(contract: Contract) -> User:
    return make_user(party=contract.vendor, permissions=MAY)


@pytest.fixture
def office(contract: Contract) -> User:
    return make_user(party=contract.office, permissions=MAY, is_staff=True)


def report(row: Instalment, actor: User, quantity: str = "12345", **fields: Any) -> Quantity:
    asked = {"document": "十月话务统计", "today": NOVEMBER} | fields
    item = PaymentItem.objects.get(rule=row.rule)
    return services.report_quantity(instalment=row, item=item, quantity=Decimal(quantity), actor=actor, **asked)


def found(contract: Contract, check: str, as_of: date = NOVEMBER) -> Finding | None:
    findings = look(as_of=as_of, contract_ids=[contract.pk]).findings
    return next((one for one in findings if one.check_id == check), None)


def test_what_only_one_side_says_makes_no_amount(contract: Contract, row: Instalment, vendor: User) -> None:
    report(row, vendor)
    services.generate_instalments(contract=contract, today=NOVEMBER)
    row.refresh_from_db()
    assert row.is_open and row.amount == 0
    fee, due = found(contract, "billing.fee_total"), found(contract, "billing.payment_due")
    assert fee and fee.outcome == Outcome.UNDETERMINED and "接听" in str(fee.message)
    assert due and due.outcome == Outcome.UNDETERMINED


def test_confirmed_by_the_other_side_it_is_an_amount_to_the_fen(
    contract: Contract, row: Instalment, vendor: User, office: User
) -> None:
    services.answer_quantity(quantity=report(row, vendor), confirm=True, actor=office, today=NOVEMBER)
    row.refresh_from_db()
    assert (row.amount, row.is_open) == (Decimal("38566.00"), False)  # 10,000 × 3.20 + 2,345 × 2.80
    assert row.lines[0]["calculation"] == ("12,345 通：10,000 通×3.20 元＋2,345 通×2.80 元＝38,566.00 元")
    fee = found(contract, "billing.fee_total")
    assert fee and (fee.outcome, fee.required) == (Outcome.MET, "38,566.00")
    assert reconciliations([contract], NOVEMBER)[0].agrees


def test_the_side_that_reports_does_not_confirm(row: Instalment, vendor: User, office: User) -> None:
    quantity = report(row, vendor)
    with pytest.raises(PermissionDenied):
        services.answer_quantity(quantity=quantity, confirm=True, actor=vendor, today=NOVEMBER)
    with pytest.raises(PermissionDenied):
        services.answer_quantity(quantity=quantity, confirm=True, actor=make_user(permissions=MAY), today=NOVEMBER)


def test_a_disputed_figure_gives_way_to_another(row: Instalment, vendor: User, office: User) -> None:
    first = report(row, vendor)
    with pytest.raises(ValidationError):
        services.answer_quantity(quantity=first, confirm=False, actor=office, today=NOVEMBER)
    services.answer_quantity(quantity=first, confirm=False, actor=office, today=NOVEMBER, reason="多计 345 通")
    second = report(row, vendor, "12000")
    services.answer_quantity(quantity=second, confirm=True, actor=office, today=NOVEMBER)
    row.refresh_from_db()
    assert row.amount == Decimal("37600.00")


def test_a_second_figure_beside_one_that_stands_is_refused(row: Instalment, vendor: User) -> None:
    report(row, vendor)
    with pytest.raises(ValidationError):
        report(row, vendor, "1")


def test_a_period_that_runs_has_no_quantity_yet(row: Instalment, vendor: User) -> None:
    with pytest.raises(ValidationError):
        report(row, vendor, today=date(2024, 10, 30))


def test_withdrawn_by_its_side_the_amount_is_open_again(row: Instalment, vendor: User, office: User) -> None:
    quantity = report(row, vendor)
    services.answer_quantity(quantity=quantity, confirm=True, actor=office, today=NOVEMBER)
    with pytest.raises(PermissionDenied):
        services.withdraw_quantity(quantity=quantity, reason="x", actor=office, at=AT, today=NOVEMBER)
    services.withdraw_quantity(quantity=quantity, reason="统计口径有误", actor=vendor, at=AT, today=NOVEMBER)
    row.refresh_from_db()
    assert row.is_open and row.amount == 0


def test_once_invoiced_no_quantity_changes_the_amount(row: Instalment, vendor: User, office: User) -> None:
    quantity = report(row, vendor)
    services.answer_quantity(quantity=quantity, confirm=True, actor=office, today=NOVEMBER)
    row.refresh_from_db()
    make_invoice(row)
    with pytest.raises(Conflict):
        services.withdraw_quantity(quantity=quantity, reason="x", actor=vendor, at=AT, today=NOVEMBER)


def test_a_budget_that_is_used_up_is_at_risk(contract: Contract, row: Instalment, vendor: User, office: User) -> None:
    set_term(contract, "payment_budget", "30000.00")
    services.answer_quantity(quantity=report(row, vendor), confirm=True, actor=office, today=NOVEMBER)
    row.refresh_from_db()
    fee = found(contract, "billing.fee_total")
    assert row.amount == Decimal("30000.00")
    assert fee and (fee.outcome, fee.figures["left"]) == (Outcome.AT_RISK, Decimal("0.00"))


# --- The ways in --------------------------------------------------------------------------------------


def test_the_vendor_reports_over_the_api_and_the_office_confirms_on_its_page(
    contract: Contract, row: Instalment, vendor: User, office: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kit.clock.today", lambda: NOVEMBER)
    client = client_of(vendor)
    rules = ok(client.get(f"{V1}/payment-rules"))["results"]
    item = rules[0]["items"][0]
    sent = {"instalment": row.pk, "item": item["id"], "quantity": "12345", "document": "十月话务统计"}
    made = ok(client.post(f"{V1}/quantities", sent, format="json"), 201)
    assert made["reported_side"] == "vendor" and made["is_confirmed"] is None
    problem(client.post(f"{V1}/quantities/{made['id']}/answer", {"confirm": True}, format="json"), 403)
    page = signed_in(office)
    page.post(reverse("admin:billing_quantity_change", args=[made["id"]]), {"_confirm": "1"})
    row.refresh_from_db()
    assert row.amount == Decimal("38566.00")
    assert ok(client.get(f"{V1}/instalments/{row.pk}"))["amount"] == "38566.00"


def test_each_side_takes_its_own_report_back_by_its_own_way(
    row: Instalment, vendor: User, office: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kit.clock.today", lambda: NOVEMBER)
    client, page = client_of(vendor), signed_in(office)
    theirs = report(row, vendor)
    address = reverse("admin:billing_quantity_change", args=[theirs.pk])
    assert 'name="_withdraw"' not in page.get(address).content.decode()
    problem(client.post(f"{V1}/quantities/{theirs.pk}/withdraw", {}, format="json"), 400)
    told = ok(client.post(f"{V1}/quantities/{theirs.pk}/withdraw", {"reason": "统计口径有误"}, format="json"))
    assert told["withdrawn_at"]
    problem(client.post(f"{V1}/quantities/{theirs.pk}/withdraw", {"reason": "再撤一次"}, format="json"), 409)
    ours = report(row, office, "12000")
    address = reverse("admin:billing_quantity_change", args=[ours.pk])
    assert 'name="_withdraw"' in page.get(address).content.decode()
    problem(client.post(f"{V1}/quantities/{ours.pk}/withdraw", {"reason": "x"}, format="json"), 403)
    page.post(address, {"_withdraw": "1"})
    ours.refresh_from_db()
    assert ours.stands, "a reason is asked for"
    page.post(address, {"_withdraw": "1", "reason": "录入有误"})
    ours.refresh_from_db()
    assert not ours.stands
    assert "录入有误" in page.get(address).content.decode()


def test_the_page_of_an_instalment_shows_the_calculation(row: Instalment, vendor: User, office: User) -> None:
    services.answer_quantity(quantity=report(row, vendor), confirm=True, actor=office, today=NOVEMBER)
    page = signed_in(office).get(reverse("admin:billing_instalment_change", args=[row.pk])).content.decode()
    assert "2,345 通×2.80 元" in page


# --- What a payment waits for ---------------------------------------------------------------------------


def shared(**fields: Any) -> Instalment:
    """One instalment of 60 %, the rest beside it."""
    made = make_contract(terms={"annual_fee": "1000000.00"}, check_ids=["billing.payment_due", "billing.fee_total"])
    for position, (percent, own) in enumerate((("60", fields), ("40", {})), start=1):
        rule = PaymentRule.objects.create(contract=made, title=f"第{position}笔", position=position, **own)
        PaymentItem.objects.create(rule=rule, title="款", kind="percent", percent=percent)
    return services.generate_instalments(contract=made)[0]


@pytest.mark.parametrize(("as_of", "outcome"), [("2024-10-18", Outcome.AT_RISK), ("2024-10-19", Outcome.NOT_MET)])
def test_a_share_on_signing_is_due_in_working_days_without_acceptance(as_of: str, outcome: Outcome) -> None:
    """Signed on 10-01; ten working days on, over the National Day holidays and the make-up Saturday of the 12th."""
    row = shared(waits_for=["signing"], due_days=10, due_in="working_days")
    due = found(row.contract, "billing.payment_due", date.fromisoformat(as_of))
    assert due and due.legal_due_on == date(2024, 10, 18)
    assert due.outcome == outcome


def test_a_share_that_waits_for_the_invoice_is_paid_without_acceptance_by_a_person() -> None:
    row = shared(waits_for=["invoice", "signing"], due_days=30)
    payer = make_user(party=row.contract.office, permissions=["billing.add_payment"])
    assert found(row.contract, "billing.payment_due", NOVEMBER) is None
    make_invoice(row)
    payment = services.record_payment(
        instalment=row,
        paid_on=date(2025, 1, 20),
        amount=row.amount,
        reference="PZ-1",
        actor=payer,
        today=date(2025, 1, 20),
    )
    due = found(row.contract, "billing.payment_due", date(2025, 3, 1))
    assert payment.amount == Decimal("600000.00") and due and due.outcome == Outcome.MET


def test_a_share_that_waits_for_acceptance_counts_from_the_pass() -> None:
    days = {"first_day": START, "last_day": date(2024, 12, 31)}
    row = shared(waits_for=["acceptance"], due_days=15, **days)
    assert found(row.contract, "billing.payment_due", date(2025, 1, 31)) is None
    make_acceptance(row, date(2025, 1, 10))
    due = found(row.contract, "billing.payment_due", date(2025, 1, 31))
    assert due and (due.outcome, due.legal_due_on) == (Outcome.NOT_MET, date(2025, 1, 26))  # a make-up Sunday


def test_towards_a_small_enterprise_sixty_days_are_the_limit() -> None:
    row = shared(waits_for=["signing"], due_days=90)
    set_policy(row.contract, "vendor_is_small_enterprise", "true")
    due = found(row.contract, "billing.payment_due", NOVEMBER)
    assert due and due.legal_due_on == date(2024, 12, 2)  # 60 days after 10-01 end on a Saturday


def test_shares_of_the_fee_are_the_fee_and_paid_off_by_both(monkeypatch: pytest.MonkeyPatch) -> None:
    row = shared()
    rows = list(row.contract.instalments.order_by("sequence"))
    assert [one.amount for one in rows] == [Decimal("600000.00"), Decimal("400000.00")]
    fee = found(row.contract, "billing.fee_total")
    assert fee and (fee.outcome, fee.required) == (Outcome.MET, "1,000,000.00")
    make_payment(rows[0], date(2024, 12, 1), amount=Decimal("600000.00"))
    assert [one.amount for one in services.generate_instalments(contract=row.contract)] == [
        Decimal("600000.00"),
        Decimal("400000.00"),
    ]


# --- What was there before ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_existing_database_migrates_without_a_changed_amount() -> None:
    """The tables as they were before payment rules, with rows in them, brought to the newest state."""
    contract = make_contract(check_ids=["billing.fee_total"])
    before = [(row.pk, row.sequence, row.amount) for row in make_instalments(contract)]
    claim = make_claim(People(contract))
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes("billing")
    try:
        executor.migrate([("billing", "0004_red_letters_in_part")])
        executor.loader.build_graph()
        MigrationExecutor(connection).migrate(newest)
    finally:
        MigrationExecutor(connection).migrate(newest)
    rows = Instalment.objects.filter(contract=contract).order_by("sequence")
    assert [(row.pk, row.sequence, row.amount) for row in rows] == before
    assert not any(row.is_open or row.lines or row.rule_id for row in rows)
    assert not services.preview_instalments(contract=contract).is_stale
    kept = Claim.objects.get(pk=claim.pk)
    assert (kept.amount, kept.breach_id, kept.sheet_id) == (claim.amount, claim.breach_id, None)
    fee = found(contract, "billing.fee_total")
    assert fee and fee.outcome == Outcome.MET
