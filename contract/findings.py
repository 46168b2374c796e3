"""What a check says: pure data, made by rules, kept by services.

A finding carries its wording as a message id with parameters, so that the office reads it in
Chinese, an English reader in English, and a recorded finding can be reworded without being
re-evaluated.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from contract.choices import Outcome, Side


@dataclass(frozen=True)
class Message:
    """A translatable sentence: `Message(_("%(days)d days left"), days=3)`.

    Mark the msgid with gettext_noop so that it reaches the catalogue. Parameters are JSON values,
    or a message within the message.
    """

    msgid: str
    params: Mapping[str, Any]

    def __init__(self, msgid: str, **params: Any) -> None:
        object.__setattr__(self, "msgid", msgid)
        object.__setattr__(self, "params", {key: _plain(value) for key, value in params.items()})

    def __str__(self) -> str:
        if not self.msgid:
            return ""
        return gettext(self.msgid) % {key: _spoken(value) for key, value in self.params.items()}


@dataclass(frozen=True)
class Subject:
    """What a finding is about: a row of any app, named without importing it."""

    label: str
    pk: int
    name: str = ""


@dataclass(frozen=True)
class Evidence:
    """A row that the finding rests on, and what it shows."""

    label: str
    pk: int | None
    text: str


REASONS = {
    "rolled_rest_day": _("moved off a rest day"),
    "rolled_statutory_holiday": _("moved off a statutory holiday"),
    "second_clock": _("the last of several clocks"),
    "two_readings": _("two readings, neither confirmed"),
    "sme_limit": _("at most 60 days to a small or medium enterprise"),
    "lost_days": _("longer by the days lost to force majeure"),
    "safe_day": _("the safe day lies before the last arguable one"),
    "decision_lead": _("the decision is asked for some time before the end"),
}
"""Why a legal last day is not the nominal one, by the code that a finding carries."""


def reasons_of(figures: Mapping[str, Any]) -> list[str]:
    """The finding's own reasons for its legal last day, in the reader's language; none where it gives none."""
    codes = [*(figures.get("reasons") or ()), *(figures.get("calendar") or ())]
    return [gettext(REASONS[code]) for code in dict.fromkeys(codes) if code in REASONS]


# Parts of a finding that change with every day and are not recorded.
OF_THE_DAY = frozenset({"today", "note"})


@dataclass(frozen=True)
class Finding:
    """One statement about one duty, one subject and one period, as of a day.

    `measured` and `required` are the two figures a reader compares, in writing ("97.92%",
    "98%"); `figures` holds everything behind them. `key` tells apart findings of one check:
    the subject and the first day of the period (or, where there is none, nothing more).

    `owed_by` names the side of this one duty where the check speaks of both sides. `done_on` is
    the day on which a duty was performed after its due date, so that an excuse can tell whether
    it covers the delay; None while it is still open.

    What only counts the days to or from a date (days late, interest so far) is no finding of its
    own: it stands in `today`, its sentence in `note`, and neither is recorded. What is late and
    still open has `late_since` among its figures, from which a page counts (docs/decisions/0016).
    """

    check_id: str
    contract_id: int
    outcome: Outcome
    subject: Subject
    message: Message
    period: tuple[date, date] | None = None
    nominal_due_on: date | None = None
    legal_due_on: date | None = None
    measured: str = ""
    required: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    owed_by: Side | None = None
    done_on: date | None = None
    today: Mapping[str, Any] = field(default_factory=dict)
    note: Message | None = None

    @property
    def sentence(self) -> str:
        """The message, with what the day adds to it."""
        if self.note is None:
            return str(self.message)
        return gettext("%(finding)s %(note)s") % {"finding": self.message, "note": self.note}

    @property
    def key(self) -> str:
        start = self.period[0].isoformat() if self.period else ""
        return f"{self.subject.label}:{self.subject.pk}:{start}"

    @cached_property
    def fingerprint(self) -> str:
        """Equal for equal content: an assessment is new only when this changes.

        What follows from the day alone is left out, so that a night on which nothing else changed
        writes nothing.
        """
        recorded = {name: _plain(getattr(self, name)) for name in _parts(Finding) if name not in OF_THE_DAY}
        content = json.dumps(recorded, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """JSON values only: dates as ISO text, numbers that are not int as text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if names := _parts(type(value)):  # a message, a subject, evidence; not copied as asdict would
        return {name: _plain(getattr(value, name)) for name in names}
    return str(value)


def _parts(kind: Any) -> tuple[str, ...]:
    """The fields of a dataclass; none of another class."""
    found = _known_parts.get(kind)
    if found is None:
        found = _known_parts[kind] = tuple(part.name for part in fields(kind)) if is_dataclass(kind) else ()
    return found


_known_parts: dict[Any, tuple[str, ...]] = {}


def _spoken(value: Any) -> Any:
    """A parameter as it is read: a message within the message is translated like any other."""
    if isinstance(value, Mapping) and set(value) == {"msgid", "params"}:
        return str(Message(value["msgid"], **value["params"]))
    return value


plain = _plain


def restored(kept: Mapping[str, Any]) -> Finding:
    """The finding that `plain` has turned into JSON values; what holds for one day only is not in it."""

    def day(name: str) -> date | None:
        return date.fromisoformat(kept[name]) if kept[name] else None

    return Finding(
        check_id=kept["check_id"],
        contract_id=kept["contract_id"],
        outcome=Outcome(kept["outcome"]),
        subject=Subject(**kept["subject"]),
        message=Message(kept["message"]["msgid"], **kept["message"]["params"]),
        period=(date.fromisoformat(kept["period"][0]), date.fromisoformat(kept["period"][1]))
        if kept["period"]
        else None,
        measured=kept["measured"],
        required=kept["required"],
        figures=kept["figures"],
        evidence=tuple(Evidence(**one) for one in kept["evidence"]),
        owed_by=Side(kept["owed_by"]) if kept["owed_by"] else None,
        nominal_due_on=day("nominal_due_on"),
        legal_due_on=day("legal_due_on"),
        done_on=day("done_on"),
    )
