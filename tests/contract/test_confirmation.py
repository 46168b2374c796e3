"""What others will rely on is said before it is recorded, and a wrong record is corrected by another."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.urls import reverse

from contract.choices import AlertStatus
from contract.models import Alert, Notification
from contract.services import answer, correct_notification, notify, record_silence
from kit.errors import Conflict
from tests.contract.admin_helpers import has, lacks, signed_in
from tests.contract.cases import DAY, at, told

pytestmark = pytest.mark.django_db
HOW = {"means": "letter", "recipient": "乙方收发室 李某", "document": "催告〔2025〕1号"}


@pytest.fixture(autouse=True)
def _today(settings: Any) -> None:
    settings.DEMONSTRATION_DAY = DAY.isoformat()


def press(user: User, alert: Alert, step: str, *, hasty: bool = True, **fields: Any) -> Any:
    alert.refresh_from_db()
    page = reverse("admin:contract_alert_change", args=[alert.pk])
    sent = {"step": step, "version": alert.version, **fields}
    return signed_in(user).post(page, sent, follow=True, hasty=hasty)


class TestTelling:
    def test_one_click_records_nothing_and_says_what_would_follow(self, alert: Alert, office: User) -> None:
        page = press(office, alert, "notify", arrived_on=DAY, **HOW)
        has(page, "即将发生的事项", "2025-03-10（含当日）", "乙方收发室 李某", "催告〔2025〕1号", "不能删除")
        assert not Notification.objects.exists() and not alert.events.exists()

    def test_what_is_recorded_is_what_was_shown(self, alert: Alert, office: User) -> None:
        client, url = signed_in(office), reverse("admin:contract_alert_change", args=[alert.pk])
        sent = {"step": "notify", "version": alert.version, "arrived_on": DAY, **HOW}
        seal = client.post(url, sent, hasty=True).context["seal"]
        other = client.post(url, sent | {"recipient": "别人", "confirmed": seal}, hasty=True)
        has(other, "即将发生的事项", "别人")
        assert not Notification.objects.exists()
        client.post(url, sent | {"confirmed": seal}, hasty=True)
        assert Notification.objects.get().recipient == "乙方收发室 李某"

    def test_the_form_fills_in_neither_day_nor_means(self, alert: Alert, office: User) -> None:
        page = signed_in(office).get(reverse("admin:contract_alert_change", args=[alert.pk]))
        form = page.context["offers"][0].form
        assert [form[name].value() or "" for name in ("arrived_on", "means", "recipient", "document")] == [""] * 4

    @pytest.mark.parametrize(
        ("missing", "field"), [({"recipient": " "}, "recipient"), ({"document": "", "note": ""}, "document")]
    )
    def test_to_whom_and_by_what_proof_are_asked_for(
        self, alert: Alert, office: User, missing: dict[str, str], field: str
    ) -> None:
        with pytest.raises(ValidationError) as caught:
            notify(alert=alert, arrived_on=DAY, actor=office, at=at(DAY), on=DAY, **{**HOW, **missing})
        assert set(caught.value.message_dict) == {field}
        assert notify(
            alert=alert,
            arrived_on=DAY,
            actor=office,
            at=at(DAY),
            on=DAY,
            means="in_person",
            recipient="李某",
            note="李某当面签收",
        )

    def test_an_approval_says_what_takes_effect(self, alert: Alert, office: User, vendor: User, second: User) -> None:
        told(alert, office)
        answer(alert=alert, statement="已安排", actor=vendor, at=at(DAY), on=DAY)
        press(office, alert, "propose", decision="confirm", reason="逾期属实")
        review = alert.reviews.get()
        page = press(second, alert, "approve", review=review.pk)
        has(page, "即将发生的事项", "认定违约", "逾期属实")
        review.refresh_from_db()
        assert review.is_open
        press(second, alert, "approve", review=review.pk, hasty=False)
        review.refresh_from_db()
        assert review.is_approved


def correct(alert: Alert, office: User, on: date = DAY, **fields: Any) -> Notification:
    wrong = alert.notifications.filter(corrected_by__isnull=True).get()
    values = {"arrived_on": DAY, "reason": "误录", **HOW, **fields}
    return correct_notification(notification=wrong, actor=office, at=at(on), on=on, **values)


class TestCorrecting:
    def test_the_right_record_counts_and_the_wrong_one_stays_readable(self, alert: Alert, office: User) -> None:
        """合同第12条第3款: what the vendor is told counts from its arrival."""
        wrong = told(alert, office, recipient="门卫")
        later = date(2025, 3, 4)
        right = correct(alert, office, on=later, arrived_on=later, recipient="人事部 王某", reason="回执载明次日签收")
        alert.refresh_from_db()
        assert (right.corrects, right.answer_due_on, alert.answer_due_on) == (
            wrong,
            date(2025, 3, 10),
            date(2025, 3, 10),
        )
        assert alert.notified_on == later
        page = signed_in(office).get(reverse("admin:contract_alert_change", args=[alert.pk]))
        has(page, "门卫", "记录有误，已另行更正", "人事部 王某", "回执载明次日签收")

    def test_on_the_page_it_is_shown_before_it_is_recorded(self, alert: Alert, office: User) -> None:
        wrong = told(alert, office)
        sent = {"notification": wrong.pk, "arrived_on": DAY, **HOW, "recipient": "王某", "correction_reason": "误录"}
        has(press(office, alert, "correct_notification", **sent), "即将发生的事项", "王某")
        assert Notification.objects.count() == 1
        press(office, alert, "correct_notification", hasty=False, **sent)
        assert Notification.objects.get(corrects=wrong).recipient == "王某"

    def test_a_silence_that_was_recorded_too_early_is_taken_back(self, alert: Alert, office: User) -> None:
        told(alert, office)
        due = date(2025, 3, 10)
        on = date(2025, 3, 11)
        record_silence(as_of=on, at=at(on))
        correct(alert, office, on=on, arrived_on=date(2025, 3, 4), answer_by=on)
        alert.refresh_from_db()
        assert (alert.status, alert.heard_on, alert.answer_due_on) == (AlertStatus.NOTIFIED, None, on)
        assert on > due

    def test_a_silence_after_the_right_last_day_stays(self, alert: Alert, office: User) -> None:
        told(alert, office)
        on = date(2025, 3, 11)
        record_silence(as_of=on, at=at(on))
        correct(alert, office, on=on, arrived_on=DAY, recipient="王某")
        alert.refresh_from_db()
        assert alert.status == AlertStatus.SILENT

    def test_after_the_answer_the_day_stays_and_the_rest_may_be_corrected(
        self, alert: Alert, office: User, vendor: User
    ) -> None:
        told(alert, office)
        on = date(2025, 3, 4)
        answer(alert=alert, statement="已安排", actor=vendor, at=at(on), on=on)
        with pytest.raises(ValidationError) as caught:
            correct(alert, office, on=on, arrived_on=on)
        assert set(caught.value.message_dict) == {"arrived_on"}
        assert correct(alert, office, on=on, document="催告〔2025〕2号").answer_due_on == date(2025, 3, 10)

    def test_a_record_is_corrected_once_and_with_a_reason(self, alert: Alert, office: User) -> None:
        wrong = told(alert, office)
        with pytest.raises(ValidationError):
            correct(alert, office, reason=" ")
        correct(alert, office)
        with pytest.raises(Conflict):
            correct_notification(
                notification=wrong, arrived_on=DAY, reason="再次", actor=office, at=at(DAY), on=DAY, **HOW
            )
        assert correct(alert, office, recipient="第三人").corrects.corrects == wrong

    def test_what_a_letter_has_carried_is_not_corrected_here(self, alert: Alert, office: User) -> None:
        told(alert, office, source=("contract.Notice", 1))
        with pytest.raises(Conflict):
            correct(alert, office)
        page = signed_in(office).get(reverse("admin:contract_alert_change", args=[alert.pk]))
        lacks(page, ['value="correct_notification"'])
