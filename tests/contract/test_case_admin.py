"""The steps of a case in the browser: told, more time, paper, decided, closed; several at once."""

from datetime import date
from typing import Any

import pytest
from django.contrib.admin import helpers
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from contract.choices import AlertStatus, Outcome
from contract.models import Alert, Clause, Contract, Excuse, Obligation
from contract.services import ask_extension, record_silence
from tests.contract.admin_helpers import has, lacks, make_alert, signed_in
from tests.contract.cases import DAY, answered, at, handler, heard, reviewer, told
from tests.factories import make_contract
from tests.papers import PDF

pytestmark = pytest.mark.django_db

LIST = reverse("admin:contract_alert_changelist")
TOLD = {"recipient": "乙方收发室", "document": "催告〔2025〕9号"}


@pytest.fixture(autouse=True)
def _world(settings: Any, tmp_path: Any) -> None:
    settings.DEMONSTRATION_DAY = DAY.isoformat()
    settings.MEDIA_ROOT = tmp_path


def page_of(alert: Alert) -> str:
    return reverse("admin:contract_alert_change", args=[alert.pk])


def press(user: User, alert: Alert, step: str, **fields: Any) -> Any:
    """Post a step as its form would, from a page opened just now."""
    alert.refresh_from_db()
    data = {"step": step, "version": alert.version} | fields
    if step == "notify":
        data = TOLD | data
    return signed_in(user).post(page_of(alert), data, follow=True)


def status(alert: Alert) -> str:
    alert.refresh_from_db()
    return alert.status


def test_a_case_from_the_telling_to_the_closing(alert: Alert, office: User, second: User) -> None:
    page = signed_in(office).get(page_of(alert))
    has(page, "告知对方", 'value="notify"', "2025-03-06")
    lacks(page, ['value="confirm"', 'value="approve"', 'value="close"'])
    has(
        press(office, alert, "notify", arrived_on=DAY, means="letter", document="催告〔2025〕1号"),
        "2025-03-10",
        "催告〔2025〕1号",
    )
    assert status(alert) == AlertStatus.NOTIFIED

    scan = SimpleUploadedFile("来函.pdf", PDF)
    page = press(
        office, alert, "paper", statement="已安排补员", arrived_on=DAY, document="来函〔2025〕7号", files=[scan]
    )
    has(page, "已安排补员", "来函.pdf", 'value="confirm"')
    file = alert.responses.get().files.get()
    content = signed_in(office).get(reverse("admin:contract_alert_file", args=[alert.pk, file.pk]))
    assert b"".join(content.streaming_content) == PDF

    has(press(office, alert, "propose", decision="confirm", reason="逾期属实"), "待第二人复核")
    review = alert.reviews.get()
    has(press(second, alert, "approve", review=review.pk), "已认定违约")
    page = press(office, alert, "close", closing_reason="已列入结算单")
    has(page, "已办结", "已列入结算单", "已认定违约")
    assert status(alert) == AlertStatus.CLOSED


def test_more_time_is_granted_or_refused_with_a_reason(alert: Alert, office: User, vendor: User) -> None:
    told(alert, office)
    asked = ask_extension(alert=alert, until_on=date(2025, 3, 14), reason="等待盖章", actor=vendor, at=at(DAY), on=DAY)
    has(signed_in(office).get(page_of(alert)), "等待盖章", "2025-03-14", 'value="grant"')
    page = press(office, alert, "refuse", extension=asked.pk)
    asked.refresh_from_db()
    assert asked.is_open and page.status_code == 200
    has(press(office, alert, "grant", extension=asked.pk, until_on="2025-03-13"), "2025-03-13")
    alert.refresh_from_db()
    assert alert.answer_due_on == date(2025, 3, 13)


def test_a_waiver_without_its_document_stays_in_the_form(alert: Alert, office: User) -> None:
    page = press(office, alert, "propose", decision="waive", reason="情节轻微")
    has(page, "豁免须以书面作出", "情节轻微")
    assert status(alert) == AlertStatus.OPEN
    press(office, alert, "propose", decision="waive", reason="情节轻微", document="豁免〔2025〕1号")
    assert status(alert) == AlertStatus.PROPOSED


