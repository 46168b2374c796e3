"""Numbered letters of the office to the vendor: frozen as issued, their arrival recorded."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contract.letters.choices import NoticeKind, NoticeMeans
from contract.models.agreement import Contract, Party
from contract.models.base import AppendOnly, Record
from kit.files.uploads import ScanPath, validate_scan

LONGEST = 60


class LetterHead(Record):
    """What stands on the letters of a contract: the mark before their numbers, whom to ask."""

    contract = models.OneToOneField(Contract, models.PROTECT, related_name="letter_head", verbose_name=_("contract"))
    prefix = models.CharField(
        _("mark before the number"),
        max_length=20,
        unique=True,
        validators=[RegexValidator(r"^[\w.-]+$", _("Letters and digits only, without brackets."))],
        help_text=_("As in 三政热函〔2025〕12号: the part before the year."),
    )
    sender = models.CharField(
        _("sender"), max_length=60, blank=True, help_text=_("Left empty: the name of the office.")
    )
    contact = models.CharField(_("contact person"), max_length=40, blank=True)
    telephone = models.CharField(_("telephone"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("letterhead")
        verbose_name_plural = _("letterheads")
        ordering = ["contract"]

    def __str__(self) -> str:
        return self.prefix


def notice_path(notice: "Notice", _filename: str) -> str:
    return f"notices/{notice.contract_id}/{notice.year}-{notice.ordinal:04d}.pdf"


class Notice(AppendOnly):
    """A letter as it was issued (函): never changed, corrected by another one that names it.

    `facts` is everything that it says, its sentences included; `facts_sha256` is the hash of it
    in canonical JSON. Numbers run without gaps in a contract's year. The time that it sets runs
    from its arrival.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="notices", verbose_name=_("contract"))
    kind = models.CharField(_("kind"), max_length=16, choices=NoticeKind)
    year = models.PositiveSmallIntegerField(_("year"))
    ordinal = models.PositiveIntegerField(_("ordinal"))
    number = models.CharField(_("document number"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=120)
    recipient = models.ForeignKey(Party, models.PROTECT, related_name="notices_received", verbose_name=_("recipient"))
    recipient_person = models.CharField(_("recipient (person)"), max_length=60, blank=True)
    days = models.PositiveSmallIntegerField(
        _("days from the arrival"), validators=[MinValueValidator(1), MaxValueValidator(LONGEST)]
    )
    means = models.CharField(_("sent by"), max_length=12, choices=NoticeMeans)
    issued_on = models.DateField(_("issued on"))
    issued_at = models.DateTimeField(_("issued at"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("issued by")
    )
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by", verbose_name=_("corrects")
    )
    reason = models.CharField(_("reason of the correction"), max_length=300, blank=True)
    facts = models.JSONField(_("facts"))
    facts_sha256 = models.CharField(_("hash of the facts (SHA-256)"), max_length=64)
    pdf_sha256 = models.CharField(_("hash of the PDF (SHA-256)"), max_length=64)
    file = models.FileField(_("PDF"), upload_to=notice_path, max_length=200)
    # The form's own number: sent twice, it is one letter.
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta(AppendOnly.Meta):
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "year", "ordinal"], name="notice_number_once"),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | ~Q(reason=""), name="notice_corrects_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def arrival(self) -> "NoticeArrival | None":
        """The record of its arrival that stands: each correction takes the place of the one before it."""
        return max(self.arrivals.all(), key=lambda one: one.pk, default=None)


class NoticeSubject(AppendOnly):
    """A row that a letter is about: an alert, a demand, an event; of any app, by its label."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="subjects", verbose_name=_("letter"))
    subject_label = models.CharField(_("kind of record"), max_length=60)
    subject_pk = models.BigIntegerField(_("record number"))
    name = models.CharField(_("subject"), max_length=200, blank=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("subject of a letter")
        verbose_name_plural = _("subjects of a letter")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "subject_label", "subject_pk"], name="notice_subject_once")
        ]
        indexes = [models.Index(fields=["subject_label", "subject_pk"], name="notice_by_subject")]

    def __str__(self) -> str:
        return self.name


class NoticeArrival(AppendOnly):
    """A letter reached the other side: its clock starts here (Civil Code article 137).

    Recorded once. A record that was wrong is corrected by another one that names it and its reason; both
    stay readable.
    """

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="arrivals", verbose_name=_("letter"))
    arrived_on = models.DateField(_("arrived on"))
    means = models.CharField(_("means"), max_length=12, choices=NoticeMeans)
    received_by = models.CharField(_("received by"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    proof = models.FileField(
        _("proof (scan)"), upload_to=ScanPath("notice-arrivals"), max_length=200, blank=True, validators=[validate_scan]
    )
    nominal_due_on = models.DateField(_("nominal due date"))
    legal_due_on = models.DateField(_("legal due date"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by", verbose_name=_("corrects")
    )
    correction_reason = models.CharField(_("reason of the correction"), max_length=300, blank=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("arrival of a letter")
        verbose_name_plural = _("arrivals of letters")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice"],
                condition=Q(corrects__isnull=True),
                name="notice_arrival_once",
                violation_error_message=_("The arrival is on record already."),
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | ~Q(correction_reason=""),
                name="notice_arrival_correction_has_a_reason",
                violation_error_message=_("A correction names its reason."),
            ),
            models.CheckConstraint(condition=Q(nominal_due_on__gt=F("arrived_on")), name="notice_due_after_arrival"),
        ]

    def __str__(self) -> str:
        return f"{self.notice} {self.arrived_on}"

    @property
    def contract_id(self) -> int:
        """The contract in whose folder the proof lies."""
        return int(self.notice.contract_id)
