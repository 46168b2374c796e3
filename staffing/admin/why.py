"""Why a window of the on-post rate stands as it does: persons, person-days, days, and what would have to happen."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from contract.admin.base import Part
from contract.admin.cases.alerts import AlertAdmin
from contract.admin.charts import Bar, bar_chart
from contract.admin.display import query_of
from contract.choices import Outcome
from contract.models import Alert
from staffing.admin.sheets import share_line, sum_of
from staffing.rules.ledger import Tally
from staffing.rules.on_post import CHECK
from staffing.rules.presence import Span
from staffing.selectors.sheets import Sheet, sheet


class WhyPart(Part):
    """On the page of an alert of the rate, for who may read the attendance."""

    def context(self, request: HttpRequest, row: Alert) -> dict[str, Any]:
        now = row.assessment
        if row.check_id != CHECK or now.period_start is None or not request.user.has_perm("staffing.view_attendance"):
            return {}
        span = Span(now.period_start, now.period_end or now.period_start)
        return {"why": explain(sheet(row.contract, span, now.as_of), Outcome(row.outcome), now.figures)}


AlertAdmin.parts.append(WhyPart)


def explain(found: Sheet, outcome: Outcome, figures: dict[str, Any]) -> dict[str, Any]:
    """What the section shows; `figures` are those of the finding."""
    pk = found.facts.pk
    rows = found.shares()
    days = list(found.ledger.by_day(found.span.first, min(found.span.last, found.batch.as_of)))
    tally = sum((one for _day, one in days), Tally())
    return {
        "template": "admin/attendance/why.html",
        "shares": [share_line(share, pk) for share in rows],
        "sum_of": sum_of(rows),
        "tally": tally,
        "chart": days_chart(pk, days),
        "must": what_must_happen(outcome, tally, figures),
        "is_old": figures.get("spent") not in (None, tally.absent),
        "sheet": reverse("admin:staffing_attendance_sheet")
        + f"?{query_of(contract=pk, month=f'{found.span.first:%Y-%m}')}",
    }


def days_chart(contract_id: int, days: list[tuple[date, Tally]]) -> SafeString:
    """How many were missing on each day; a click opens the day."""
    page = reverse("admin:staffing_attendance_day")
    bars = [
        Bar(
            label=str(day.day) if day.day % 2 or len(days) < 16 else "",
            value=tally.absent + tally.unproven,
            text=(str(tally.absent or "") + ("?" if tally.unproven else "")),
            tone="open" if tally.unproven else "bad",
            url=f"{page}?{query_of(contract=contract_id, day=day)}",
            title=gettext("%(day)s: %(now)d of %(owed)d in place")
            % {"day": day, "now": tally.now, "owed": tally.required},
        )
        for day, tally in days[-92:]
    ]
    return bar_chart(gettext("Person-days not in place, day by day"), bars)


def what_must_happen(outcome: Outcome, tally: Tally, figures: dict[str, Any]) -> str:
    """What would have to happen for the window to pass, in a sentence."""
    budget, left = int(figures.get("budget", 0)), int(figures.get("budget", 0)) - tally.absent
    named = {"budget": budget, "over": -left, "left": left, "spent": tally.absent, "unproven": tally.unproven}
    if outcome == Outcome.NOT_MET:
        return (
            gettext(
                "Allowed are %(budget)d person-days, %(over)d fewer than are missing. Full attendance on the days "
                "left would not mend it: the window passes only if at least %(over)d of these person-days are proven "
                "to be in place, or leave the count by an excuse that two people approve."
            )
            % named
        )
    if outcome == Outcome.UNDETERMINED:
        named["needed"] = max(0, tally.absent + tally.unproven - budget)
        return (
            gettext(
                "The window passes if at least %(needed)d of the %(unproven)d person-days that are not proven turn "
                "out to be in place: the vendor is asked for proof of them."
            )
            % named
        )
    if outcome in (Outcome.AT_RISK, Outcome.PENDING):
        named["ahead"] = int(figures.get("required", 0)) - tally.required
        return (
            gettext(
                "The window passes if no more than %(left)d of the %(ahead)d person-days still to come are missing."
            )
            % named
        )
    return gettext("The window has passed with %(left)d person-days to spare.") % named