@pytest.mark.parametrize("stale", ["propose", "notify", "approve", "close"])
def test_a_stale_tab_gets_409_with_who_and_when(
    alert: Alert, office: User, vendor: User, second: User, stale: str
) -> None:
    seen = alert.version
    told(alert, office)
    answered(alert, vendor)
    fields: dict[str, Any] = {
        "propose": {"decision": "dismiss", "reason": "x"},
        "notify": {"arrived_on": DAY, "means": "letter"},
        "approve": {"review": 0},
        "close": {"closing_reason": "x"},
    }[stale]
    before = alert.events.count()
    if stale == "approve":
        press(office, alert, "propose", decision="confirm", reason="属实")
        fields = {"review": alert.reviews.get().pk}
        seen, before = alert.version, before + 1
    page = press(second if stale == "approve" else office, alert, stale, **fields | {"version": seen})
    assert page.status_code == 409
    assert alert.events.count() == before
    has(page, {"approve": "office"}.get(stale, "vendor"), "刷新页面")


def test_of_two_second_persons_the_later_is_told_who_was_first(
    contract: Contract, alert: Alert, office: User, vendor: User, second: User
) -> None:
    heard(alert, office, vendor)
    press(office, alert, "propose", decision="confirm", reason="属实")
    review = alert.reviews.get()
    press(second, alert, "approve", review=review.pk)
    page = press(reviewer(contract, "third"), alert, "reject", review=review.pk, second_reason="不同意")
    assert page.status_code == 409
    has(page, "second", "已于")


def test_silence_is_shown_as_no_consent(alert: Alert, office: User) -> None:
    told(alert, office)
    record_silence(as_of=date(2025, 3, 11), at=at(DAY))
    has(signed_in(office).get(page_of(alert)), "逾期未答", "不视为同意")


def test_a_warning_says_that_it_is_no_breach(contract: Contract, office: User) -> None:
    alert = make_alert(contract, outcome=Outcome.AT_RISK)
    has(signed_in(office).get(page_of(alert)), "并非违约", "履行义务")


def test_an_excuse_stays_beside_the_finding(contract: Contract, alert: Alert, office: User) -> None:
    found = alert.assessment
    Excuse.objects.create(
        contract=contract,
        cause="waiver",
        check_id=found.check_id,
        subject_label=found.subject_label,
        subject_pk=found.subject_pk,
        from_on=DAY,
        to_on=DAY,
        document="豁免〔2025〕9号",
        reason="双方协商",
        proposed_by=office,
    )
    page = signed_in(office).get(page_of(alert))
    has(page, "豁免〔2025〕9号", "双方协商", "待第二人复核", f"?finding={found.pk}")
    has(
        signed_in(office).get(reverse("admin:contract_excuse_add"), {"finding": found.pk}),
        f'value="{found.pk}" selected',
    )


@pytest.mark.parametrize("role", ["second", "vendor"])
def test_only_who_may_take_a_step_takes_it(alert: Alert, office: User, second: User, vendor: User, role: str) -> None:
    user = {"second": second, "vendor": vendor}[role]
    for step, fields in {
        "notify": {"arrived_on": DAY, "means": "letter"},
        "paper": {"statement": "x", "arrived_on": DAY},
        "propose": {"decision": "dismiss", "reason": "x"},
    }.items():
        page = press(user, alert, step, **fields)
        assert page.status_code == 403 or page.redirect_chain, step
    assert status(alert) == AlertStatus.OPEN and not alert.events.exists()


def test_a_file_of_another_alert_is_not_found(contract: Contract, alert: Alert, office: User, vendor: User) -> None:
    told(alert, office)
    file = answered(alert, vendor, files=[SimpleUploadedFile("a.pdf", PDF)]).files.get()
    other = make_alert(contract, key="other")
    stranger = handler(make_contract(check_ids=()))
    for user, row in ((office, other), (stranger, alert)):
        url = reverse("admin:contract_alert_file", args=[row.pk, file.pk])
        assert signed_in(user).get(url).status_code == 404


