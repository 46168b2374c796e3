"""Seats against demand: the rota of a week beside the calls that are expected."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contract.admin.charts import step_chart
from contract.admin.pages import ContractPages
from contract.models import Contract
from hotline.models import Platform
from hotline.rules.ahead import WEEKS, DayAhead, week
from hotline.rules.facts import ServiceFacts
from hotline.rules.level import clock
from hotline.selectors import service
from kit import clock as now
from staffing.rules.presence import Span
from staffing.selectors.sheets import RotaSheet, rota_sheet

SHARE_PLANNED = 0.8
ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(weeks=1)
NAMED = 40


class DemandPage(ContractPages):
    """The page, for the admin of the days of the service."""

    page_permission = "hotline.view_serviceday"

    def get_urls(self) -> list[URLPattern]:
        site: Any = self.admin_site  # type: ignore[attr-defined]
        own = path("demand/", site.admin_view(self.demand_view), name="hotline_serviceday_demand")
        return [own, *super().get_urls()]  # type: ignore[misc]

    def demand_view(self, request: HttpRequest) -> HttpResponse:
        contract, offered = self.chosen(request)
        context: dict[str, Any] = {"title": _("Seats against demand"), "offered": offered}
        if contract is not None:
            first = _monday(request, contract)
            facts = service([contract.pk])[contract.pk]
            share, seconds, agreed = _agreed(contract, facts)
            ahead = week(
                facts,
                [first + n * ONE_DAY for n in range(7)],
                _seats_of(rota_sheet(contract, _life(contract, first), now.today())),
                before=min(first, now.today()),
                share=share,
                answer_seconds=seconds,
            )
            halves = [(day, half, one) for day in ahead for half, one in enumerate(day.halves)]
            context |= {
                "week": {"first": first, "last": first + 6 * ONE_DAY, **_weeks(contract, first)},
                "charts": [_chart(day) for day in ahead],
                "short": list(_short(ahead))[:NAMED],
                "spare": sum(one.spare for _day, _half, one in halves) / 2,
                "missing": sum(one.short for _day, _half, one in halves) / 2,
                "looked": bool(halves),
                "past": WEEKS,
                "late": sum(one.late for _day, _half, one in halves),
                "lost": sum(one.lost for _day, _half, one in halves),
                "dearest": max(halves, key=lambda one: one[2].late, default=None),
                "share": f"{share:.0%}",
                "seconds": seconds,
                "agreed": agreed,
            }
            if context["dearest"]:
                day, half, one = context["dearest"]
                context["dearest"] = (day.day, clock(half), one.late)
        return self.page(request, "admin/hotline/demand.html", context, contract)


def _monday(request: HttpRequest, contract: Contract) -> date:
    """The Monday of the week asked for, else of next week, else of the last one of the contract."""
    try:
        wanted = date.fromisoformat(request.GET.get("week") or str(min(now.today() + ONE_WEEK, contract.last_day)))
    except ValueError:
        raise Http404 from None
    first = wanted - timedelta(days=wanted.weekday())
    if first > contract.last_day or first + 6 * ONE_DAY < contract.starts_on:
        raise Http404
    return first


def _life(contract: Contract, first: date) -> Span:
    return Span(max(first, contract.starts_on), min(first + 6 * ONE_DAY, contract.last_day))


def _weeks(contract: Contract, first: date) -> dict[str, date | None]:
    before, after = first - ONE_WEEK, first + ONE_WEEK
    return {
        "before": before if before + 6 * ONE_DAY >= contract.starts_on else None,
        "after": after if after <= contract.last_day else None,
    }


def _seats_of(rota: RotaSheet) -> dict[date, list[int]]:
    """The fewest on the rota in each half hour of the days that have a rota."""
    return {
        day: [maybe for _sure, maybe in own]
        for day, (own, _least) in zip(rota.days, rota.coverage, strict=True)
        if any(maybe for _sure, maybe in own)
    }


def _agreed(contract: Contract, facts: ServiceFacts) -> tuple[float, int, bool]:
    """The share to be answered in time, in how many seconds, and whether both sides have confirmed it."""
    platform = Platform.objects.filter(contract=contract, withdrawn_on=None).exclude(layout="seats").first()
    seconds = platform.answer_seconds if platform else 15
    for one in facts.indicators:
        if one.floor is not None and one.floor < 100 and "answered_in_time" in one.names():
            return float(one.floor) / 100, seconds, one.confirmed
    return SHARE_PLANNED, seconds, False


def _chart(day: DayAhead) -> tuple[date, SafeString | str]:
    """A picture of the day: the seats of the rota as an area, those needed as a line, what is lacking marked."""
    if not day.halves:
        return day.day, ""
    titles = [
        gettext("%(from)s: %(calls).1f calls expected, %(needed)d seats needed, %(planned)d on the rota")
        % {"from": clock(half), "calls": one.calls, "needed": one.needed, "planned": one.planned}
        for half, one in enumerate(day.halves)
    ]
    label = gettext("Seats needed and planned on %(day)s") % {"day": day.day}
    have, need = [one.planned for one in day.halves], [one.needed for one in day.halves]
    return day.day, step_chart(label, have, need, titles)


def _short(ahead: Iterable[DayAhead]) -> Iterable[tuple[date, str, str, int]]:
    for day in ahead:
        for start, end, number in day.stretches():
            yield day.day, clock(start), clock(end) if end < 48 else "24:00", number
