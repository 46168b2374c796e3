"""Alerts in the browser: read, propose, and have a second person decide."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from contract.choices import AlertStatus, Outcome
from contract.models import Alert, Assessment, Contract
from tests.contract.admin_helpers import has, lacks, make_alert, make_assessment, office_user, signed_in
from tests.contract.cases import handler, heard, hr
from tests.factories import make_contract, make_user

pytestmark = pytest.mark.django_db

LIST = reverse("admin:contract_alert_changelist")


@pytest.fixture
def contract() -> Contract:
    return make_contract()


@pytest.fixture
def alert(contract: Contract) -> Alert:
    """One about which the vendor was heard."""
    return heard(make_alert(contract), handler(contract), hr(contract))


@pytest.fixture
def first(contract: Contract) -> User:
    return office_user(contract, "first", last_name="王", first_name="敏")


@pytest.fixture
def second(contract: Contract) -> User:
    return office_user(contract, "second")


def page_of(alert: Alert) -> str:
    return reverse("admin:contract_alert_change", args=[alert.pk])


def propose(client: Client, alert: Alert, **fields: Any) -> Any:
    alert.refresh_from_db()
    data = {"step": "propose", "decision": "confirm", "reason": "已核对离岗登记", "version": alert.version}
    return client.post(page_of(alert), data | fields, follow=True)


def decide(client: Client, alert: Alert, step: str, reason: str = "") -> Any:
    review = alert.reviews.first()
    assert review
    alert.refresh_from_db()
    data = {"step": step, "second_reason": reason, "review": review.pk, "version": alert.version}
    return client.post(page_of(alert), data, follow=True)


def test_the_page_shows_what_the_decision_rests_on(contract: Contract, alert: Alert, first: User) -> None:
    old = make_assessment(contract, key="k", outcome=Outcome.AT_RISK, is_current=False, message_id="即将逾期")
    Assessment.objects.filter(pk=alert.assessment_id).update(
        supersedes=old,
        figures={"days_late": 10},
        evidence=[{"label": "contract.Contract", "pk": contract.pk, "text": "自三月一日起缺岗"}],
    )
    page = signed_in(first).get(page_of(alert))
    has(page, "缺岗逾期未补", "25 日", "15 日", "2025-03-01", "2025-03-03", "自三月一日起缺岗")
    has(page, reverse("admin:contract_contract_change", args=[contract.pk]))  # evidence leads there
    has(page, "即将逾期", "已被取代", "第13.4条")


def test_what_is_still_open_shows_today_s_days_late(alert: Alert, first: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The assessment is of the night on which it became late; the page counts on."""
    Assessment.objects.filter(pk=alert.assessment_id).update(figures={"late_since": "2025-03-01"})
    for today, text in ((date(2025, 3, 5), "逾期 4 日"), (date(2025, 3, 31), "逾期 30 日")):
        monkeypatch.setattr("kit.clock.today", lambda today=today: today)
        client = signed_in(first)
        has(client.get(page_of(alert)), text)
        has(client.get(reverse("admin:contract_alert_changelist")), text)


def test_a_breach_takes_two_people(alert: Alert, first: User, second: User) -> None:
    has(propose(signed_in(first), alert), "待第二人复核", "这是您本人提出的处理意见")
    alert.refresh_from_db()
    assert alert.status == AlertStatus.PROPOSED
    has(signed_in(second).get(page_of(alert)), "已核对离岗登记", 'value="approve"')
    has(decide(signed_in(second), alert, "approve"), "认定违约")
    alert.refresh_from_db()
    assert alert.status == AlertStatus.CONFIRMED


def test_the_proposer_cannot_approve_even_by_a_hand_made_request(alert: Alert, first: User) -> None:
    client = signed_in(first)
    propose(client, alert)
    has(decide(client, alert, "approve"), "复核人不得为提出人")
    alert.refresh_from_db()
    assert alert.status == AlertStatus.PROPOSED


def test_a_rejection_needs_a_reason(alert: Alert, first: User, second: User) -> None:
    propose(signed_in(first), alert)
    decide(signed_in(second), alert, "reject")
    alert.refresh_from_db()
    assert alert.status == AlertStatus.PROPOSED
    decide(signed_in(second), alert, "reject", "证据不足")
    alert.refresh_from_db()
    assert alert.status == AlertStatus.ANSWERED


def test_a_stale_tab_is_refused_and_shows_the_present_state(alert: Alert, first: User, second: User) -> None:
    stale = {"version": alert.version}
    propose(signed_in(second), alert)
    has(propose(signed_in(first), alert, **stale), "second")
    assert alert.reviews.count() == 1


def test_a_page_older_than_the_facts_is_refused(alert: Alert, first: User) -> None:
    Alert.objects.filter(pk=alert.pk).update(version=7)
    has(propose(signed_in(first), alert, version=1), "刷新")
    assert not alert.reviews.exists()


def test_a_proposal_needs_a_reason(alert: Alert, first: User) -> None:
    page = propose(signed_in(first), alert, reason="   ")
    has(page, "必填项")
    assert not alert.reviews.exists()


def test_a_breach_is_not_offered_before_it_is_certain(contract: Contract, first: User) -> None:
    alert = make_alert(contract, outcome=Outcome.AT_RISK)
    page = signed_in(first).get(page_of(alert))
    lacks(page, ['value="confirm"'])
    has(propose(signed_in(first), alert), 'value="waive"')
    assert not alert.reviews.exists()


