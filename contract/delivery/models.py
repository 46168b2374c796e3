"""Messages to the outside: written with what they tell of, delivered by a job, proved."""

import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contract.choices import PartySide
from contract.delivery import destinations
from contract.delivery.choices import (
    OCCASIONS,
    AttemptOutcome,
    Channel,
    Event,
    MailSecurity,
    MessageState,
    WebhookFormat,
)
from contract.models.agreement import Contract, Party
from contract.models.base import Record
from kit.database.fields import EncryptedTextField

SECRET_LENGTH = 16


class Endpoint(Record):
    """Where a system, or a group in a chat program, is told of what happens on a contract.

    Address and secret are sealed in the database and never shown again. `host` is what may be
    shown. The address must be on the installation's allow-list (docs/operations.md).
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="endpoints", verbose_name=_("contract"))
    name = models.CharField(_("name"), max_length=60)
    side = models.CharField(
        _("told on behalf of"),
        max_length=8,
        choices=PartySide,
        default=PartySide.OFFICE,
        help_text=_("The vendor's receiver is told of duties of the vendor and of both sides."),
    )
    format = models.CharField(_("format"), max_length=12, choices=WebhookFormat, default=WebhookFormat.JSON)
    url = EncryptedTextField(_("address"))
    secret = EncryptedTextField(_("secret"), blank=True, default="")
    host = models.CharField(_("receiver"), max_length=260, editable=False)
    events = models.JSONField(_("events"), default=list)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["contract", "name", "pk"]
        constraints = [models.UniqueConstraint(fields=["contract", "name"], name="endpoint_name_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.host})"

    def clean(self) -> None:
        problems: dict[str, Any] = {}
        try:
            self.host = destinations.permitted(self.url or "").shown
        except (destinations.NotAllowed, ImproperlyConfigured) as error:
            problems["url"] = str(error)
        if self.format == WebhookFormat.JSON and len(self.secret) < SECRET_LENGTH:
            problems["secret"] = _(
                "Signed messages need a secret of at least %(n)d characters, agreed with the receiver."
            ) % {"n": SECRET_LENGTH}
        if not isinstance(self.events, list) or not set(self.events) <= set(Event.values):
            problems["events"] = _("Choose from the events offered.")
        if problems:
            raise ValidationError(problems)


class MailServer(Record):
    """The mail server that the system administrator has set in the browser: one row at most.

    Without a row, or with an empty host, the environment of the installation says where mail goes
    (`EMAIL_HOST` and what follows). The password is sealed and never shown.
    """

    LOCKED_BY = ()

    host = models.CharField(
        _("mail server"),
        max_length=253,
        blank=True,
        validators=[RegexValidator(r"^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$", _("This is no name of a server."))],
        help_text=_("Empty: as the environment of the installation says."),
    )
    port = models.PositiveIntegerField(
        _("port"), default=465, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    security = models.CharField(_("encryption"), max_length=8, choices=MailSecurity, default=MailSecurity.TLS)
    user = models.CharField(_("sign-in name at the mail server"), max_length=254, blank=True)
    password = EncryptedTextField(_("password"), blank=True, default="")
    sender = models.EmailField(_("sender"), max_length=254, blank=True)

    class Meta:
        verbose_name = _("mail server")
        verbose_name_plural = _("mail servers")

    def __str__(self) -> str:
        return f"{self.host}:{self.port}" if self.host else str(_("as the environment of the installation says"))

    def clean(self) -> None:
        problems: dict[str, Any] = {}
        if self.host and not self.sender:
            problems["sender"] = _("The mail server needs a sender: the address that its mail comes from.")
        if self.host and self.user and not self.password:
            problems["password"] = _("The sign-in name needs its password.")
        if problems:
            raise ValidationError(problems)


class OutboxMessage(models.Model):
    """One message to one destination. `uid` is its identity to the receiver, in every attempt.

    The body is emptied after a time, the row with its attempts is kept longer as proof
    (`services.outbox.purge`).
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("occasion"), max_length=40)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    contract = models.ForeignKey(
        Contract, models.PROTECT, null=True, blank=True, related_name="messages", verbose_name=_("contract")
    )
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="messages", verbose_name=_("party")
    )
    address = models.CharField(_("address"), max_length=254, blank=True)
    endpoint = models.ForeignKey(
        Endpoint, models.PROTECT, null=True, blank=True, related_name="messages", verbose_name=_("webhook")
    )
    dedupe_key = models.CharField(max_length=120)
    destination = models.CharField(max_length=270)
    subject = models.CharField(_("subject of the message"), max_length=200, blank=True)
    payload = models.JSONField(_("content"), default=dict)
    state = models.CharField(_("state"), max_length=8, choices=MessageState, default=MessageState.WAITING)
    tries = models.PositiveSmallIntegerField(_("attempts since it was last sent off"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"))
    leased_until = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    sent_at = models.DateTimeField(_("taken over at"), null=True, blank=True)
    error = models.CharField(_("last error"), max_length=300, blank=True)
    resent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sent again by"),
    )
    resent_at = models.DateTimeField(_("sent again at"), null=True, blank=True)
    emptied_at = models.DateTimeField(_("content removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["dedupe_key", "destination"], name="outbox_once_per_destination"),
            models.CheckConstraint(
                condition=Q(channel=Channel.EMAIL, endpoint__isnull=True)
                | Q(channel=Channel.WEBHOOK, endpoint__isnull=False, address=""),
                name="outbox_has_one_destination",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(state__in=[MessageState.WAITING, MessageState.SENDING]),
                name="outbox_due",
            ),
            models.Index(fields=["created_at"], name="outbox_age"),
        ]

    def __str__(self) -> str:
        return f"{self.occasion} → {self.address or self.endpoint}"

    @property
    def occasion(self) -> str:
        """What it was written for, in words."""
        return str(OCCASIONS.get(self.kind, self.kind))


class DeliveryAttempt(models.Model):
    """One attempt to deliver: written when it begins, completed when it has ended."""

    message = models.ForeignKey(OutboxMessage, models.CASCADE, related_name="attempts", verbose_name=_("message"))
    claim = models.UUIDField(editable=False)
    started_at = models.DateTimeField(_("begun at"))
    finished_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=8, choices=AttemptOutcome, default=AttemptOutcome.UNKNOWN)
    code = models.CharField(_("answer code"), max_length=20, blank=True)
    detail = models.CharField(_("answer"), max_length=500, blank=True)
    remote_id = models.CharField(_("message number"), max_length=120, blank=True)
    body_sha256 = models.CharField(_("hash of what was sent (SHA-256)"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("delivery attempt")
        verbose_name_plural = _("delivery attempts")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["claim"], name="attempt_once_per_claim")]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} {self.get_outcome_display()}"
