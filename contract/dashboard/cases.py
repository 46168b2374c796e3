"""The home page's first tile: what waits for the person who reads it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from contract.admin.cases.alerts import WAITING
from contract.admin.cases.display import HOLDERS
from contract.admin.display import badge, days_left
from contract.choices import Step
from contract.dashboard import Board, register_section
from contract.selectors import cases

READ = 500
VERBS = {
    Step.NOTIFY: _("Tell the vendor"),
    Step.EXTENSION: _("Decide on more time"),
    Step.PROPOSE: _("Propose a decision"),
    Step.DECIDE: _("Decide as the second person"),
    Step.CLOSE: _("Close the case"),
}


@register_section("contract.mine", template="admin/dashboard/mine.html", order=5, reads="contract.view_alert")
def mine(board: Board) -> Mapping[int, Any]:
    """Steps of cases that this person may take, with the first day on which one is due.

    One query; of very many cases the oldest are read.
    """
    rows = [alert for alert in board.alerts if alert.is_mine]  # type: ignore[attr-defined]
    balls = cases.balls(rows[:READ], board.as_of, board.batch)
    labels = dict(WAITING)
    found: dict[int, dict[Step, dict[str, Any]]] = {pk: {} for pk in board.ids}
    for alert in rows[:READ]:
        ball = balls[alert.pk]
        if ball.step not in labels:
            continue
        line = found[alert.contract_id].setdefault(
            ball.step,
            {
                "step": ball.step.value,
                "mark": badge(*HOLDERS[ball.holder], labels[ball.step]),
                "count": 0,
                "over": 0,
                "due_on": None,
                "first": alert.pk,
                "verb": VERBS[ball.step],
            },
        )
        line["count"] += 1
        line["over"] += ball.is_over(board.as_of)
        if ball.due_on is not None and (line["due_on"] is None or ball.due_on < line["due_on"]):
            line["due_on"], line["first"] = ball.due_on, alert.pk
    for steps in found.values():
        for line in steps.values():
            line["left"] = days_left(line["due_on"], board.as_of)
    return {
        pk: {"rows": [steps[step] for step, _label in WAITING if step in steps], "has_more": len(rows) > READ}
        for pk, steps in found.items()
    }
