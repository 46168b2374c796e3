"""The outbox: messages are written with what they tell of, and delivered afterwards.

`enqueue` and `announce` write rows in the caller's transaction: what is rolled back is never told.
`deliver_due` (a job) takes each message by a conditional update, so that two workers never send
the same one at once. A worker that dies leaves a lease that runs out; then the message is taken
again under the same Message-ID, by which a receiver tells a repetition. That is "at least once":
nobody can do better across a mail server (docs/decisions).
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from contract.delivery import mail, webhook
from contract.delivery.choices import AttemptOutcome, Channel, MessageState
from contract.delivery.models import DeliveryAttempt, Endpoint, OutboxMessage
from contract.delivery.receipt import Receipt, Undeliverable
from contract.models import Contract, Party
from kit.errors import Conflict

# Longer than any attempt can take: after it, the worker that held the message has died.
LEASE = timedelta(minutes=5)
# The pauses after the 1st, 2nd … failure; the last is repeated. Twelve attempts take two days.
PAUSES = tuple(timedelta(minutes=n) for n in (1, 5, 15, 30, 60, 120, 240, 480))
TRIES = 12
AT_ONCE = 200
ERROR = 300

Clock = Callable[[], datetime]
Sender = Callable[[OutboxMessage, datetime], Receipt]

_silent: ContextVar[bool] = ContextVar("outbox_silent", default=False)


@contextmanager
def silence() -> Iterator[None]:
    """Within it nothing is put into the outbox: the sample year tells nobody of anything."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def enqueue(
    *,
    kind: str,
    contract: Contract | None,
    payload: Mapping[str, Any],
    recipients: Iterable[str | Endpoint],
    dedupe_key: str,
    at: datetime,
    party: Party | None = None,
) -> list[OutboxMessage]:
    """One message to each recipient: an e-mail address, or a webhook. Returns the new ones.

    `payload` has a `subject`, a `text`, and may have `html`, `attachments` (path, sha256, name,
    type) and `data` (for a signed webhook). A second call with the same `dedupe_key` adds only
    recipients that the first did not have.
    """
    return put(
        [
            message(
                recipient=recipient,
                kind=kind,
                contract=contract,
                payload=payload,
                dedupe_key=dedupe_key,
                at=at,
                party=party,
            )
            for recipient in recipients
        ]
    )


def put(rows: Sequence[OutboxMessage]) -> list[OutboxMessage]:
    """Write messages, each once for its `dedupe_key` and destination. Returns the new ones."""
    by_mail = mail.is_enabled()
    unique = {(row.dedupe_key, row.destination): row for row in rows if by_mail or row.channel != Channel.EMAIL}
    if not unique or _silent.get():
        return []
    known = set(
        OutboxMessage.objects.filter(dedupe_key__in={key for key, _to in unique}).values_list(
            "dedupe_key", "destination"
        )
    )
    new = [row for key, row in unique.items() if key not in known]
    # Somebody else may put in the same one at this moment: the constraint keeps one of them.
    OutboxMessage.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
    return list(OutboxMessage.objects.filter(uid__in=[row.uid for row in new]).order_by("pk"))


def message(
    *,
    recipient: str | Endpoint,
    kind: str,
    contract: Contract | None,
    payload: Mapping[str, Any],
    dedupe_key: str,
    at: datetime,
    party: Party | None = None,
) -> OutboxMessage:
    """A message that is not written yet."""
    row = OutboxMessage(
        kind=kind,
        contract=contract,
        party=party,
        subject=str(payload.get("subject", ""))[:200],
        payload={key: value for key, value in payload.items() if key != "subject"},
        dedupe_key=dedupe_key,
        next_attempt_at=at,
        created_at=at,
    )
    if isinstance(recipient, Endpoint):
        row.channel, row.endpoint = Channel.WEBHOOK, recipient
        row.destination = f"endpoint:{recipient.pk}"
    else:
        row.channel, row.address = Channel.EMAIL, recipient.strip()
        row.destination = f"mailto:{row.address.lower()}"
    return row


# --- Delivery ---------------------------------------------------------------------------------


@dataclass
class Delivered:
    """What a run of the job has done."""

    accepted: int = 0
    failed: int = 0
    refused: int = 0


def deliver_due(*, now: Clock, until: datetime | None = None, limit: int = AT_ONCE) -> Delivered:
    """Deliver what is due, the longest due first. `now` is read anew for each message.

    Stops at `until`; the rest is due again at the next run.
    """
    done = Delivered()
    for pk in list(due(now()).values_list("pk", flat=True)[:limit]):
        if until is not None and now() >= until:
            break
        outcome = deliver(pk, now=now)
        done.accepted += outcome == AttemptOutcome.ACCEPTED
        done.failed += outcome == AttemptOutcome.FAILED
        done.refused += outcome == AttemptOutcome.REFUSED
    return done


def due(at: datetime) -> QuerySet[OutboxMessage]:
    """Messages whose time has come, and those whose worker has died."""
    return OutboxMessage.objects.filter(_due(at)).order_by("next_attempt_at", "pk")