# --- The list -------------------------------------------------------------------------------


def batch(client: Client, *alerts: Alert, **fields: Any) -> Any:
    data = {"action": "tell_together", helpers.ACTION_CHECKBOX_NAME: [a.pk for a in alerts]}
    return client.post(LIST, data | (TOLD if "tell" in fields else {}) | fields, follow=True)


def test_several_alerts_are_told_at_once(contract: Contract, alert: Alert, office: User) -> None:
    other = make_alert(contract, key="other")
    client = signed_in(office)
    has(batch(client, alert, other), "共 2 项预警", 'name="tell"')
    assert status(alert) == AlertStatus.OPEN
    has(batch(client, alert, other, tell="1", arrived_on=DAY, means="letter"), "2025-03-10")
    assert status(alert) == status(other) == AlertStatus.NOTIFIED


def test_alerts_of_two_contracts_are_not_told_together(contract: Contract, alert: Alert, office: User) -> None:
    foreign = make_contract(check_ids=(), office=contract.office)
    page = batch(signed_in(office), alert, make_alert(foreign, key="other"), tell="1", arrived_on=DAY, means="letter")
    has(page, "请只选同一合同的预警")
    assert status(alert) == AlertStatus.OPEN


def test_one_that_was_told_already_stops_them_all(contract: Contract, alert: Alert, office: User) -> None:
    other = make_alert(contract, key="other")
    told(other, office)
    page = batch(signed_in(office), alert, other, tell="1", arrived_on=DAY, means="letter")
    has(page, "本次未作任何登记")
    assert status(alert) == AlertStatus.OPEN


def test_the_reviewer_has_no_such_action(alert: Alert, second: User) -> None:
    lacks(signed_in(second).get(LIST), ["tell_together"])
    batch(signed_in(second), alert, tell="1", arrived_on=DAY, means="letter")
    assert status(alert) == AlertStatus.OPEN


def test_the_list_shows_what_waits_for_whom(
    contract: Contract, alert: Alert, office: User, vendor: User, second: User
) -> None:
    waiting = make_alert(contract, key="told")
    told(waiting, office)
    asked = make_alert(contract, key="asked")
    told(asked, office)
    ask_extension(alert=asked, until_on=date(2025, 3, 14), reason="x", actor=vendor, at=at(DAY), on=DAY)
    answered_ = heard(make_alert(contract, key="answered"), office, vendor)
    proposed = heard(make_alert(contract, key="proposed"), office, vendor)
    press(office, proposed, "propose", decision="confirm", reason="属实")
    risk = make_alert(contract, key="risk", outcome=Outcome.AT_RISK)
    for user, work, shown in (
        (office, "mine", {alert, asked, answered_}),
        (second, "mine", {proposed}),
        (office, "notify", {alert}),
        (office, "answer", {waiting, asked}),
        (office, "extension", {asked}),
        (office, "propose", {answered_}),
        (office, "decide", {proposed}),
    ):
        page = signed_in(user).get(LIST, {"work": work})
        found = {a for a in Alert.objects.all() if page_of(a) in page.content.decode()}
        assert found == shown, work
    assert risk.pk


def test_the_home_page_says_what_waits_for_me(
    contract: Contract, alert: Alert, office: User, vendor: User, second: User
) -> None:
    owed = {"position": 0, "owed_by": "vendor", "title": "补员", "summary": "缺岗补员"}
    clause = Clause.objects.create(contract=contract, ref="13.4", **owed)
    Obligation.objects.create(contract=contract, clause=clause, check_id="staffing.backfill")
    proposed = heard(make_alert(contract, key="proposed"), office, vendor)
    press(office, proposed, "propose", decision="confirm", reason="属实")
    home = reverse("admin:index")
    has(signed_in(office).get(home), "待您办理", "待告知乙方", "1 项")
    page = signed_in(second).get(home)
    has(page, "待您办理", "work=decide")
    lacks(page, ["work=notify"])
