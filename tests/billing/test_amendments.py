"""An amendment changes payment rules and agreed deductions from its day on; what is settled stays."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from billing import services
from billing.models import Instalment, PaymentItem, PaymentRule, Tariff
from billing.selectors.tariffs import tariffs_on
from contract.choices import Outcome
from contract.duties.models import Amendment
from contract.duties.services.changes import save_amendment
from contract.findings import Finding
from contract.loading import load
from contract.models import Contract, Term
from contract.reference.export import document_of
from contract.services import look
from contract.setup.drafting import as_document
from kit.errors import Conflict
from tests.billing.factories import make_acceptance, make_invoice
from tests.contract.admin_helpers import signed_in
from tests.factories import make_contract, make_user, set_term

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
AGREED, JULY, AFTER = date(2025, 6, 20), date(2025, 7, 1), date(2026, 1, 5)
PROPOSE = ["billing.add_paymentrule", "billing.add_paymentitem", "billing.add_tariff", "billing.view_tariff"]
PROPOSE += ["billing.view_paymentrule", "billing.view_paymentitem"]
DECIDE = [*PROPOSE[-3:], "billing.change_paymentrule"]
SHARE: dict[str, Any] = {"title": "合同价款", "kind": "percent"}
PRICE: dict[str, Any] = {"title": "坐席", "kind": "price", "unit": "person_month", "quantity": "headcount"}


@pytest.fixture
def contract() -> Contract:
    terms = {"headcount": 10, "annual_fee": "120000.01"}
    return make_contract(starts_on=FIRST, ends_on=LAST, terms=terms, check_ids=["billing.fee_total"])


@pytest.fixture
def clerk(contract: Contract) -> User:
    return make_user("clerk", party=contract.office, permissions=PROPOSE, is_staff=True)


@pytest.fixture
def second(contract: Contract) -> User:
    return make_user("second", party=contract.office, permissions=DECIDE, is_staff=True)


def amendment(contract: Contract, *, agreed: bool = True, effective_from: date = JULY) -> Amendment:
    days = {"office_agreed_on": AGREED, "vendor_agreed_on": AGREED} if agreed else {}
    row = Amendment(
        contract=contract,
        title="补充协议一",
        document="补充协议一",
        proposed_by="office",
        proposed_on=date(2025, 5, 20),
        effective_from=effective_from,
        **days,
    )
    return save_amendment(amendment=row, changes={})


def by_months(contract: Contract, price: str = "8000.00") -> PaymentRule:
    Term.objects.filter(contract=contract, key="annual_fee").delete()
    set_term(contract, "fee_basis", "by_quantity")
    rule = PaymentRule.objects.create(contract=contract, title="月度款", every_months=1)
    PaymentItem.objects.create(rule=rule, price=price, **PRICE)
    return rule


def by_shares(contract: Contract) -> None:
    for position, (title, percent) in enumerate((("首付款", 60), ("中期款", 30), ("尾款", 10))):
        days = {"first_day": FIRST, "last_day": date(2025, 6, 30)} if title == "中期款" else {}
        rule = PaymentRule.objects.create(contract=contract, title=title, position=position, **days)
        PaymentItem.objects.create(rule=rule, percent=percent, **SHARE)


def made(contract: Contract) -> list[Decimal]:
    rows = services.generate_instalments(contract=contract, today=AFTER)
    return [row.amount for row in rows]


def test_a_price_changes_from_the_day_of_the_amendment_once_a_second_person_takes_it_over(
    contract: Contract, clerk: User, second: User
) -> None:
    by_months(contract)
    assert made(contract) == [Decimal("80000.00")] * 12
    paper = amendment(contract)
    rule = PaymentRule(amendment=paper, title="月度款", every_months=1)
    services.propose_rule(rule=rule, items=[{**PRICE, "price": Decimal("8500.50")}], actor=clerk)
    assert made(contract) == [Decimal("80000.00")] * 12  # nothing counts yet
    with pytest.raises(PermissionDenied):
        services.decide_changes(amendment=paper, approve=True, actor=clerk, today=AGREED)
    assert services.decide_changes(amendment=paper, approve=True, actor=second, today=AGREED) == 1
    assert made(contract) == [Decimal("80000.00")] * 6 + [Decimal("85005.00")] * 6
    assert Instalment.objects.get(contract=contract, period_start=JULY).rule == rule
    with pytest.raises(Conflict):
        services.decide_changes(amendment=paper, approve=True, actor=second, today=AGREED)


def test_what_is_settled_keeps_its_amount(contract: Contract, clerk: User, second: User) -> None:
    by_months(contract)
    made(contract)
    july = Instalment.objects.get(contract=contract, period_start=JULY)
    before = july.rule
    make_acceptance(july, accepted_on=AFTER, today=AFTER)
    paper = amendment(contract)
    rule = PaymentRule(amendment=paper, title="月度款", every_months=1)
    services.propose_rule(rule=rule, items=[{**PRICE, "price": Decimal("8500.50")}], actor=clerk)
    services.decide_changes(amendment=paper, approve=True, actor=second, today=AGREED)
    assert made(contract)[5:8] == [Decimal("80000.00"), Decimal("80000.00"), Decimal("85005.00")]
    july.refresh_from_db()
    assert july.rule == before


@pytest.mark.parametrize(
    ("price", "beside", "outcome"),
    [("8500.50", "5005.00", Outcome.MET), ("7999.99", None, Outcome.NOT_MET), ("8000.00", None, Outcome.MET)],
)
def test_what_another_price_makes_of_a_settled_period_is_a_supplement_of_its_own_or_is_named(
    contract: Contract, clerk: User, second: User, price: str, beside: str | None, outcome: Outcome
) -> None:
    by_months(contract)
    made(contract)
    make_acceptance(Instalment.objects.get(contract=contract, period_start=JULY), accepted_on=AFTER, today=AFTER)
    paper = amendment(contract)
    rule = PaymentRule(amendment=paper, title="月度款", every_months=1)
    services.propose_rule(rule=rule, items=[{**PRICE, "price": Decimal(price)}], actor=clerk)
    services.decide_changes(amendment=paper, approve=True, actor=second, today=AGREED)
    assert fee(contract).outcome == (Outcome.MET if price == "8000.00" else Outcome.NOT_MET)
    for _again in range(2):
        made(contract)
        rows = Instalment.objects.filter(contract=contract, is_supplement=True)
        assert [f"{row.amount:.2f}" for row in rows] == ([beside] if beside else [])
    found = fee(contract)
    assert found.outcome == outcome
    if outcome == Outcome.NOT_MET:
        assert found.message.params["over"] == "0.10"
    if beside:  # accepted itself, it is not added again
        make_acceptance(rows.get(), accepted_on=AFTER, today=AFTER)
        assert [f"{amount:.2f}" for amount in made(contract)].count(beside) == 1
        assert fee(contract).outcome == Outcome.MET


def fee(contract: Contract) -> Finding:
    [found] = look(as_of=AFTER, contract_ids=[contract.pk]).findings
    return found


def test_shares_change_together_and_stay_the_whole_fee(contract: Contract, clerk: User, second: User) -> None:
    by_shares(contract)
    assert made(contract) == [Decimal("36000.00"), Decimal("72000.00"), Decimal("12000.01")]
    down = Instalment.objects.get(contract=contract, title="首付款")
    make_invoice(down, gross=down.amount)
    paper = amendment(contract)

    def propose(title: str, percent: int) -> None:
        days = {"first_day": FIRST, "last_day": LAST} if title == "中期款" else {}
        rule = PaymentRule(amendment=paper, title=title, **days)
        services.propose_rule(rule=rule, items=[{**SHARE, "percent": Decimal(percent)}], actor=clerk)

    propose("尾款", 25)
    with pytest.raises(ValidationError, match="115"):
        services.decide_changes(amendment=paper, approve=True, actor=second, today=AGREED)
    propose("中期款", 15)
    assert services.decide_changes(amendment=paper, approve=True, actor=second, today=AGREED) == 2
    assert sum(made(contract)) == Decimal("120000.01")
    amounts = dict(Instalment.objects.filter(contract=contract).values_list("title", "amount"))
    assert amounts == {"首付款": Decimal("72000.00"), "中期款": Decimal("18000.00"), "尾款": Decimal("30000.01")}


def test_a_deduction_changes_for_the_periods_that_begin_by_then(contract: Contract, clerk: User, second: User) -> None:
    Tariff.objects.create(contract=contract, title="缺勤", clause="8.2", per="person_day", amount="200.00")
    paper = amendment(contract)
    values: dict[str, Any] = {"per": "person_day", "clause": "8.2"}
    services.propose_tariff(
        tariff=Tariff(amendment=paper, title="缺勤", amount=Decimal("300.00"), **values), actor=clerk
    )
    services.propose_tariff(
        tariff=Tariff(amendment=paper, title="投诉", amount=Decimal("50.00"), **values | {"per": "event"}), actor=clerk
    )
    assert [row.amount for row in tariffs_on(contract.pk, JULY)] == [Decimal("200.00")]
    services.decide_changes(amendment=paper, approve=True, actor=second, today=AGREED)
    assert [row.amount for row in tariffs_on(contract.pk, date(2025, 6, 30))] == [Decimal("200.00")]
    assert [row.amount for row in tariffs_on(contract.pk, JULY)] == [Decimal("300.00"), Decimal("50.00")]


def test_what_is_rejected_counts_for_nothing_and_makes_room(contract: Contract, clerk: User, second: User) -> None:
    paper = amendment(contract)
    values: dict[str, Any] = {"title": "缺勤", "per": "person_day", "clause": "8.2", "amount": Decimal("300.00")}
    services.propose_tariff(tariff=Tariff(amendment=paper, **values), actor=clerk)
    with pytest.raises(ValidationError):
        services.propose_tariff(tariff=Tariff(amendment=paper, **values), actor=clerk)
    services.decide_changes(amendment=paper, approve=False, actor=second, today=AGREED)
    services.propose_tariff(tariff=Tariff(amendment=paper, **values), actor=clerk)
    assert tariffs_on(contract.pk, JULY) == []


def test_an_amendment_that_both_have_not_agreed_to_is_not_taken_over(
    contract: Contract, clerk: User, second: User
) -> None:
    paper = amendment(contract, agreed=False)
    values: dict[str, Any] = {"title": "缺勤", "per": "person_day", "clause": "8.2", "amount": Decimal("300.00")}
    services.propose_tariff(tariff=Tariff(amendment=paper, **values), actor=clerk)
    with pytest.raises(ValidationError):
        services.decide_changes(amendment=paper, approve=True, actor=second, today=AGREED)


@pytest.mark.parametrize(("day", "fits"), [(date(2025, 7, 1), True), (date(2025, 7, 2), False)])
def test_a_rule_for_months_changes_with_a_period(contract: Contract, clerk: User, day: date, fits: bool) -> None:
    by_months(contract)
    rule = PaymentRule(amendment=amendment(contract, effective_from=day), title="月度款", every_months=1)
    items = [{**PRICE, "price": Decimal("8500.50")}]
    if fits:
        services.propose_rule(rule=rule, items=items, actor=clerk)
        return
    with pytest.raises(ValidationError, match="2025-08-01"):
        services.propose_rule(rule=rule, items=items, actor=clerk)
    assert PaymentRule.objects.count() == 1


def test_the_document_says_it_too_and_the_next_contract_begins_with_the_newest(
    contract: Contract, clerk: User, second: User
) -> None:
    by_months(contract)
    paper = amendment(contract)
    rule = PaymentRule(amendment=paper, title="月度款", every_months=1)
    services.propose_rule(rule=rule, items=[{**PRICE, "price": Decimal("8500.50")}], actor=clerk)
    services.decide_changes(amendment=paper, approve=True, actor=second, today=AGREED)
    written = document_of(contract)
    assert [row.get("effective_from") for row in written["payments"]] == [None, "2025-07-01"]
    again = load(written)
    assert (again.created, again.kept) == ({}, [])
    [newest] = as_document(contract)["payments"]
    assert newest["items"][0]["price"] == "8500.50" and "effective_from" not in newest


def test_the_pages_propose_from_the_row_before_and_a_colleague_takes_over(
    contract: Contract, clerk: User, second: User
) -> None:
    old = by_months(contract)
    paper = amendment(contract)
    add = f"{reverse('admin:billing_paymentrule_add')}?replaces={old.pk}"
    client = signed_in(clerk)
    page = client.get(add).content.decode()
    assert 'value="8000.000000"' in page and 'value="月度款"' in page
    sent = {
        "amendment": paper.pk,
        "title": "月度款",
        "every_months": "1",
        "due_in": "calendar_days",
        "items-TOTAL_FORMS": "1",
        "items-INITIAL_FORMS": "0",
        "items-0-title": "坐席",
        "items-0-kind": "price",
        "items-0-unit": "person_month",
        "items-0-quantity": "headcount",
        "items-0-bands": "0: 8500.50; 5: 8400",
        "items-0-bands_apply": "each",
    }
    assert client.post(add, sent | {"items-0-bands": "0, 5"}).status_code == 200
    assert PaymentRule.objects.count() == 1
    answer = client.post(add, sent)
    assert answer.status_code == 302, answer.content.decode()
    rule = PaymentRule.objects.get(amendment=paper)
    assert rule.items.get().bands == [{"above": "0", "price": "8500.50"}, {"above": "5", "price": "8400"}]
    url = reverse("admin:billing_paymentrule_change", args=[rule.pk])
    assert "_approve" not in client.get(url).content.decode()
    other = signed_in(second)
    assert "_approve" in other.get(url).content.decode()
    other.post(url, {"_approve": "1", "confirmed": "1"})
    rule.refresh_from_db()
    assert rule.is_approved and rule.decided_by == second
