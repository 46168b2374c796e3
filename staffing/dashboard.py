"""What the home page says of people: on post today and this month, gaps, demands."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from contract.admin.charts import Bar, Stretch, bar_chart, burn_chart, time_line
from contract.admin.display import days_left, query_of, state
from contract.choices import Outcome
from contract.dashboard import ROWS_SHOWN, Board, register_number, register_section
from contract.selectors.readiness import lacking
from staffing import selectors
from staffing.models import Assignment, ReplacementDemand
from staffing.rules.facts import DemandFact
from staffing.rules.on_post import forecast_on
from staffing.rules.presence import Span
from staffing.rules.replacement import replacement
from staffing.selectors.boards import MonthRate
from staffing.selectors.facts import demand_fact

MARGIN = timedelta(days=3)
TONES = {Outcome.MET: "good", Outcome.NOT_MET: "bad", Outcome.PENDING: "calm", Outcome.AT_RISK: "warn"}
OF_POSTS = ("headcount", "on_post_floor_percent")


MANNED = Exists(Assignment.objects.filter(contract=OuterRef("pk"), withdrawn_on__isnull=True))
register_number("is_manned", MANNED)
lacking(
    "manned", MANNED, gettext_lazy("No assignment is on record: all posts are unproven. Take in the list of people.")
)


@register_section("staffing.on_post", template="admin/dashboard/on_post.html", order=10, reads="staffing.view_staffday")
def on_post(board: Board) -> Mapping[int, Any]:
    """How many are on post today, and what is left of this month's budget of absences."""
    ids = _complete(board, *OF_POSTS)
    today = selectors.on_post_today(ids, board.as_of, board.batch)
    months = selectors.month_rates(ids, board.as_of, board.batch)
    return {
        contract.pk: {
            "today": today.get(contract.pk),
            "month": _month(months.get(contract.pk, []), board.as_of),
            "chart": _year_chart(contract.pk, months.get(contract.pk, [])),
            "unmanned": not contract.is_manned,  # type: ignore[attr-defined]
            "lacking": contract.pk not in ids and board.as_of <= contract.last_day,
        }
        for contract in board.contracts
    }


@register_section("staffing.gaps", template="admin/dashboard/gaps.html", order=20, reads="staffing.view_gap")
def gaps(board: Board) -> Mapping[int, Any]:
    """Posts that stand empty, with the days left to make them good, the most urgent first."""
    today = selectors.on_post_today(_complete(board, *OF_POSTS), board.as_of, board.batch)
    found: dict[int, dict[str, Any]] = {
        pk: {"rows": [], "lines": [], "total": 0, "unfilled": today[pk].unfilled if pk in today else 0}
        for pk in board.ids
    }
    for item in selectors.open_gaps(board.ids, board.as_of, board.batch):
        data = found[item.gap.contract_id]
        data["total"] += 1
        if len(data["rows"]) < ROWS_SHOWN:
            last = item.deadline.last_day
            data["rows"].append({"gap": item.gap, "last": last, "left": days_left(last, board.as_of)})
            data["lines"].append(_gap_line(item))
    for data in found.values():
        lines = data["lines"]
        if lines:
            first = min(line.first for line in lines) - MARGIN
            last = max(board.as_of, *(line.due_on for line in lines)) + MARGIN
            data["chart"] = time_line(gettext("Open gaps and the last day of each"), lines, first, last, board.as_of)
    return found


@register_section(
    "staffing.demands", template="admin/dashboard/demands.html", order=25, reads="staffing.view_replacementdemand"
)
def demands(board: Board) -> Mapping[int, Any]:
    """Demands to replace a person that still run, with their last day."""
    found: dict[int, dict[str, Any]] = {pk: {"rows": [], "total": 0} for pk in board.ids}
    running = list(
        ReplacementDemand.objects.filter(contract_id__in=board.ids, withdrawn_on__isnull=True, replaced_by__isnull=True)
        .select_related("assignment__operator", "replaced_by")
        .order_by("sent_at", "pk")
    )
    due = _replacement_days(board, running)
    for demand in running:
        data = found[demand.contract_id]
        data["total"] += 1
        if len(data["rows"]) < ROWS_SHOWN:
            last = due.get(demand.pk)
            data["rows"].append({"demand": demand, "last": last, "left": days_left(last, board.as_of)})
    return found


