"""A message as e-mail, through Django's mail backend.

Every attempt carries the same Message-ID, made of the message's own number: a receiver that is
handed the same message twice (our worker died after the handing over) can tell.
"""

import smtplib
from dataclasses import dataclass
from email.utils import parseaddr
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.mail import EmailMultiAlternatives, get_connection

from contract.delivery.choices import AttemptOutcome, MailSecurity
from contract.delivery.models import MailServer, OutboxMessage
from contract.delivery.receipt import Receipt, Undeliverable
from kit.files.storage import read_document

DETAIL = 500
SMTP = "django.core.mail.backends.smtp.EmailBackend"


class Composed(EmailMultiAlternatives):
    """An e-mail that is put together once, so that its hash is of the very bytes that are sent."""

    def message(self, *args: Any, **kwargs: Any) -> Any:
        if not hasattr(self, "_composed"):
            self._composed = super().message(*args, **kwargs)
        return self._composed


def send(message: OutboxMessage) -> Receipt:
    """Hand the message to the mail server; never raises for what the server answers."""
    email = compose(message)
    digest = sha256(email.message().as_bytes(linesep="\r\n")).hexdigest()
    return _handed_over(email, {"remote_id": str(email.extra_headers["Message-ID"]), "body_sha256": digest})


def _handed_over(email: Composed, proof: dict[str, str]) -> Receipt:
    try:
        with connect() as connection:
            connection.send_messages([email])
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        return _answered(code, words, proof)
    except smtplib.SMTPResponseException as error:
        return _answered(error.smtp_code, error.smtp_error, proof)
    except (OSError, smtplib.SMTPException) as error:
        detail = f"{type(error).__name__}: {error}"[:DETAIL]
        return Receipt(AttemptOutcome.FAILED, detail=detail, **proof)
    return Receipt(AttemptOutcome.ACCEPTED, code="accepted", **proof)


@dataclass(frozen=True)
class Server:
    """Where mail goes. Without a host it is written into files and nothing leaves."""

    host: str
    port: int
    security: str
    user: str
    sender: str
    is_live: bool
    set_here: bool = False
    """Whether the system administrator has set it in the browser; else the environment says it."""


def chosen() -> MailServer | None:
    """What was set in the browser, where it counts: the sample year sends nothing."""
    if settings.DEMONSTRATION_DAY:
        return None
    return MailServer.objects.exclude(host="").first()


def environment() -> Server:
    """The server that the environment of the installation names."""
    security = (
        MailSecurity.TLS
        if settings.EMAIL_USE_SSL
        else MailSecurity.STARTTLS
        if settings.EMAIL_USE_TLS
        else MailSecurity.NONE
    )
    live = not settings.EMAIL_BACKEND.endswith(("filebased.EmailBackend", "dummy.EmailBackend"))
    return Server(
        settings.EMAIL_HOST,
        settings.EMAIL_PORT,
        str(security.label),
        settings.EMAIL_HOST_USER,
        settings.DEFAULT_FROM_EMAIL,
        live,
    )


def server() -> Server:
    """The mail server in force; passwords are never shown."""
    row = chosen()
    if row is None:
        return environment()
    return Server(row.host, row.port, str(row.get_security_display()), row.user, row.sender, True, True)


def is_enabled() -> bool:
    """Whether mail is written at all: an installation without any mail server keeps none for later."""
    return settings.MAIL_ENABLED or chosen() is not None


def connect() -> Any:
    """A connection to the mail server in force, not yet opened."""
    row = chosen()
    if row is None:
        return get_connection()
    return get_connection(
        SMTP,
        host=row.host,
        port=row.port,
        username=row.user,
        password=row.password,
        use_ssl=row.security == MailSecurity.TLS,
        use_tls=row.security == MailSecurity.STARTTLS,
        timeout=settings.EMAIL_TIMEOUT,
    )


def trial(address: str, *, subject: str, text: str) -> Receipt:
    """Send a message to see whether the server takes it: its answer, never an exception."""
    headers = {"Auto-Submitted": "auto-generated"}
    email = Composed(subject=subject, body=text, from_email=server().sender, to=[address], headers=headers)
    return _handed_over(email, {})


def compose(message: OutboxMessage) -> Composed:
    """The e-mail of a message: text, HTML beside it, and documents whose hash still fits."""
    payload: dict[str, Any] = message.payload
    sender = server().sender
    email = Composed(
        subject=" ".join(message.subject.split()),
        body=payload.get("text", ""),
        from_email=sender,
        to=[message.address],
        headers={
            "Message-ID": message_id(message, sender),
            "Auto-Submitted": "auto-generated",
            "X-Hotline-Occasion": message.kind,
        },
    )
    if payload.get("html"):
        email.attach_alternative(payload["html"], "text/html")
    for item in payload.get("attachments", []):
        email.attach(item["name"], _document(item), item["type"])
    return email


def message_id(message: OutboxMessage, sender: str) -> str:
    """`<number@domain of the sender>`."""
    _name, address = parseaddr(sender)
    domain = address.rpartition("@")[2] or "localhost"
    return f"<{message.uid.hex}@{domain}>"


def _document(item: dict[str, str]) -> bytes:
    try:
        return read_document(default_storage, item["path"], known=item["sha256"], what=item["name"])
    except ValidationError as error:
        raise Undeliverable(" ".join(error.messages)) from error


def _answered(code: int, words: bytes | str, proof: dict[str, str]) -> Receipt:
    """5xx is the server's last word; 4xx asks to come again (RFC 5321)."""
    text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
    outcome = AttemptOutcome.REFUSED if 500 <= code < 600 else AttemptOutcome.FAILED
    return Receipt(outcome, code=str(code), detail=text[:DETAIL], **proof)
