"""Webhooks: only to permitted receivers, signed, bounded, one for each event."""

import base64
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import connection

from contract import records
from contract.choices import Decision, RunTrigger
from contract.delivery import destinations, robots, webhook
from contract.delivery.choices import AttemptOutcome, Event, MessageState, WebhookFormat
from contract.delivery.destinations import NotAllowed, allowed, check_allow_list, permitted, resolve
from contract.delivery.models import DeliveryAttempt, Endpoint, OutboxMessage
from contract.delivery.services import outbox
from contract.models import Alert, Contract
from contract.services import decide_review, evaluate, propose_review
from tests.contract.mailserver import WebServer, web_server
from tests.contract.test_outbox import Clock
from tests.factories import make_contract, make_user

AT = datetime(2025, 3, 10, 1, tzinfo=UTC)
SECRET = "a-secret-of-the-tests"


@pytest.fixture
def receiver(settings: Any) -> Iterator[WebServer]:
    """A web server on the loopback that the allow-list names."""
    with web_server() as running:
        settings.WEBHOOK_ALLOWED = f"http://127.0.0.1:{running.port}"
        yield running


def make_endpoint(contract: Contract, url: str, **fields: Any) -> Endpoint:
    endpoint = Endpoint(
        contract=contract,
        name=fields.pop("name", "总线"),
        url=url,
        secret=fields.pop("secret", SECRET),
        events=fields.pop("events", list(Event.values)),
        **fields,
    )
    records.save(endpoint)
    return endpoint


def put(endpoint: Endpoint, text: str = "正文") -> OutboxMessage:
    payload = {"subject": "标题", "text": text, "data": {"alert": {"id": 7}}}
    [row] = outbox.enqueue(
        kind=Event.ALERT_RAISED,
        contract=endpoint.contract,
        payload=payload,
        recipients=[endpoint],
        dedupe_key="k",
        at=AT,
    )
    return row


# --- The allow-list ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("allow", "url"),
    [
        ("hooks.example.cn", "https://hooks.example.cn/a?key=1"),
        ("hooks.example.cn", "https://HOOKS.example.cn:443/a"),
        ("a.example, http://10.1.2.3:8080", "http://10.1.2.3:8080/x"),
        ("https://bus.intra.example:8443", "https://bus.intra.example:8443/x"),
    ],
)
def test_a_permitted_address_is_permitted(settings: Any, allow: str, url: str) -> None:
    settings.WEBHOOK_ALLOWED = allow
    assert permitted(url).path.startswith("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.cn/a",  # a bare host is HTTPS only
        "https://hooks.example.cn:8443/a",
        "https://evil.example/hooks.example.cn",
        "https://hooks.example.cn.evil.example/",
        "https://hooks.example.cn@evil.example/",
        "https://evil.example#@hooks.example.cn/",
        "https://evil.example\\@hooks.example.cn/",
        "https://hooks.example.cn /",
        "https://hooks.example.cn\n/",
        "https://hooks。example.cn/",
        "ftp://hooks.example.cn/",
        "file:///etc/passwd",
        "//hooks.example.cn/",
        "https:///a",
        "https://hooks.example.cn:99999/",
        "https://[::1/",
        "http://10.1.2.3:8081/x",
        "http://0x0a010203:8080/",
        "https://hooks.example.cn/" + "x" * 1000,
        "",
    ],
)
def test_every_other_address_is_refused(settings: Any, url: str) -> None:
    settings.WEBHOOK_ALLOWED = "hooks.example.cn,http://10.1.2.3:8080"
    with pytest.raises(NotAllowed):
        permitted(url)


def test_an_empty_list_permits_nothing(settings: Any) -> None:
    settings.WEBHOOK_ALLOWED = ""
    with pytest.raises(NotAllowed, match="不在本系统允许"):
        permitted("https://hooks.example.cn/")


@pytest.mark.parametrize("written", ["https://a.example/path", "ftp://a.example", "a b.example"])
def test_a_list_that_cannot_be_read_stops_the_start(settings: Any, written: str) -> None:
    settings.WEBHOOK_ALLOWED = written
    with pytest.raises(ImproperlyConfigured):
        allowed(written)
    assert [message.id for message in check_allow_list(None)] == ["contract.E002"]


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    found = [
        (socket.AF_INET6 if ":" in text else socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, 443))
        for text in addresses
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_a_public_name_that_resolves_inside_is_refused(
    monkeypatch: pytest.MonkeyPatch, settings: Any, address: str
) -> None:
    settings.WEBHOOK_ALLOWED = "hooks.example.cn"
    resolving(monkeypatch, "8.8.8.8", address)  # one of several is enough
    with pytest.raises(NotAllowed, match="不向该地址"):
        resolve(permitted("https://hooks.example.cn/").origin)


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "::1", "fe80::1", "0.0.0.0"])
def test_an_intranet_name_reaches_neither_loopback_nor_link_local(
    monkeypatch: pytest.MonkeyPatch, settings: Any, address: str
) -> None:
    settings.WEBHOOK_ALLOWED = "http://bus.intra.example:8080"
    resolving(monkeypatch, address)
    with pytest.raises(NotAllowed):
        resolve(permitted("http://bus.intra.example:8080/").origin)


