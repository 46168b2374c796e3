"""Personal values are taken out of a row, of its versions and of its entries in the log, and the chain still verifies.

A link keeps the digest that its entry had, and every later link stands on it: nothing of the chain is written anew. The
entry has another digest from now on. Whoever takes values out keeps that one where the log itself watches it (a
tombstone); the comparison accepts this content of the entry and no other. docs/decisions/0044.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import transaction

from contract.choices import ChangeKind
from contract.history import seals
from contract.history.content import Values, columns, digest, encode
from contract.history.models import ChangeEntry
from contract.models.base import history_of

Source = Callable[[], Iterable[tuple[int, str]]]
_sources: list[Source] = []


def register_redactions(source: Source) -> Source:
    """Let who keeps them say which entry (by number) may have which other digest."""
    _sources.append(source)
    return source


def redacted() -> dict[int, set[str]]:
    """The digests that entries have got since their values were taken out."""
    found: dict[int, set[str]] = defaultdict(set)
    for source in _sources:
        for pk, digest_ in source():
            found[pk].add(digest_)
    return found


@transaction.atomic
def redact(model: Any, pk: int, values: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Put `values` (by column) in the place of whatever the row ever held there, without a new version of it.

    Returns each entry of the log that is another one now, with its digest: the caller has to keep it.
    """
    seals.seal()
    fields = {field.attname: field for field in columns(model)}
    coded = {name: encode(fields[name], value) for name, value in values.items()}
    history = history_of(model)
    for table in filter(None, (model, history)):
        table._base_manager.filter(**{model._meta.pk.attname: pk}).update(**values)
    found = []
    entries = ChangeEntry.objects.filter(label=model._meta.label, row_pk=pk).select_related("link")
    for entry in entries.order_by("pk"):
        changes = {name: _instead(entry.kind, coded, name, value) for name, value in entry.changes.items()}
        if entry.kind == ChangeKind.ADOPTED and history is not None:
            changes |= _versions_kept(model, history, entry, changes)
        if changes != entry.changes:
            entry.changes, entry.salt = changes, ""
            ChangeEntry._base_manager.filter(pk=entry.pk).update(changes=changes, salt="")
            found.append((entry.pk, digest(entry, entry.link.version, entry.link.algorithm)))
    return found


def _instead(kind: str, coded: Values, name: str, value: Any) -> Any:
    if name not in coded:
        return value
    return [coded[name]] * 2 if kind == ChangeKind.CHANGED else coded[name]


def _versions_kept(model: Any, history: Any, entry: ChangeEntry, changes: Values) -> Values:
    """The fingerprint of the versions that an adoption found, of what they hold now."""
    from contract.history import verification  # it asks this module which entries were changed

    if verification.HISTORY_KEPT not in changes:
        return {}
    versions = verification.stored(history, model, [entry.row_pk])
    old = [version for version in versions if version.history_id <= (entry.history_pk or 0)]
    return {verification.HISTORY_KEPT: verification.fingerprint_of_versions(old)}
