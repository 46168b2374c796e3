"""Reports to the leader that are kept: the month's, the quarter's and the year's, frozen on their day."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.choices import BulletinKind, StatementStatus
from contract.models import Contract
from contract.models.base import AppendOnly


def bulletin_path(kept: "KeptBulletin", filename: str) -> str:
    return f"bulletins/{kept.contract_id}/{filename}"


class KeptBulletin(AppendOnly):
    """A report to the leader as it was on a day, never changed and never deleted.

    The job makes the first one of each span; `made_by` is empty then. What is known better later becomes
    another version beside it that names it as `corrects`. `facts` is everything that both files say.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="bulletins", verbose_name=_("contract"))
    kind = models.CharField(_("report"), max_length=8, choices=BulletinKind)
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    ordinal = models.PositiveSmallIntegerField(_("version of the report"))
    number = models.CharField(_("document number"), max_length=80, unique=True)
    as_of = models.DateField(_("as of"))
    made_at = models.DateTimeField(_("time of keeping"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by", verbose_name=_("corrects")
    )
    reason = models.CharField(_("reason of the new version"), max_length=300, blank=True)
    facts = models.JSONField(_("facts"))
    facts_sha256 = models.CharField(_("hash of the facts (SHA-256)"), max_length=64)
    pdf = models.FileField(_("PDF"), upload_to=bulletin_path, max_length=200)
    pdf_sha256 = models.CharField(_("hash of the PDF (SHA-256)"), max_length=64)
    word = models.FileField(_("Word file"), upload_to=bulletin_path, max_length=200)
    word_sha256 = models.CharField(_("hash of the Word file (SHA-256)"), max_length=64)

    class Meta(AppendOnly.Meta):
        verbose_name = _("kept report to the leader")
        verbose_name_plural = _("kept reports to the leader")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "kind", "first", "ordinal"], name="bulletin_once_per_version"),
            models.UniqueConstraint(
                fields=["contract", "kind", "first"], condition=Q(corrects__isnull=True), name="bulletin_one_first"
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, ordinal=1)
                | (Q(corrects__isnull=False, ordinal__gt=1) & ~Q(reason="")),
                name="bulletin_corrects_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def status(self) -> StatementStatus:
        """Whether it stands. A list reads `corrected_by` along: select_related("corrected_by")."""
        replaced = getattr(self, "corrected_by", None) is not None
        return StatementStatus.REPLACED if replaced else StatementStatus.ISSUED
