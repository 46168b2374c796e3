"""What the program remembers of its own keeping."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contract.models.base import AppendOnly


class Backup(models.Model):
    """One backup that was begun; without `finished_at` it is under way, or its process died."""

    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    folder = models.CharField(_("folder"), max_length=400, blank=True)
    size = models.BigIntegerField(_("bytes"), default=0)
    documents = models.PositiveIntegerField(_("documents"), default=0)
    head = models.CharField(_("head of the chain"), max_length=90, blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"


class StoreMark(models.Model):
    """Which store of documents belongs to this database: a file in the store names the same number."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    uid = models.UUIDField(default=uuid.uuid4)
    since = models.DateTimeField(auto_now_add=True)
    # What the last look at all documents has found.
    checked_at = models.DateTimeField(_("documents looked at"), null=True, blank=True)
    wrong = models.PositiveIntegerField(_("documents missing or altered"), default=0, db_default=0)

    class Meta:
        verbose_name = _("store of the documents")
        verbose_name_plural = _("store of the documents")

    def __str__(self) -> str:
        return str(self.uid)


class Tombstone(AppendOnly):
    """What was removed because its time was over: which, with which digest, on whose word. Never removed itself.

    It stands in the change log like every kept row. The row that named a document stays, and so
    does every entry about it: the chain verifies as before.
    """

    kind = models.CharField(_("kind of papers"), max_length=20)
    contract = models.ForeignKey(
        "contract.Contract", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contract")
    )
    label = models.CharField(_("record type"), max_length=80)
    row_pk = models.BigIntegerField(_("number of the record"), null=True, blank=True)
    name = models.CharField(_("file"), max_length=200, blank=True)
    digest = models.CharField("SHA-256", max_length=64)
    count = models.PositiveIntegerField(_("how many"), default=1)
    due_since = models.DateField(_("due since"))
    reason = models.CharField(_("reason"), max_length=200)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("removed by")
    )
    removed_at = models.DateTimeField(_("removed at"))

    class Meta:
        verbose_name = _("tombstone")
        verbose_name_plural = _("tombstones")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["name"], name="tombstone_of_file")]

    def __str__(self) -> str:
        return f"{self.label} {self.row_pk or ''} {self.name}".strip()
