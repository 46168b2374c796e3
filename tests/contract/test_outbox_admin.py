"""The pages about messages: what did not arrive, sending again, and keys that nobody sees."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from contract.delivery.choices import AttemptOutcome, Event, MessageState
from contract.delivery.models import Endpoint, OutboxMessage
from contract.delivery.receipt import Receipt
from contract.delivery.services import outbox
from contract.models import Contract
from contract.roles import AUDITOR, REVIEWER, STAFF
from tests.contract.admin_helpers import has, lacks, office_user, signed_in
from tests.contract.test_outbox import Clock
from tests.contract.test_webhooks import make_endpoint
from tests.factories import make_contract, make_roles, make_user

pytestmark = pytest.mark.django_db
AT = datetime(2025, 3, 10, 1, tzinfo=UTC)
LIST = reverse("admin:contract_outboxmessage_changelist")
URL = "https://hooks.example.cn/send?key=geheim-1234"


@pytest.fixture
def contract(settings: Any) -> Contract:
    settings.WEBHOOK_ALLOWED = "hooks.example.cn"
    return make_contract(check_ids=())


def put(contract: Contract | None, subject: str, **fields: Any) -> OutboxMessage:
    [row] = outbox.enqueue(
        kind="notice.issued",
        contract=contract,
        payload={"subject": subject, "text": "正文"},
        recipients=[fields.pop("to", "qian@example.com")],
        dedupe_key=subject,
        at=AT,
        **fields,
    )
    return row


def failed(row: OutboxMessage) -> OutboxMessage:
    claim = outbox.take(row.pk, AT)
    assert claim is not None
    receipt = Receipt(AttemptOutcome.REFUSED, code="550", detail="no such person")
    outbox.finish(row.pk, claim, receipt, AT)
    row.refresh_from_db()
    return row


def test_the_list_begins_with_what_did_not_arrive(contract: Contract) -> None:
    failed(put(contract, "没有送到的函"))
    put(contract, "送到了的函")
    outbox.deliver_due(now=Clock(AT))
    client = signed_in(office_user(contract))
    page = client.get(LIST)
    has(page, "没有送到的函", "550 no such person", "已停止发送")
    lacks(page, ["送到了的函"])
    has(client.get(LIST, {"delivery": "sent"}), "送到了的函", "对方已接收")


def test_sending_again_is_one_action(contract: Contract) -> None:
    row = failed(put(contract, "没有送到的函"))
    client = signed_in(office_user(contract))
    data = {"action": "send_again", "_selected_action": [row.pk]}
    has(client.post(LIST, data, follow=True), "1条消息将在一分钟内重新发送")
    outbox.deliver_due(now=Clock(datetime(2030, 1, 1, tzinfo=UTC)))
    row.refresh_from_db()
    assert row.state == MessageState.SENT and len(mail.outbox) == 1
    page = client.get(reverse("admin:contract_outboxmessage_change", args=[row.pk]))
    has(page, "被拒绝，不再重试", "no such person", str(row.uid), "正文")


@pytest.mark.parametrize(("role", "may"), [(STAFF, True), (REVIEWER, False), (AUDITOR, False)])
def test_who_may_send_again(contract: Contract, role: str, may: bool) -> None:
    from django.contrib.auth.models import Group

    make_roles()
    row = failed(put(contract, "没有送到的函"))
    user = make_user(party=contract.office, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    data = {"action": "send_again", "_selected_action": [row.pk]}
    signed_in(user).post(LIST, data)
    row.refresh_from_db()
    assert (row.state == MessageState.WAITING) is may


def test_messages_of_other_contracts_do_not_exist(contract: Contract) -> None:
    row = failed(put(make_contract(check_ids=()), "外单位的函"))
    digest = failed(put(None, "本单位的摘要", party=contract.office))
    foreign = failed(put(None, "外单位的摘要", party=make_contract(check_ids=()).office))
    client = signed_in(office_user(contract))
    page = client.get(LIST)
    has(page, "本单位的摘要")
    lacks(page, ["外单位的函", "外单位的摘要"])
    for other in (row, foreign):
        url = reverse("admin:contract_outboxmessage_change", args=[other.pk])
        assert client.get(url).status_code == 302
    url = reverse("admin:contract_outboxmessage_change", args=[digest.pk])
    assert client.get(url).status_code == 200


def endpoint_form(contract: Contract, **more: Any) -> dict[str, Any]:
    return {
        "contract": contract.pk,
        "name": "值班群",
        "side": "office",
        "format": "wecom",
        "url": URL,
        "secret": "",
        "events": [Event.ALERT_RAISED],
        "is_active": "on",
        **more,
    }


def test_an_endpoint_is_made_and_its_key_never_shown(contract: Contract) -> None:
    client = signed_in(office_user(contract))
    page = client.post(reverse("admin:contract_endpoint_add"), endpoint_form(contract))
    assert page.status_code == 302, page.context["errors"]
    row = Endpoint.objects.get()
    assert (row.url, row.events, row.host) == (URL, ["alert.raised"], "https://hooks.example.cn")
    reader = make_user(party=contract.office, is_staff=True, permissions=["contract.view_endpoint"])
    version = row.history.get()
    for person in (client, signed_in(reader)):
        for url in (
            reverse("admin:contract_endpoint_changelist"),
            reverse("admin:contract_endpoint_change", args=[row.pk]),
            reverse("admin:contract_endpoint_history", args=[row.pk]),
            reverse("admin:contract_endpoint_simple_history", args=[row.pk, version.pk]),
        ):
            page = person.get(url)
            assert page.status_code == 200, url
            lacks(page, ["geheim-1234"])


def test_a_key_left_empty_stays(contract: Contract) -> None:
    row = make_endpoint(contract, URL, secret="a-secret-of-the-tests")
    client = signed_in(office_user(contract))
    url = reverse("admin:contract_endpoint_change", args=[row.pk])
    data = endpoint_form(contract, url="", secret="", format="json", name="新名")
    page = client.post(url, data)
    assert page.status_code == 302, page.context["errors"]
    row = Endpoint.objects.get()
    assert (row.name, row.url, row.secret) == ("新名", URL, "a-secret-of-the-tests")
    has(client.get(reverse("admin:contract_endpoint_history", args=[row.pk])), "新名")


def test_a_receiver_off_the_list_is_refused_beside_its_field(contract: Contract) -> None:
    client = signed_in(office_user(contract))
    data = endpoint_form(contract, url="https://elsewhere.example/")
    page = client.post(reverse("admin:contract_endpoint_add"), data)
    has(page, "不在本系统允许的范围内")
    assert not Endpoint.objects.exists()