def _due(at: datetime) -> Q:
    return Q(state=MessageState.WAITING, next_attempt_at__lte=at) | Q(state=MessageState.SENDING, leased_until__lt=at)


def deliver(pk: int, *, now: Clock) -> AttemptOutcome | None:
    """Claim a message and attempt to deliver it. None where another worker was first."""
    claim = take(pk, now())
    if claim is None:
        return None
    row = OutboxMessage.objects.select_related("endpoint").get(pk=pk)
    try:
        receipt = SENDERS[Channel(row.channel)](row, now())
    except Undeliverable as error:
        receipt = Receipt(AttemptOutcome.REFUSED, detail=str(error))
    except Exception as error:  # a body that cannot be made stops this message, not the others
        receipt = Receipt(AttemptOutcome.FAILED, detail=f"{type(error).__name__}: {error}")
    finish(pk, claim, receipt, now())
    return receipt.outcome


def take(pk: int, at: datetime) -> uuid.UUID | None:
    """Claim a message for this worker; None where it is not due any more."""
    claim = uuid.uuid4()
    with transaction.atomic():
        taken = OutboxMessage.objects.filter(_due(at), pk=pk).update(
            state=MessageState.SENDING, claim=claim, leased_until=at + LEASE, tries=F("tries") + 1
        )
        if not taken:
            return None
        DeliveryAttempt.objects.create(message_id=pk, claim=claim, started_at=at)
    return claim


def finish(pk: int, claim: uuid.UUID, receipt: Receipt, at: datetime) -> None:
    """Write down what came of an attempt; the message moves on if it is still this worker's."""
    with transaction.atomic():
        DeliveryAttempt.objects.filter(claim=claim).update(
            finished_at=at,
            outcome=receipt.outcome,
            code=receipt.code,
            detail=receipt.detail[:500],
            remote_id=receipt.remote_id,
            body_sha256=receipt.body_sha256,
        )
        mine = OutboxMessage.objects.filter(pk=pk, claim=claim, state=MessageState.SENDING)
        if receipt.outcome == AttemptOutcome.ACCEPTED:
            mine.update(state=MessageState.SENT, sent_at=at, error="", claim=None, leased_until=None)
            return
        row = mine.first()
        if row is None:
            return
        given_up = receipt.outcome == AttemptOutcome.REFUSED or row.tries >= TRIES
        mine.update(
            state=MessageState.FAILED if given_up else MessageState.WAITING,
            next_attempt_at=at + pause_after(row.tries),
            error=f"{receipt.code} {receipt.detail}".strip()[:ERROR],
            claim=None,
            leased_until=None,
        )


def pause_after(tries: int) -> timedelta:
    """The pause after so many failures."""
    return PAUSES[min(max(tries, 1), len(PAUSES)) - 1]


def _by_mail(row: OutboxMessage, at: datetime) -> Receipt:
    return mail.send(row)


SENDERS: dict[Channel, Sender] = {Channel.EMAIL: _by_mail, Channel.WEBHOOK: webhook.send}


# --- What people and time do ------------------------------------------------------------------


def send_again(*, message: OutboxMessage, actor: Any, at: datetime) -> OutboxMessage:
    """Have a message delivered once more, with all its attempts, under its old number.

    Conflict where it is being sent, or waits for its next attempt without having failed yet.
    """
    if not actor.has_perm("contract.change_outboxmessage"):
        raise PermissionDenied(_("You have no permission for this step."))
    over = Q(state__in=[MessageState.SENT, MessageState.FAILED]) | Q(state=MessageState.WAITING, tries__gt=0)
    changed = OutboxMessage.objects.filter(over, pk=message.pk, emptied_at=None).update(
        state=MessageState.WAITING,
        tries=0,
        next_attempt_at=at,
        claim=None,
        leased_until=None,
        resent_by=actor,
        resent_at=at,
    )
    if not changed:
        raise Conflict(
            _(
                "“%(message)s” is being sent or still waits for its first attempt, or its content "
                "has been removed after its time."
            )
            % {"message": message}
        )
    message.refresh_from_db()
    return message


def purge(now: datetime) -> tuple[int, int]:
    """Empty old messages, and forget the oldest with their proofs. Returns how many of each.

    A message that has not arrived keeps its content as long as it may be sent again.
    """
    emptied = (
        OutboxMessage.objects.filter(created_at__lt=now - timedelta(days=settings.OUTBOX_CONTENT_DAYS), emptied_at=None)
        .exclude(state=MessageState.SENDING)
        .update(payload={}, emptied_at=now)
    )
    OutboxMessage.objects.filter(state=MessageState.WAITING, emptied_at__isnull=False).update(state=MessageState.FAILED)
    old = OutboxMessage.objects.filter(created_at__lt=now - timedelta(days=settings.OUTBOX_PROOF_DAYS))
    forgotten, _by_model = old.delete()
    return emptied, forgotten
