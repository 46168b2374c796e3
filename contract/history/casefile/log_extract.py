"""The extract of the change log in a case file: what was written about its rows, without people's data."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from contract.history import wording
from contract.history.casefile.sheets import Sheet, name_of
from contract.history.models import ChangeEntry
from contract.models.base import MASKED_FIELDS, watched
from kit.database.fields import EncryptedTextField

ENTRIES_AT_MOST = 5000


def log_extract(wanted: Mapping[str, set[int]]) -> Sheet:
    """The entries about these rows (primary keys by label), with their place in the chain."""
    matching = Q()
    for label, pks in sorted(wanted.items()):
        matching |= Q(label=label, row_pk__in=sorted(pks))
    entries = ChangeEntry.objects.filter(matching).select_related("actor", "link").order_by("pk")
    header = [
        "链上序号",
        "日志编号",
        "时间",
        "实际写入时间",
        "操作人",
        "途径",
        "操作",
        "记录",
        "变更内容",
        "原文（含个人信息者不予摘录）",
        "条目摘要",
        "链哈希",
        "摘要算法",
    ]
    rows = [_entry(entry) for entry in entries[:ENTRIES_AT_MOST]]
    if len(rows) == ENTRIES_AT_MOST and (left := entries.count() - ENTRIES_AT_MOST):
        rows.append((f"……另有 {left} 条未列出",))
    return Sheet("", "08-变更日志摘录", "变更日志摘录", header, rows)


def _entry(entry: ChangeEntry) -> tuple[Any, ...]:
    link = getattr(entry, "link", None)
    model = watched().get(entry.label)
    return (
        link.sequence if link else "（未封存）",
        entry.pk,
        entry.at,
        entry.written_at,
        name_of(entry.actor),
        entry.get_route_display(),
        entry.get_kind_display(),
        wording.title(entry),
        _changes(entry),
        "" if _is_personal(model) else entry.changes,
        link.digest if link else "",
        link.hash if link else "",
        link.get_algorithm_display() if link else "",
    )


def _changes(entry: ChangeEntry) -> str:
    if _is_personal(watched().get(entry.label)):
        return "；".join(name for name, _old, _new in wording.changes(entry))
    return "；".join(f"{name}：{old} → {new}" if old else f"{name}：{new}" for name, old, new in wording.changes(entry))


def _is_personal(model: Any) -> bool:
    """Whether rows hold what is sealed, or how to reach a person."""
    return model is not None and any(
        isinstance(column, EncryptedTextField) or column.name in MASKED_FIELDS for column in model._meta.concrete_fields
    )
