"""The log of every write, and the chain that seals it."""

import secrets
from typing import Any, NoReturn

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contract.choices import AccessKind, ChangeKind, Route
from kit.hashing import NAMES, SHA_256


def new_salt() -> str:
    """Sixteen random bytes as text."""
    return secrets.token_hex(16)


class LogQuerySet(models.QuerySet[Any]):
    """Rows of the log itself: written once, whoever asks."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError(f"{self.model._meta.label} rows are never changed")

    def delete(self) -> NoReturn:
        raise TypeError(f"{self.model._meta.label} rows are never deleted")


class LogRow(models.Model):
    objects = LogQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"{self._meta.label} rows are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: object, **kwargs: object) -> NoReturn:
        raise TypeError(f"{self._meta.label} rows are never deleted")


class ChangeEntry(LogRow):
    """One write of one row (or of one set of rows), kept in the writer's own transaction.

    `changes` holds for a new row every value, for a changed one the old and the new value of what
    changed, for a set its rows by value. Encrypted values are fingerprints. `at` is the instant
    that the write bears, `written_at` the clock's; they differ only in the sample year.
    """

    label = models.CharField(_("record type"), max_length=80)
    row_pk = models.BigIntegerField(_("number of the record"))
    history_pk = models.BigIntegerField(null=True, blank=True)
    kind = models.CharField(_("what happened"), max_length=1, choices=ChangeKind)
    route = models.CharField(_("route"), max_length=8, choices=Route)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    written_at = models.DateTimeField(_("written at"))
    # Numbers, not references: the log outlives what it speaks of.
    contract_pk = models.BigIntegerField(null=True, blank=True)
    party_pk = models.BigIntegerField(null=True, blank=True)
    changes = models.JSONField(_("changes"), default=dict)
    note = models.CharField(_("note"), max_length=200, blank=True)
    # Goes with the values that are taken out (contract/history/redaction.py): without it nobody can try names
    # until one gives the digest that stays in the link.
    salt = models.CharField(max_length=32, default=new_salt, db_default="", editable=False)

    class Meta:
        verbose_name = _("change log entry")
        verbose_name_plural = _("change log")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["label", "row_pk", "id"], name="change_of_row"),
            models.Index(fields=["contract_pk", "id"], name="change_of_contract"),
            models.Index(fields=["contract_pk", "label"], name="changes_by_type"),
        ]

    def __str__(self) -> str:
        try:
            record = apps.get_model(self.label)._meta.verbose_name
        except LookupError:
            record = self.label
        return f"{self.get_kind_display()} {record} {self.row_pk}"


class AccessEntry(LogRow):
    """One access: who, from where, to what; of accounts and roles also what changed.

    Users are numbers and names, not references: the log outlives them. `path` is an address without
    its query, which may hold personal data. `row_key` is the primary key as text (that of an access
    key is no number).
    """

    kind = models.CharField(_("what happened"), max_length=12, choices=AccessKind)
    at = models.DateTimeField(_("at"))
    user_pk = models.BigIntegerField(null=True, blank=True)
    username = models.CharField(_("user"), max_length=150, blank=True)
    address = models.CharField(_("network address"), max_length=45, blank=True)
    route = models.CharField(_("route"), max_length=8, choices=Route)
    path = models.CharField(_("address of the page"), max_length=200, blank=True)
    label = models.CharField(_("record type"), max_length=80, blank=True)
    row_key = models.CharField(_("number of the record"), max_length=64, blank=True)
    changes = models.JSONField(_("changes"), default=dict)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("access log entry")
        verbose_name_plural = _("access log")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["label", "row_key", "id"], name="access_to_row"),
            models.Index(fields=["kind", "id"], name="access_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.username}"


class Link(LogRow):
    """An entry's place in its chain: its digest, bound to everything before it.

    `algorithm` made both the digest and the hash (settings.CHAIN_HASH at the time): a chain may go
    on with another one, and an altered name no longer leads to the hash.
    """

    sequence = models.BigIntegerField(_("number in the chain"), primary_key=True)
    # Which columns the digest speaks of (contract/history/content.py).
    version = models.PositiveSmallIntegerField(default=1, db_default=1)
    algorithm = models.CharField(_("algorithm"), max_length=8, choices=list(NAMES.items()), default=SHA_256)
    digest = models.CharField(max_length=64)
    hash = models.CharField(_("chain hash"), max_length=64)
    sealed_at = models.DateTimeField(_("sealed at"))

    class Meta:
        abstract = True
        ordering = ["sequence"]

    def __str__(self) -> str:
        return f"{self.sequence}: {self.hash}"


class ChangeLink(Link):
    entry = models.OneToOneField(ChangeEntry, models.PROTECT, related_name="link", verbose_name=_("entry"))

    class Meta(Link.Meta):
        verbose_name = _("link of the chain")
        verbose_name_plural = _("links of the chain")


class AccessLink(Link):
    """It stays where its entry went because its time was over (contract/history/access/forgetting.py)."""

    entry = models.OneToOneField(AccessEntry, models.SET_NULL, null=True, related_name="link", verbose_name=_("entry"))

    class Meta(Link.Meta):
        verbose_name = _("link of the access log's chain")
        verbose_name_plural = _("links of the access log's chain")


class ChainHead(models.Model):
    """The newest link of a chain (1: changes, 2: accesses): whoever appends locks this row first."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        verbose_name = _("head of the chain")
        verbose_name_plural = _("head of the chain")

    def __str__(self) -> str:
        return f"{self.sequence}: {self.hash}"


class ChangeCheck(models.Model):
    """What a comparison of the tables with the log found, for the home page.

    `is_full`: of everything; otherwise of what was written since the heads of the comparison before. `heads` are
    those that it came to, by the number of the chain: [sequence, hash].
    """

    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    entries = models.BigIntegerField(_("entries"), default=0)
    head_sequence = models.BigIntegerField(default=0)
    head_hash = models.CharField(_("head of the chain"), max_length=64, blank=True)
    problems = models.PositiveIntegerField(_("problems"), default=0)
    found = models.JSONField(_("found"), default=list)
    is_full = models.BooleanField(_("everything was compared"), default=True, db_default=True)
    heads = models.JSONField(default=dict, db_default={})

    class Meta:
        verbose_name = _("check of the change log")
        verbose_name_plural = _("checks of the change log")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}: {self.problems}"
