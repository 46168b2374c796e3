"""The rows of every table as the program knew them at an instant, out of the change log."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q

from contract.history.content import GONE, Values, columns, from_set, made, set_key
from contract.history.models import ChangeEntry
from contract.history.verification import folded
from contract.models.base import history_of, watched
from kit.database.fields import EncryptedTextField
from law.periods import BEIJING

# What no check reads: the program's own notes about evaluations and messages.
NOT_READ = frozenset(
    {
        "contract.AlertEvent",
        "contract.EvaluationRun",
        "contract.RulesVersion",
        "staffing.AttendanceBatch",
        "staffing.AttendanceChange",
    }
)


def end_of(day: date) -> datetime:
    """The instant at which a Beijing day is over."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=BEIJING)


def rows_known(contract_ids: Sequence[int], before: datetime) -> dict[Any, list[Any]]:
    """The rows of each model as the log has them before an instant, of these contracts and of
    what belongs to no contract (a few queries, however many rows)."""
    models = {label: m for label, m in watched().items() if label not in NOT_READ}
    entries = (
        ChangeEntry.objects.filter(label__in=models, at__lt=before)
        .filter(Q(contract_pk__in=contract_ids) | Q(contract_pk=None))
        .order_by("pk")
    )
    states: dict[str, dict[Any, Values]] = defaultdict(dict)
    versions: dict[str, dict[int, int]] = defaultdict(dict)
    fields = ("label", "row_pk", "kind", "history_pk", "changes")
    for label, pk, kind, history_pk, changes in entries.values_list(*fields).iterator(2000):
        if key := set_key(models[label]):
            for row in from_set(changes):
                number = tuple(row[name] for name in key)
                if GONE in changes:
                    states[label].pop(number, None)
                else:
                    states[label][number] = row
            continue
        state = folded(states[label].get(pk), kind, changes)
        if state is None:
            states[label].pop(pk, None)
        else:
            states[label][pk] = state
            versions[label][pk] = history_pk or 0
    return {model: list(_rows(model, states[label], versions[label])) for label, model in models.items()}


def _rows(model: Any, states: Mapping[Any, Values], versions: Mapping[int, int]) -> Iterable[Any]:
    key = model._meta.pk.attname
    if set_key(model):
        for number, state in enumerate(states.values(), start=1):
            yield made(model, {**state, key: number})
        return
    secret = [field.attname for field in columns(model) if isinstance(field, EncryptedTextField)]
    sealed = _sealed(model, secret, versions.values()) if secret else {}
    for pk, state in states.items():
        if len(state) < len(columns(model)) and key not in state:
            continue  # known only by a later change: its beginning bears a later instant
        row = made(model, state)
        for name, value in sealed.get(versions[pk], {}).items():
            setattr(row, name, value)
        yield row


def _sealed(model: Any, secret: Sequence[str], history_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Encrypted values stand in the history only (one query)."""
    history: Any = history_of(model)
    if history is None:
        return {}
    found = history.objects.filter(history_id__in=list(history_ids))
    return {row.history_id: {name: getattr(row, name) for name in secret} for row in found}
