"""The indicators of an acceptance, or of a year: targets and measured figures out of recorded assessments.

Nothing is measured here. What the checks found for the period is put into rows that a group can
read: each window of a rate by itself, every other duty by how many of its cases were met.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from contract.choices import Outcome
from law.money import half_up

RATES = ("staffing.on_post_rate", "contract.service_level")
ORDER = (Outcome.NOT_MET, Outcome.UNDETERMINED, Outcome.AT_RISK, Outcome.PENDING, Outcome.EXCUSED, Outcome.MET)


@dataclass(frozen=True)
class Found:
    """A recorded finding of the period, and whether people confirmed a breach upon it."""

    check_id: str
    title: str
    clause: str
    outcome: str
    measured: str
    required: str
    start: date | None
    end: date | None
    subject: str
    is_breach: bool = False
    is_waived: bool = False


def rows(
    found: Iterable[Found], labels: dict[str, str], places: Mapping[str, int], *, by_window: bool = True
) -> list[dict[str, Any]]:
    """The indicators in the order of the contract (`places` of its clauses); `labels` names the outcomes.

    `by_window`: each window of a rate by itself, else how many of its windows were met: a year is one row.
    """
    groups: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for one in found:
        groups[one.check_id, one.clause].append(one)
    result: list[dict[str, Any]] = []
    for (check_id, clause), group in sorted(
        groups.items(), key=lambda item: (places.get(item[0][1], len(places)), item[0])
    ):
        if check_id in RATES:
            windows = sorted(group, key=lambda one: (one.subject, one.start or date.min))
            if by_window:
                result += [_window(one, clause, labels) for one in windows]
                continue
            for _subject, own in groupby(windows, key=lambda one: one.subject):
                result.append(_over_all(list(own), clause, labels))
        else:
            result.append(_counted(check_id, clause, group, labels))
    return result


def _window(one: Found, clause: str, labels: dict[str, str]) -> dict[str, Any]:
    return {
        "check_id": one.check_id,
        "clause": clause,
        # The rate of a contract as a whole is named by its duty, an indicator of the service by itself.
        "title": one.title if one.check_id == RATES[0] else f"{one.title}：{one.subject}",
        "start": one.start,
        "end": one.end,
        "target": one.required if one.required.startswith(("≥", "≤")) else f"不低于 {one.required}",
        "measured": one.measured,
        "outcome": one.outcome,
        "result": labels[one.outcome],
        "breaches": int(one.is_breach),
        "remark": _remark([one]),
    }


def _over_all(own: list[Found], clause: str, labels: dict[str, str]) -> dict[str, Any]:
    """All windows of a rate: its name and target, and how many were met."""
    newest = _window(own[-1], clause, labels)
    counted = _counted(own[0].check_id, clause, own, labels)
    return counted | {"title": newest["title"], "target": newest["target"]}


def _counted(check_id: str, clause: str, group: list[Found], labels: dict[str, str]) -> dict[str, Any]:
    met = sum(one.outcome in (Outcome.MET, Outcome.EXCUSED) for one in group)
    decided = sum(one.outcome not in (Outcome.PENDING,) for one in group)
    worst = min(group, key=lambda one: ORDER.index(Outcome(one.outcome))).outcome
    return {
        "check_id": check_id,
        "clause": clause,
        "title": group[0].title,
        "start": None,
        "end": None,
        "target": "逐项履行",
        "measured": f"{met}／{decided} 项已履行",
        "outcome": worst,
        "result": labels[worst],
        "breaches": sum(one.is_breach for one in group),
        "remark": _remark(group),
    }


def _remark(group: list[Found]) -> str:
    parts = []
    if breaches := sum(one.is_breach for one in group):
        parts.append(f"已认定违约 {breaches} 项")
    if waived := sum(one.is_waived for one in group):
        parts.append(f"豁免或不予认定 {waived} 项")
    if unclear := sum(one.outcome == Outcome.UNDETERMINED for one in group):
        parts.append(f"资料不全无法认定 {unclear} 项")
    if pending := sum(one.outcome == Outcome.PENDING for one in group):
        parts.append(f"期限未到 {pending} 项")
    return "；".join(parts)


def score(rows: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """Points of 100 weighted by (weight, points), half up to two decimals."""
    weighted = sum((weight * points for weight, points in rows), Decimal(0))
    return half_up(weighted / 100)
