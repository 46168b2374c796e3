"""What `evaluate --known-on` prints: recorded then, replayed then, now, and what came later."""

import json
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from contract.history import wording
from contract.history.replay.comparison import Arrival, Comparison, Line, View
from kit.terminal.tables import table

SHOWN = 60


def as_text(comparison: Comparison) -> str:
    """Tables for a terminal."""
    parts = [_rules(comparison)]
    differing = comparison.differing
    if differing:
        header = [_("Check"), _("Subject"), _("Recorded then"), _("Replayed then"), _("Now"), _("Reason of the change")]
        parts.append(table(header, [_row(line) for line in differing[:SHOWN]]))
    parts.append(
        _("%(count)d findings, %(data)d changed by data, %(rules)d by rules.")
        % {
            "count": len(comparison.lines),
            "data": sum(line.data_changed for line in comparison.lines),
            "rules": sum(line.rules_changed for line in comparison.lines),
        }
    )
    if comparison.arrivals:
        header = [_("At"), _("By"), _("Route"), _("Record"), _("Changes")]
        rows = [_arrival(arrival) for arrival in comparison.arrivals[:SHOWN]]
        parts.append(_("Arrived or changed after %(day)s:") % {"day": comparison.known_on})
        parts.append(table(header, rows))
    left = comparison.arrivals_left_out + max(len(comparison.arrivals) - SHOWN, 0)
    if left:
        parts.append(_("… and %(count)d more") % {"count": left})
    return "\n".join(parts)


def as_json(comparisons: dict[str, Comparison]) -> str:
    """The same for programs, by the contract's number."""
    return json.dumps(
        {number: _plain(comparison) for number, comparison in comparisons.items()}, ensure_ascii=False, indent=1
    )


def _rules(comparison: Comparison) -> str:
    if comparison.rules_then is None:
        return _("No evaluation was on record then. Rules now: %(now)s.") % {"now": comparison.rules_now}
    if comparison.same_rules:
        return _("The rules are those of then: %(now)s.") % {"now": comparison.rules_now}
    return _("Rules then %(then)s, now %(now)s; changed: %(files)s.") % {
        "then": comparison.rules_then.code,
        "now": comparison.rules_now,
        "files": ", ".join(comparison.changed_files) or "–",
    }


def cause(line: Line) -> str:
    """What made then and now differ."""
    parts = []
    if line.data_changed:
        parts.append(_("data"))
    if line.rules_changed:
        parts.append(_("rules"))
    return " + ".join(parts)


def _row(line: Line) -> list[str]:
    views = [_view(view) for view in (line.recorded, line.then, line.now)]
    return [line.title, line.subject, *views, cause(line)]


def _view(view: View | None) -> str:
    return f"{view.label} {view.measured}".strip() if view is not None else "–"


def _arrival(arrival: Arrival) -> list[str]:
    entry = arrival.entry
    who = entry.actor.get_full_name() or entry.actor.get_username() if entry.actor else "–"
    said = "; ".join(f"{name} {old} → {new}" if old else f"{name} {new}" for name, old, new in arrival.changes[:4])
    when = f"{localtime(entry.at):%Y-%m-%d %H:%M}"
    return [when, who, entry.get_route_display(), wording.title(entry), said]


def _plain(comparison: Comparison) -> dict[str, Any]:
    return {
        "as_of": comparison.as_of.isoformat(),
        "known_on": comparison.known_on.isoformat(),
        "rules_then": comparison.rules_then.code if comparison.rules_then else None,
        "rules_now": comparison.rules_now,
        "changed_files": comparison.changed_files,
        "findings": [
            {
                "check": line.check_id,
                "key": line.key,
                "subject": line.subject,
                "recorded": _plain_view(line.recorded),
                "then": _plain_view(line.then),
                "now": _plain_view(line.now),
                "data_changed": line.data_changed,
                "rules_changed": line.rules_changed,
            }
            for line in comparison.lines
        ],
        "arrivals": [
            {
                "at": arrival.entry.at.isoformat(),
                "route": arrival.entry.route,
                "label": arrival.entry.label,
                "pk": arrival.entry.row_pk,
                "changes": [list(change) for change in arrival.changes],
            }
            for arrival in comparison.arrivals
        ],
        "arrivals_left_out": comparison.arrivals_left_out,
        "errors": comparison.errors,
    }


def _plain_view(view: View | None) -> dict[str, str] | None:
    if view is None:
        return None
    return {"outcome": view.outcome.value, "measured": view.measured}
