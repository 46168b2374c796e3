"""A statement that was issued: a frozen copy of its facts, and the document made of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.choices import StatementStatus
from billing.models.instalment import Instalment
from contract.models import Contract
from contract.models.base import AppendOnly


def statement_path(statement: "Statement", _filename: str) -> str:
    return f"statements/{statement.contract_id}/{statement.instalment_id}-{statement.ordinal:02d}.pdf"


class Statement(AppendOnly):
    """A settlement statement (服务费结算单), never changed and never deleted.

    `facts` is everything that the document says; `facts_sha256` is the hash of it in canonical
    JSON, printed on every page. It is corrected by another one, which names it.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="statements", verbose_name=_("contract"))
    instalment = models.ForeignKey(Instalment, models.PROTECT, related_name="statements", verbose_name=_("instalment"))
    ordinal = models.PositiveSmallIntegerField(_("version of the statement"))
    number = models.CharField(_("document number"), max_length=80, unique=True)
    as_of = models.DateField(_("as of"))
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
    file = models.FileField(_("PDF"), upload_to=statement_path, max_length=200)

    class Meta(AppendOnly.Meta):
        verbose_name = _("settlement statement")
        verbose_name_plural = _("settlement statements")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["instalment", "ordinal"], name="statement_once_per_version"),
            models.UniqueConstraint(
                fields=["instalment"], condition=Q(corrects__isnull=True), name="statement_one_first"
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, ordinal=1)
                | (Q(corrects__isnull=False, ordinal__gt=1) & ~Q(reason="")),
                name="statement_corrects_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def status(self) -> StatementStatus:
        """Whether it stands. A list reads `corrected_by` along: select_related("corrected_by")."""
        replaced = getattr(self, "corrected_by", None) is not None
        return StatementStatus.REPLACED if replaced else StatementStatus.ISSUED
