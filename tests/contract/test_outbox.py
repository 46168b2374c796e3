"""The outbox: nothing is told twice, nothing is lost, and every attempt leaves its proof."""

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction

from contract.delivery import tasks
from contract.delivery.choices import AttemptOutcome, Channel, MessageState
from contract.delivery.models import DeliveryAttempt, OutboxMessage
from contract.delivery.receipt import Receipt
from contract.delivery.services import outbox
from kit.errors import Conflict
from tests.contract.mailserver import MailServer, mail_server
from tests.factories import make_contract, make_user

pytestmark = pytest.mark.django_db
AT = datetime(2025, 3, 10, 1, tzinfo=UTC)
PAYLOAD = {"subject": "每日摘要", "text": "新增预警一项", "html": "<p>新增预警一项</p>"}


class Clock:
    """Time that passes only where a test says so."""

    def __init__(self, at: datetime = AT) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def after(self, **span: float) -> "Clock":
        self.at += timedelta(**span)
        return self


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(settings: Any) -> Any:
    """A mail server that the program is set to use."""
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_TIMEOUT = 5
        yield running


def put(*recipients: str, key: str = "k", **payload: Any) -> list[OutboxMessage]:
    return outbox.enqueue(
        kind="digest",
        contract=None,
        payload={**PAYLOAD, **payload},
        recipients=recipients or ("zhang@example.com",),
        dedupe_key=key,
        at=AT,
    )


def state() -> str:
    return OutboxMessage.objects.get().state


# --- Putting in -------------------------------------------------------------------------------


def test_the_same_message_to_the_same_person_is_put_in_once() -> None:
    put("a@example.com", "b@example.com", "A@example.com")
    put("b@example.com", "c@example.com")
    put("a@example.com", key="another")
    assert OutboxMessage.objects.count() == 4


def test_what_is_rolled_back_is_never_told(clock: Clock) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        put()
        raise RuntimeError
    outbox.deliver_due(now=clock)
    assert not OutboxMessage.objects.exists() and not django_mail.outbox


def test_within_silence_nothing_is_put_in() -> None:
    with outbox.silence():
        assert put() == []
    assert not OutboxMessage.objects.exists()
    assert len(put()) == 1


def test_without_a_way_to_send_mail_none_is_put_in(settings: Any) -> None:
    settings.MAIL_ENABLED = False
    assert put() == [] and not OutboxMessage.objects.exists()


def test_the_queries_do_not_grow_with_the_recipients(django_assert_num_queries: Any) -> None:
    for number in (1, 40):
        with django_assert_num_queries(3):
            put(*(f"p{n}@example.com" for n in range(number)), key=f"of {number}")


# --- A mail server that works, and one that does not -------------------------------------------