def _complete(board: Board, *needed: str) -> list[int]:
    """The contracts that give the figures which a section needs."""
    return [
        pk
        for pk, facts in board.facts.items()
        if all(facts.terms.row(facts.starts_on, key) is not None for key in needed)
    ]


def _month(months: list[MonthRate], as_of: date) -> dict[str, Any] | None:
    """This month's budget: spent, left, and the day on which it runs out at this pace."""
    month = months[-1] if months and months[-1].last >= as_of else None
    if month is None:
        return None
    spent = month.tally.absent
    runs_out_on = forecast_on(Span(month.first, month.last), as_of, spent, month.budget)
    return {
        "first": month.first,
        "rate": month.tally.rate(),
        "floor": f"{month.floor.normalize():f}%",
        "mark": state(month.outcome, month.outcome.label),
        "spent": spent,
        "budget": month.budget,
        "spent_worst": spent + month.tally.unproven,
        "left": month.left,
        "over": max(-month.left, 0),
        "unproven": month.tally.unproven,
        "runs_out_on": runs_out_on,
        "chart": burn_chart(
            gettext("Person-days left of this month's budget, day by day"),
            list(Span(month.first, month.last).days()),
            [month.budget - spent for spent in month.spent],
            month.budget,
            runs_out_on,
        ),
        "bar": min(100 * spent // month.budget, 100) if month.budget else 100 * bool(spent),
    }


def _year_chart(contract_id: int, months: list[MonthRate]) -> SafeString:
    """The months as bars of missing person-days, each against what it allows."""
    page = reverse("admin:staffing_attendance_sheet")
    bars = [
        Bar(
            label=f"{month.first:%y-%m}",
            value=month.tally.absent,
            text=month.tally.rate() if "–" not in month.tally.rate() else f"{month.tally.absent}?",
            tone=TONES.get(month.outcome, "open"),
            mark=month.budget,
            url=f"{page}?{query_of(contract=contract_id, month=f'{month.first:%Y-%m}')}",
            title=gettext("%(month)s: %(rate)s, %(spent)d of %(budget)d person-days used")
            % {
                "month": f"{month.first:%Y-%m}",
                "rate": month.tally.rate(),
                "spent": month.tally.absent,
                "budget": month.budget,
            },
        )
        for month in months[-12:]
    ]
    return bar_chart(gettext("Person-days not in place by month, and what each month allows"), bars)


def _gap_line(item: Any) -> Stretch:
    gap, last = item.gap, item.deadline.last_day
    return Stretch(
        name=f"{gap.operator.name} {gap.get_cause_display()}",
        text=gap.get_cause_display(),
        first=gap.opened_on,
        last=None,
        tone="bad" if item.days_left < 0 else "warn",
        due_on=last,
        url=reverse("admin:staffing_gap_change", args=[gap.pk]),
    )


def _replacement_days(board: Board, running: list[ReplacementDemand]) -> dict[int, date]:
    """The last day of each of these demands that has arrived."""
    facts: defaultdict[int, list[DemandFact]] = defaultdict(list)
    for demand in running:
        if demand.arrived_at is not None:
            facts[demand.contract_id].append(demand_fact(demand))
    return {
        finding.subject.pk: finding.legal_due_on or finding.nominal_due_on
        for pk in _complete(board, "replacement_days")
        for finding in replacement(board.facts[pk], facts[pk], board.as_of, board.batch.calendar)
        if finding.nominal_due_on is not None
    }
