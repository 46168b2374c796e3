"""The quarterly file (季度付款材料包): frozen facts, and the documents made of them by a job."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.instalment import Instalment
from billing.models.statement import Statement
from billing.states import FileStatus
from contract.models import Contract
from contract.models.base import Kept


class QuarterFile(Kept):
    """Everything that finance files for one payment, asked for once and made once.

    `facts` are frozen when it is asked for; ZIP and PDF follow from them alone. Only a ready one is
    handed out, and a ready one never changes: a later one names it as `replaces`. `token` is the
    job that makes it: one that lost it (its worker was thought dead) can write nothing any more.
    `slot` bounds by a constraint how many are made at once.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="quarter_files", verbose_name=_("contract"))
    instalment = models.ForeignKey(Instalment, models.PROTECT, related_name="files", verbose_name=_("instalment"))
    ordinal = models.PositiveSmallIntegerField(_("version of the file"))
    number = models.CharField(_("document number"), max_length=80, unique=True)
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="+", verbose_name=_("settlement statement"))
    as_of = models.DateField(_("as of"))
    requested_at = models.DateTimeField(_("asked for at"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    reason = models.CharField(_("reason of the new file"), max_length=300, blank=True)
    facts = models.JSONField(_("facts"))
    facts_sha256 = models.CharField(_("hash of the facts (SHA-256)"), max_length=64)

    status = models.CharField(_("status"), max_length=8, choices=FileStatus, default=FileStatus.QUEUED)
    slot = models.PositiveSmallIntegerField(null=True, blank=True)
    token = models.CharField(max_length=32, blank=True)
    beat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    done = models.PositiveSmallIntegerField(_("documents made"), default=0)
    steps = models.PositiveSmallIntegerField(_("documents to make"), default=0)
    error = models.TextField(_("error"), blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    bundle = models.FileField(_("ZIP"), max_length=200, blank=True)
    bundle_sha256 = models.CharField(_("hash of the ZIP (SHA-256)"), max_length=64, blank=True)
    pdf = models.FileField(_("merged PDF"), max_length=200, blank=True)
    pdf_sha256 = models.CharField(_("hash of the PDF (SHA-256)"), max_length=64, blank=True)
    pages = models.PositiveSmallIntegerField(_("pages"), default=0)

    class Meta(Kept.Meta):
        verbose_name = _("quarterly file")
        verbose_name_plural = _("quarterly files")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["instalment", "ordinal"], name="quarter_file_once_per_version"),
            models.UniqueConstraint(
                fields=["instalment"], condition=Q(replaces__isnull=True), name="quarter_file_one_first"
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True, ordinal=1)
                | (Q(replaces__isnull=False, ordinal__gt=1) & ~Q(reason="")),
                name="quarter_file_replaces_with_reason",
            ),
            models.UniqueConstraint(
                fields=["slot"], condition=Q(status=FileStatus.RUNNING), name="quarter_file_one_per_slot"
            ),
            models.CheckConstraint(
                condition=Q(status=FileStatus.RUNNING, slot__isnull=False, beat_at__isnull=False)
                | (~Q(status=FileStatus.RUNNING) & Q(slot__isnull=True)),
                name="quarter_file_running_in_a_slot",
            ),
            models.CheckConstraint(
                condition=~Q(status=FileStatus.READY)
                | (
                    ~Q(bundle="")
                    & ~Q(bundle_sha256="")
                    & ~Q(pdf="")
                    & ~Q(pdf_sha256="")
                    & Q(finished_at__isnull=False, pages__gt=0)
                ),
                name="quarter_file_ready_with_both_files",
            ),
        ]
        indexes = [models.Index(fields=["status", "requested_at"], name="quarter_file_queue")]

    def __str__(self) -> str:
        return self.number

    @property
    def is_ready(self) -> bool:
        return self.status == FileStatus.READY

    @property
    def is_under_way(self) -> bool:
        return self.status in (FileStatus.QUEUED, FileStatus.RUNNING)