def test_without_the_permission_there_is_no_form_and_no_way(contract: Contract, alert: Alert) -> None:
    reader = make_user(party=contract.office, is_staff=True, permissions=["contract.view_alert"])
    client = signed_in(reader)
    lacks(client.get(page_of(alert)), ['value="propose"'])
    assert propose(client, alert).status_code == 403
    assert not alert.reviews.exists()


def test_an_alert_of_another_office_does_not_exist_here(first: User) -> None:
    foreign = make_alert(make_contract())
    client = signed_in(first)
    assert client.get(page_of(foreign)).status_code == 302
    assert propose(client, foreign).redirect_chain
    assert not foreign.reviews.exists()
    lacks(client.get(LIST), [page_of(foreign)])


def test_nobody_adds_or_deletes_what_the_program_found(alert: Alert) -> None:
    root = make_user("root", is_staff=True, is_superuser=True)
    client = signed_in(root)
    for model in ("alert", "assessment", "evaluationrun"):
        assert client.get(reverse(f"admin:contract_{model}_add")).status_code == 403
    for row in (alert, alert.assessment):
        name = row._meta.model_name
        assert client.post(reverse(f"admin:contract_{name}_delete", args=[row.pk])).status_code == 403
    page = client.post(LIST, {"action": "delete_selected", "_selected_action": [alert.pk], "post": "yes"})
    assert Alert.objects.filter(pk=alert.pk).exists() and page.status_code in (200, 302)


def test_the_list_shows_first_what_awaits_review(contract: Contract, first: User) -> None:
    waiting = make_alert(contract, key="a", subject_name="待办甲")
    decided = make_alert(contract, key="b", status="confirmed", subject_name="已办乙")
    client = signed_in(first)
    page = client.get(LIST)
    has(page, page_of(waiting))
    lacks(page, [page_of(decided)])
    has(client.get(LIST, {"work": "all"}), page_of(decided))
    has(client.get(LIST, {"work": "decided"}), page_of(decided))


def test_the_history_of_an_alert_is_what_the_log_says_of_it(alert: Alert, first: User) -> None:
    url = reverse("admin:contract_assessment_history", args=[alert.assessment_id])
    page = signed_in(first).get(url, follow=True)
    assert page.redirect_chain and page.status_code == 200
    assert page.context["cl"].result_count == 1


def test_what_failed_stands_before_what_lacks_data(contract: Contract, first: User) -> None:
    rows = [make_alert(contract, key=outcome, outcome=outcome) for outcome in ("not_met", "at_risk", "undetermined")]
    body = signed_in(first).get(LIST).content.decode()
    places = [body.index(page_of(row)) for row in rows]
    assert places == sorted(places)


def test_a_check_is_found_by_its_chinese_title(contract: Contract, first: User) -> None:
    alert = make_alert(contract, check_id="staffing.on_post_rate")
    other = make_alert(contract, key="b", check_id="staffing.backfill")
    page = signed_in(first).get(LIST, {"q": "到位率"})
    has(page, page_of(alert))
    lacks(page, [page_of(other)])


@pytest.mark.parametrize("rows", [1, 12])
def test_the_list_asks_as_much_for_twelve_alerts_as_for_one(
    contract: Contract, first: User, rows: int, django_assert_max_num_queries: Any
) -> None:
    for n in range(rows):
        make_alert(contract, key=str(n))
    client = signed_in(first)
    client.get(LIST)
    with django_assert_max_num_queries(16):
        assert client.get(LIST).status_code == 200


def test_the_page_asks_a_fixed_number_of_questions(
    contract: Contract, alert: Alert, first: User, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(first)
    propose(client, alert)
    with django_assert_max_num_queries(28):
        client.get(page_of(alert))


@pytest.mark.parametrize(
    ("figures", "told", "not_told"),
    [
        ({"reasons": ["rolled_rest_day"]}, "因遇休息日顺延", "起算点"),
        ({"reasons": ["second_clock"]}, "数个起算点中以最后届满者为准", "因遇休息日顺延"),
        ({"reasons": ["two_readings"]}, "两种口径", "因遇休息日顺延"),
        ({"calendar": ["rolled_statutory_holiday"]}, "因遇法定节假日顺延", "因遇休息日顺延"),
        ({}, "2025-02-09", "因遇休息日顺延"),
    ],
)
def test_a_legal_day_has_the_findings_own_reasons_and_no_other(
    contract: Contract, first: User, figures: dict[str, Any], told: str, not_told: str
) -> None:
    """Civil Code 203 is one reason among others, and said only where it is one."""
    alert = make_alert(contract, nominal_due_on=date(2025, 2, 7), legal_due_on=date(2025, 2, 9), figures=figures)
    page = signed_in(first).get(page_of(alert))
    content = page.content.decode()
    assert told in content
    due = content[content.index("2025-02-09") :][:400]
    assert not_told not in due


def test_a_page_cites_the_clause_of_its_own_contract_and_the_findings_texts(contract: Contract, first: User) -> None:
    from law.references import SME_PAYMENT_2020_8

    texts = [{"source": SME_PAYMENT_2020_8.source, "article": "8", "in_force_from": "2020-09-01"}]
    alert = make_alert(contract, check_id="billing.payment_due", figures={"references": texts})
    page = signed_in(first).get(page_of(alert))
    assert has(page, f"合同第{alert.clause_ref}条", "国务院令第728号")
    assert lacks(page, ["国务院令第802号"])