def test_a_mail_arrives_as_text_and_html_with_its_proof(server: MailServer, clock: Clock) -> None:
    put(subject="每日\r\n摘要")
    assert outbox.deliver_due(now=clock).accepted == 1
    [received] = server.mailbox()
    assert received["Subject"] == "每日 摘要" and received["To"] == "zhang@example.com"
    assert [part.get_content_type() for part in received.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    message, attempt = OutboxMessage.objects.get(), DeliveryAttempt.objects.get()
    assert (message.state, message.sent_at, message.error) == (MessageState.SENT, AT, "")
    assert attempt.outcome == AttemptOutcome.ACCEPTED and attempt.finished_at == AT
    assert received["Message-ID"] == attempt.remote_id == f"<{message.uid.hex}@localhost>"
    assert len(attempt.body_sha256) == 64


def test_the_hash_is_of_the_very_bytes_that_arrived(server: MailServer, clock: Clock) -> None:
    from hashlib import sha256

    put()
    outbox.deliver_due(now=clock)
    assert sha256(server.taken[0]).hexdigest() == DeliveryAttempt.objects.get().body_sha256


def test_a_mail_server_that_is_down_for_hours_gets_each_message_once(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 5
    with mail_server() as gone:
        settings.EMAIL_PORT = gone.port  # nobody listens there any more
    clock = Clock()
    put("a@example.com", "b@example.com")
    put("c@example.com", key="second")
    for _minute in range(7 * 60):
        assert outbox.deliver_due(now=clock).accepted == 0
        clock.after(minutes=1)
    tried = DeliveryAttempt.objects.filter(message__address="a@example.com")
    assert [round((a.started_at - AT).total_seconds() / 60) for a in tried] == [0, 1, 6, 21, 51, 111, 231]
    assert all("Connection" in attempt.detail for attempt in tried)
    with mail_server() as server:
        settings.EMAIL_PORT = server.port
        for _minute in range(5 * 60):
            outbox.deliver_due(now=clock)
            clock.after(minutes=1)
        assert sorted(str(m["To"]) for m in server.mailbox()) == ["a@example.com", "b@example.com", "c@example.com"]
        assert len(server.taken) == 3
    assert not OutboxMessage.objects.exclude(state=MessageState.SENT).exists()


def test_after_twelve_failures_in_two_days_it_is_given_up_and_shown(server: MailServer, clock: Clock) -> None:
    server.answers["MAIL"] = b"451 try later"
    put()
    while state() != MessageState.FAILED:
        outbox.deliver_due(now=clock)
        clock.after(minutes=30)
    assert DeliveryAttempt.objects.count() == outbox.TRIES
    assert timedelta(days=1, hours=12) < clock.at - AT < timedelta(days=3)
    assert OutboxMessage.objects.get().error == "451 try later"


def test_an_address_that_does_not_exist_is_not_tried_again(server: MailServer, clock: Clock) -> None:
    server.answers["RCPT"] = b"550 no such person"
    put()
    assert outbox.deliver_due(now=clock).refused == 1
    assert state() == MessageState.FAILED
    assert DeliveryAttempt.objects.get().code == "550"


# --- Workers that die ---------------------------------------------------------------------------


def test_a_message_whose_worker_died_is_taken_again_after_its_lease(server: MailServer, clock: Clock) -> None:
    [message] = put()
    assert outbox.take(message.pk, clock())  # and nothing more: killed before the mail server
    clock.after(minutes=5)
    outbox.deliver_due(now=clock)
    assert server.taken == []
    outbox.deliver_due(now=clock.after(seconds=1))
    assert len(server.taken) == 1 and state() == MessageState.SENT
    assert [a.outcome for a in DeliveryAttempt.objects.all()] == [AttemptOutcome.UNKNOWN, AttemptOutcome.ACCEPTED]


def test_a_worker_that_died_after_the_handing_over_is_told_by_the_message_id(
    server: MailServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    put()

    def killed(*args: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(outbox, "finish", killed)
        outbox.deliver_due(now=clock)
    outbox.deliver_due(now=clock.after(minutes=6))
    assert len(server.taken) == 2  # no program can know whether the first was taken over
    assert len(server.mailbox()) == 1  # its reader can
    assert state() == MessageState.SENT


def test_a_slow_worker_does_not_overwrite_what_another_one_has_done(clock: Clock) -> None:
    [message] = put()
    slow = outbox.take(message.pk, clock())
    assert slow is not None
    outbox.deliver_due(now=clock.after(minutes=6))
    outbox.finish(message.pk, slow, Receipt(AttemptOutcome.FAILED, detail="late"), clock())
    assert state() == MessageState.SENT
    assert {a.outcome for a in DeliveryAttempt.objects.all()} == {AttemptOutcome.ACCEPTED, AttemptOutcome.FAILED}


KILLED = """
import django, os, signal
django.setup()
from contract.delivery.services import outbox
from contract.delivery import mail
from kit import clock
def die(message):
    os.kill(os.getpid(), signal.SIGKILL)
mail.send = die
outbox.deliver_due(now=clock.now)
"""


@pytest.mark.django_db(transaction=True)
def test_kill_9_in_the_middle_of_sending_loses_nothing(server: MailServer) -> None:
    """A real process, really killed between its claim and the mail server."""
    put()
    database = connection.settings_dict
    url = (
        "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format_map(database)
        if connection.vendor == "postgresql"
        else f"sqlite:///{database['NAME']}"
    )
    ended = subprocess.run(
        [sys.executable, "-c", KILLED],
        env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"},
        timeout=120,
    )
    assert ended.returncode == -signal.SIGKILL
    message = OutboxMessage.objects.get()
    assert message.state == MessageState.SENDING and message.leased_until is not None
    clock = Clock(message.leased_until - timedelta(seconds=1))
    assert outbox.deliver_due(now=clock).accepted == 0
    assert outbox.deliver_due(now=clock.after(seconds=2)).accepted == 1
    assert len(server.taken) == 1


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_send_each_message_once() -> None:
    put(*(f"p{n}@example.com" for n in range(30)))
    start = threading.Barrier(4)

    def work() -> None:
        try:
            start.wait()
            outbox.deliver_due(now=Clock())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(m.to[0] for m in django_mail.outbox) == sorted(f"p{n}@example.com" for n in range(30))
    assert not OutboxMessage.objects.exclude(state=MessageState.SENT).exists()


def test_a_message_that_cannot_be_made_stops_itself_alone(clock: Clock) -> None:
    put("a@example.com", attachments=[{"path": "nothing", "sha256": "", "name": "x", "type": "x"}])
    put("b@example.com", key="fine")
    done = outbox.deliver_due(now=clock)
    assert (done.accepted, done.refused) == (1, 1)
    assert "nothing" in OutboxMessage.objects.get(state=MessageState.FAILED).error


def test_a_document_is_attached_while_its_hash_fits(clock: Clock, settings: Any, tmp_path: Any) -> None:
    from hashlib import sha256

    settings.MEDIA_ROOT = tmp_path
    path = default_storage.save("x.pdf", ContentFile(b"%PDF-1.7"))
    item = {"path": path, "sha256": sha256(b"%PDF-1.7").hexdigest(), "name": "函.pdf", "type": "application/pdf"}
    put(attachments=[item])
    outbox.deliver_due(now=clock)
    assert django_mail.outbox[0].attachments[0][:2] == ("函.pdf", b"%PDF-1.7")
    default_storage.delete(path)
    default_storage.save(path, ContentFile(b"%PDF-altered"))
    put(key="later", attachments=[item])
    assert outbox.deliver_due(now=clock).refused == 1


# --- People and time ---------------------------------------------------------------------------


def test_a_person_sends_again_what_was_given_up_under_its_old_number(server: MailServer, clock: Clock) -> None:
    server.answers["RCPT"] = b"550 no such person"
    [message] = put()
    outbox.deliver_due(now=clock)
    actor = make_user(permissions=["contract.change_outboxmessage"])
    server.answers.clear()
    outbox.send_again(message=message, actor=actor, at=clock.after(days=1)())
    outbox.deliver_due(now=clock)
    message.refresh_from_db()
    assert message.state == MessageState.SENT and message.resent_by == actor
    assert server.mailbox()[0]["Message-ID"] == f"<{message.uid.hex}@localhost>"
    assert message.attempts.count() == 2


def test_a_message_on_its_way_is_not_sent_again(clock: Clock) -> None:
    [message] = put()
    actor = make_user(is_superuser=True)
    with pytest.raises(Conflict):
        outbox.send_again(message=message, actor=actor, at=clock())
    outbox.take(message.pk, clock())
    with pytest.raises(Conflict):
        outbox.send_again(message=message, actor=actor, at=clock())


def test_who_may_not_send_is_refused(clock: Clock) -> None:
    [message] = put()
    with pytest.raises(PermissionDenied):
        outbox.send_again(message=message, actor=make_user(), at=clock())


def test_contents_go_after_their_time_and_proofs_after_theirs(clock: Clock, settings: Any) -> None:
    settings.OUTBOX_CONTENT_DAYS, settings.OUTBOX_PROOF_DAYS = 90, 1830
    [message] = put()
    outbox.deliver_due(now=clock)
    assert outbox.purge(AT + timedelta(days=90)) == (0, 0)
    assert outbox.purge(AT + timedelta(days=90, seconds=1)) == (1, 0)
    message.refresh_from_db()
    assert message.payload == {} and message.attempts.count() == 1
    with pytest.raises(Conflict):
        outbox.send_again(message=message, actor=make_user(is_superuser=True), at=AT)
    outbox.purge(AT + timedelta(days=1831))
    assert not OutboxMessage.objects.exists() and not DeliveryAttempt.objects.exists()


def test_an_emptied_message_that_never_arrived_is_not_sent_empty(settings: Any) -> None:
    settings.OUTBOX_CONTENT_DAYS = 90
    put()
    outbox.purge(AT + timedelta(days=91))
    assert state() == MessageState.FAILED
    outbox.deliver_due(now=Clock(AT + timedelta(days=92)))
    assert not django_mail.outbox


def test_the_jobs_deliver_and_purge() -> None:
    put()
    assert tasks.deliver_messages() == 1
    assert tasks.deliver_messages() == 0
    tasks.purge_messages()
    assert OutboxMessage.objects.get().channel == Channel.EMAIL


def test_nothing_leaves_this_machine_by_default() -> None:
    """The settings as they are without any variable: mail is files, no webhook is allowed."""
    code = (
        "from django.conf import settings as s; print(s.EMAIL_BACKEND, repr(s.WEBHOOK_ALLOWED), "
        "s.EMAIL_FILE_PATH.startswith(str(s.DATA_DIR)))"
    )
    hidden = {"EMAIL_HOST", "WEBHOOK_ALLOWED", "DJANGO_SETTINGS_MODULE"}
    env = {k: v for k, v in os.environ.items() if k not in hidden}
    answer = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        env=env | {"DJANGO_SETTINGS_MODULE": "config.settings.base"},
    )
    assert answer.stdout.split() == ["django.core.mail.backends.filebased.EmailBackend", "''", "True"]


def test_a_message_names_its_contract() -> None:
    contract = make_contract(check_ids=())
    [row] = outbox.enqueue(
        kind="notice.issued",
        contract=contract,
        payload=PAYLOAD,
        recipients=["a@example.com"],
        dedupe_key="n",
        at=AT,
        party=contract.vendor,
    )
    assert OutboxMessage.objects.get(contract=contract, party=contract.vendor).uid == row.uid