def test_an_intranet_name_reaches_the_intranet(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.WEBHOOK_ALLOWED = "http://bus.intra.example:8080,hooks.example.cn"
    resolving(monkeypatch, "10.20.30.40")
    assert resolve(permitted("http://bus.intra.example:8080/").origin) == ["10.20.30.40"]
    resolving(monkeypatch, "8.8.8.8", "2400:3200::1")
    assert len(resolve(permitted("https://hooks.example.cn/").origin)) == 2


@pytest.mark.django_db
def test_the_connection_goes_to_the_address_that_was_judged(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """The name is resolved once: a second answer of the name server changes nothing."""
    settings.WEBHOOK_ALLOWED = "http://bus.intra.example:8080"
    resolving(monkeypatch, "10.20.30.40")
    called: list[Any] = []

    def refuse(address: Any, *args: Any, **kwargs: Any) -> Any:
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    row = put(make_endpoint(make_contract(check_ids=()), "http://bus.intra.example:8080/x"))
    outbox.deliver_due(now=Clock(AT))
    assert called == [("10.20.30.40", 8080)]
    row.refresh_from_db()
    assert row.state == MessageState.WAITING


@pytest.mark.django_db
def test_a_receiver_that_left_the_list_gets_nothing_more(receiver: WebServer, settings: Any) -> None:
    row = put(make_endpoint(make_contract(check_ids=()), f"http://127.0.0.1:{receiver.port}/"))
    settings.WEBHOOK_ALLOWED = ""
    assert outbox.deliver_due(now=Clock(AT)).refused == 1
    row.refresh_from_db()
    assert row.state == MessageState.FAILED and not receiver.taken


# --- What is sent ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_signed_message_can_be_checked_by_its_receiver(receiver: WebServer) -> None:
    row = put(make_endpoint(make_contract(check_ids=()), f"http://127.0.0.1:{receiver.port}/in?a=1"))
    assert outbox.deliver_due(now=Clock(AT)).accepted == 1
    [(path, headers, body)] = receiver.taken
    assert path == "/in?a=1" and headers["Host"] == f"127.0.0.1:{receiver.port}"
    assert headers["X-Hotline-Timestamp"] == str(int(AT.timestamp()))
    expected = hmac.new(SECRET.encode(), f"{int(AT.timestamp())}.".encode() + body, "sha256").hexdigest()
    assert headers["X-Hotline-Signature"] == f"sha256={expected}"
    assert headers["Idempotency-Key"] == str(row.uid)
    assert json.loads(body) == {
        "id": str(row.uid),
        "event": "alert.raised",
        "created_at": AT.isoformat(),
        "data": {"alert": {"id": 7}},
    }
    attempt = DeliveryAttempt.objects.get()
    assert (attempt.code, attempt.remote_id) == ("200", str(row.uid))


@pytest.mark.django_db
def test_a_repetition_carries_the_same_key_and_a_new_time(receiver: WebServer) -> None:
    put(make_endpoint(make_contract(check_ids=()), f"http://127.0.0.1:{receiver.port}/"))
    receiver.status = 503
    clock = Clock(AT)
    outbox.deliver_due(now=clock)
    receiver.status = 204
    receiver.body = b""
    outbox.deliver_due(now=clock.after(minutes=1))
    first, second = (headers for _path, headers, _body in receiver.taken)
    assert first["Idempotency-Key"] == second["Idempotency-Key"]
    assert first["X-Hotline-Timestamp"] != second["X-Hotline-Timestamp"]
    assert [a.outcome for a in DeliveryAttempt.objects.all()] == ["failed", "accepted"]


@pytest.mark.django_db
def test_a_redirect_is_not_followed(receiver: WebServer) -> None:
    with web_server() as elsewhere:
        receiver.status, receiver.location = 302, f"http://127.0.0.1:{elsewhere.port}/"
        put(make_endpoint(make_contract(check_ids=()), f"http://127.0.0.1:{receiver.port}/"))
        assert outbox.deliver_due(now=Clock(AT)).failed == 1
        assert not elsewhere.taken
    assert DeliveryAttempt.objects.get().code == "302"


@pytest.mark.django_db
def test_a_receiver_that_drips_is_cut_off(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "TOTAL_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        settings.WEBHOOK_ALLOWED = f"http://127.0.0.1:{port}"
        stop = threading.Event()

        def drip() -> None:
            peer, _address = listening.accept()
            with peer:
                while not stop.wait(0.05):
                    try:
                        peer.send(b"H")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        put(make_endpoint(make_contract(check_ids=()), f"http://127.0.0.1:{port}/"))
        assert outbox.deliver_due(now=Clock(AT)).failed == 1
        stop.set()
        thread.join(10)


@pytest.mark.django_db
def test_a_long_answer_is_cut_and_a_large_message_not_sent(receiver: WebServer) -> None:
    receiver.body = b"x" * 100_000
    endpoint = make_endpoint(make_contract(check_ids=()), f"http://127.0.0.1:{receiver.port}/")
    put(endpoint)
    outbox.deliver_due(now=Clock(AT))
    assert len(DeliveryAttempt.objects.get().detail) == 500
    [large] = outbox.enqueue(
        kind="x",
        contract=endpoint.contract,
        payload={"data": {"x": "字" * 90_000}},
        recipients=[endpoint],
        dedupe_key="large",
        at=AT,
    )
    assert outbox.deliver_due(now=Clock(AT)).refused == 1
    assert len(receiver.taken) == 1 and large.pk


@pytest.mark.django_db
def test_dingtalk_is_signed_as_its_manual_says(receiver: WebServer) -> None:
    url = f"http://127.0.0.1:{receiver.port}/robot/send?access_token=t"
    receiver.body = b'{"errcode":0,"errmsg":"ok"}'
    put(make_endpoint(make_contract(check_ids=()), url, format=WebhookFormat.DINGTALK, secret="SEC1"))
    assert outbox.deliver_due(now=Clock(AT)).accepted == 1
    [(path, _headers, body)] = receiver.taken
    query = parse_qs(urlsplit(path).query)
    millis = str(int(AT.timestamp() * 1000))
    expected = base64.b64encode(hmac.new(b"SEC1", f"{millis}\nSEC1".encode(), "sha256").digest())
    assert query == {"access_token": ["t"], "timestamp": [millis], "sign": [expected.decode()]}
    sent = json.loads(body)
    assert sent["msgtype"] == "markdown" and sent["markdown"]["title"] == "标题"


@pytest.mark.django_db
def test_wecom_and_feishu_get_their_own_shapes(receiver: WebServer) -> None:
    contract = make_contract(check_ids=())
    url = f"http://127.0.0.1:{receiver.port}/"
    wecom = make_endpoint(contract, url, name="企微", format=WebhookFormat.WECOM, secret="")
    feishu = make_endpoint(contract, url, name="飞书", format=WebhookFormat.FEISHU, secret="S")
    for endpoint in (wecom, feishu):
        put(endpoint)
    outbox.deliver_due(now=Clock(AT))
    first, second = (json.loads(body) for _path, _headers, body in receiver.taken)
    assert first == {"msgtype": "markdown", "markdown": {"content": "**标题**\n正文"}}
    seconds = str(int(AT.timestamp()))
    sign = base64.b64encode(hmac.new(f"{seconds}\nS".encode(), b"", "sha256").digest()).decode()
    assert second == {"timestamp": seconds, "sign": sign, "msg_type": "text", "content": {"text": "标题\n正文"}}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "answer", [b'{"errcode":93000,"errmsg":"invalid webhook url"}', b'{"code":19021,"msg":"sign match fail"}']
)
def test_a_robot_that_refuses_with_200_has_refused(receiver: WebServer, answer: bytes) -> None:
    receiver.body = answer
    url = f"http://127.0.0.1:{receiver.port}/"
    put(make_endpoint(make_contract(check_ids=()), url, format=WebhookFormat.WECOM, secret=""))
    assert outbox.deliver_due(now=Clock(AT)).failed == 1
    assert DeliveryAttempt.objects.get().outcome == AttemptOutcome.FAILED


def test_a_robot_is_neither_made_to_call_nor_to_link() -> None:
    text = robots.wecom("a", "<@all> [here](http://x) @all")["markdown"]["content"]
    assert not set("<>[]@") & set(text)


def test_a_robots_text_stays_within_its_bytes() -> None:
    content = robots.wecom("题", "字" * 5000)["markdown"]["content"]
    assert len(content.encode()) <= 4096 and content.endswith("…")


# --- Endpoints ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_address_and_secret_are_sealed_in_the_database_and_in_its_history(receiver: WebServer) -> None:
    make_endpoint(make_contract(check_ids=()), f"http://127.0.0.1:{receiver.port}/key-in-path")
    with connection.cursor() as cursor:
        for table in ("contract_endpoint", "contract_historicalendpoint"):
            cursor.execute(f"SELECT url, secret, host FROM {table}")
            url, secret, host = cursor.fetchone()
            assert "key-in-path" not in url and SECRET not in secret
            assert host == f"http://127.0.0.1:{receiver.port}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "at_fault"),
    [
        ({"url": "https://elsewhere.example/"}, "url"),
        ({"secret": "short"}, "secret"),
        ({"events": ["alert.invented"]}, "events"),
    ],
)
def test_an_endpoint_names_the_field_that_is_wrong(receiver: WebServer, fields: dict[str, Any], at_fault: str) -> None:
    url = fields.pop("url", f"http://127.0.0.1:{receiver.port}/")
    with pytest.raises(ValidationError) as refused:
        make_endpoint(make_contract(check_ids=()), url, **fields)
    assert set(refused.value.message_dict) == {at_fault}


# --- One message for each event ------------------------------------------------------------------


@pytest.fixture
def listening(receiver: WebServer) -> dict[str, Any]:
    """A contract with an alert in sight, told to the office and to the vendor."""
    contract = make_contract(check_ids=["staffing.headcount"])
    url = f"http://127.0.0.1:{receiver.port}/"
    office = make_endpoint(contract, url, name="甲方")
    vendor = make_endpoint(contract, url, name="乙方", side="vendor", events=["alert.decided"])
    make_endpoint(contract, url, name="停用", is_active=False)
    return {"contract": contract, "office": office, "vendor": vendor}


def night(contract: Contract, day: date) -> None:
    evaluate(as_of=day, today=day, at=AT, trigger=RunTrigger.SCHEDULE, contract_ids=[contract.pk])


@pytest.mark.django_db
def test_each_event_of_an_alert_is_told_once(listening: dict[str, Any]) -> None:
    night(listening["contract"], date(2024, 10, 2))
    night(listening["contract"], date(2024, 10, 3))
    alerts = Alert.objects.count()
    assert alerts >= 1
    told = OutboxMessage.objects.filter(endpoint=listening["office"], kind=Event.ALERT_RAISED)
    assert told.count() == alerts
    data = told[0].payload["data"]
    assert data["contract"]["number"] == listening["contract"].number
    assert data["alert"]["check_id"] == "staffing.headcount"
    assert "预警" in told[0].subject
    assert not OutboxMessage.objects.exclude(endpoint=listening["office"]).exists()


@pytest.mark.django_db
def test_a_decision_is_told_to_whoever_listens_for_it(listening: dict[str, Any]) -> None:
    night(listening["contract"], date(2024, 10, 2))
    alert = Alert.objects.earliest("pk")
    review = propose_review(
        alert=alert,
        decision=Decision.DISMISS,
        reason="x",
        at=AT,
        version=alert.version,
        actor=make_user(permissions=["contract.add_review"]),
    )
    decide_review(review=review, approve=True, at=AT, actor=make_user(permissions=["contract.change_review"]))
    decided = OutboxMessage.objects.filter(kind=Event.ALERT_DECIDED)
    assert {row.endpoint for row in decided} == {listening["office"], listening["vendor"]}
    assert decided[0].payload["data"]["alert"]["status"] == "dismissed"


@pytest.mark.django_db
def test_a_group_robot_is_told_no_name_of_a_person(listening: dict[str, Any]) -> None:
    night(listening["contract"], date(2024, 10, 2))
    Alert.objects.update()
    row = OutboxMessage.objects.filter(kind=Event.ALERT_RAISED)[0]
    subject = row.payload["data"]["alert"]["subject"]
    assert subject not in row.payload["text"].replace(listening["contract"].number, "")


@pytest.mark.django_db
def test_telling_many_alerts_takes_no_more_queries_than_telling_one(
    listening: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    from contract.delivery.services.events import announce
    from contract.models import AlertEvent

    night(listening["contract"], date(2024, 10, 2))
    event = AlertEvent.objects.select_related("alert", "assessment").first()
    assert event is not None
    with django_assert_max_num_queries(5):
        announce([event] * 30)


def test_a_destination_shows_no_key(settings: Any) -> None:
    settings.WEBHOOK_ALLOWED = "https://[2400:3200::1]:8443,a.example"
    assert permitted("https://a.example/robot?key=1").shown == "https://a.example"
    shown = permitted("https://[2400:3200::1]:8443/x").shown
    assert shown == "https://[2400:3200::1]:8443"
    assert destinations.allowed(settings.WEBHOOK_ALLOWED)[0].intranet


def test_time_is_given_twelve_attempts() -> None:
    pauses = [outbox.pause_after(n) for n in range(1, outbox.TRIES)]
    assert pauses[0] == timedelta(minutes=1) and pauses[-1] == timedelta(hours=8)
    assert sum(pauses, timedelta()) > timedelta(days=1, hours=12)
