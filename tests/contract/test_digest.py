"""The daily digest: one mail a day for each person, with what each side has to know."""

from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError

from contract.choices import AlertStatus
from contract.delivery import tasks
from contract.delivery.models import OutboxMessage
from contract.delivery.services import outbox
from contract.delivery.services.digest import send_digests
from contract.models import Alert, Contract, Membership
from tests.contract.admin_helpers import make_alert
from tests.contract.letters import make_notice
from tests.contract.test_outbox import Clock
from tests.factories import make_contract, make_user

pytestmark = pytest.mark.django_db
ON = date(2025, 3, 4)
AT = datetime(2025, 3, 3, 23, 30, tzinfo=UTC)  # half past seven in Beijing


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def contract() -> Contract:
    return make_contract(title="话务服务合同")


@pytest.fixture
def clerk(contract: Contract) -> User:
    return make_user(party=contract.office, email="chen@example.com")


@pytest.fixture
def hr(contract: Contract) -> User:
    return make_user(party=contract.vendor, email="qian@example.com")


def sent() -> dict[str, Any]:
    """The mails of a morning, by address."""
    outbox.deliver_due(now=Clock(AT))
    return {message.to[0]: message for message in mail.outbox}


def raised(contract: Contract, key: str = "k", on: date = ON, **fields: Any) -> Alert:
    alert = make_alert(contract, key=key, **fields)
    Alert.objects.filter(pk=alert.pk).update(raised_on=on)
    alert.refresh_from_db()
    return alert


def test_one_mail_tells_of_many_alerts(contract: Contract, clerk: User) -> None:
    for number in range(5):
        raised(contract, f"k{number}", subject_name=f"甲{number} (HT00{number})", subject_label="staffing.Operator")
    send_digests(on=ON, at=AT)
    [message] = sent().values()
    assert message.subject == ("【12345热线合同】2025年3月4日每日摘要：新增5项，七日内到期5项")
    for words in ("话务服务合同", "【新增预警】5项", "甲0 (HT000)", "第13.4条", "待办：甲方经办"):
        assert words in message.body, words
    html = message.alternatives[0][0]
    assert "甲4" in html and "http" not in html and "src=" not in html and "<link" not in html


def test_a_second_run_of_the_day_sends_nothing(contract: Contract, clerk: User) -> None:
    raised(contract)
    assert len(send_digests(on=ON, at=AT)) == 1
    raised(contract, "later")
    assert send_digests(on=ON, at=AT) == []
    assert len(send_digests(on=date(2025, 3, 5), at=AT)) == 1


def test_nobody_is_told_that_there_is_nothing(contract: Contract, clerk: User, hr: User) -> None:
    raised(contract, status="cured")
    assert send_digests(on=ON, at=AT) == []


def test_who_has_no_address_or_has_left_gets_none(contract: Contract) -> None:
    raised(contract)
    make_user(party=contract.office)
    make_user(party=contract.office, email="gone@example.com", is_active=False)
    assert send_digests(on=ON, at=AT) == []


def test_what_is_new_is_what_the_last_digest_did_not_have(contract: Contract, clerk: User) -> None:
    raised(contract, "old", on=date(2025, 2, 20), subject_name="旧")
    send_digests(on=date(2025, 2, 28), at=datetime(2025, 2, 28, 0, tzinfo=UTC))
    raised(contract, "missed", on=date(2025, 3, 2), subject_name="漏")
    raised(contract, "today", on=ON, subject_name="新")
    send_digests(on=ON, at=AT)
    [message] = [m for m in OutboxMessage.objects.all() if m.dedupe_key.startswith(f"digest:{ON}")]
    assert "新增2项" in message.subject


def test_the_vendor_is_told_what_is_asked_of_it_and_nothing_else(contract: Contract, clerk: User, hr: User) -> None:
    told = raised(contract, "told", check_id="staffing.headcount")
    Alert.objects.filter(pk=told.pk).update(
        status=AlertStatus.NOTIFIED, notified_on=date(2025, 2, 25), answer_due_on=date(2025, 3, 3)
    )
    raised(contract, "office", owed_by="office", check_id="billing.payment_due")
    raised(contract, "untold")
    letter = make_notice(contract)
    send_digests(on=ON, at=AT)
    mails = sent()
    office, vendor = mails["chen@example.com"].body, mails["qian@example.com"].body
    assert office.count("预警") > vendor.count("预警")
    assert "【已过期限】1项" in vendor and "乙方：" in vendor and "甲方经办" not in vendor
    assert letter.number in vendor and letter.number in office
    assert "付款" not in vendor


def test_messages_that_did_not_arrive_are_the_offices_matter(contract: Contract, clerk: User, hr: User) -> None:
    [row] = outbox.enqueue(
        kind="x", contract=contract, payload={}, recipients=["nobody@example.com"], dedupe_key="x", at=AT
    )
    OutboxMessage.objects.filter(pk=row.pk).update(state="failed")
    send_digests(on=ON, at=AT)
    mails = sent()
    assert "有1条消息未能送达" in mails["chen@example.com"].body
    assert "qian@example.com" not in mails


def test_a_person_of_several_contracts_gets_one_mail(contract: Contract, clerk: User) -> None:
    second = make_contract(office=contract.office)
    raised(contract)
    raised(second)
    send_digests(on=ON, at=AT)
    [message] = sent().values()
    assert contract.number in message.body and second.number in message.body
    assert "新增2项" in message.subject


def test_contracts_of_others_are_not_in_it(contract: Contract, clerk: User) -> None:
    foreign = raised(make_contract(title="外单位合同"))
    raised(contract)
    send_digests(on=ON, at=AT)
    [message] = sent().values()
    assert "外单位" not in message.body and f"预警{foreign.pk}号" not in message.body


def test_a_long_list_is_cut_and_counted(contract: Contract, clerk: User) -> None:
    for number in range(33):
        raised(contract, f"k{number}")
    send_digests(on=ON, at=AT)
    [message] = sent().values()
    assert "【新增预警】33项" in message.body and "另有3项，见系统。" in message.body


def test_the_queries_do_not_grow(contract: Contract, clerk: User, django_assert_max_num_queries: Any) -> None:
    for number in range(20):
        raised(contract, f"k{number}")
        make_user(party=contract.office, email=f"p{number}@example.com")
    with django_assert_max_num_queries(24):
        assert len(send_digests(on=ON, at=AT)) == 21


def test_the_job_and_the_command(contract: Contract, clerk: User, settings: Any) -> None:
    settings.DEMONSTRATION_DAY = ON.isoformat()
    raised(contract)
    out = StringIO()
    call_command("digest", clerk.username, stdout=out)
    assert "【新增预警】1项" in out.getvalue() and not OutboxMessage.objects.exists()
    assert tasks.send_digests() == 1
    assert tasks.send_digests() == 0
    Membership.objects.all().delete()
    out = StringIO()
    call_command("digest", clerk.username, stdout=out)
    assert "没有" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("digest", "nobody", stdout=out)
