"""The service on one page: a month with its indicators and half hours, and a year."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contract import selectors as core
from contract.admin.charts import Bar, bar_chart
from contract.admin.display import state
from contract.admin.pages import ContractPages
from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Finding
from contract.models import Contract
from contract.selectors.excuses import claimed
from contract.terms import POLICIES
from hotline.models import Indicator
from hotline.rules.facts import Count, IndicatorFacts, Reading, ServiceFacts, counted
from hotline.rules.level import chosen, clock, lost_days, service_level, target_of
from hotline.rules.picture import heat, means, rate_of
from hotline.selectors import a_year_before, service
from kit import clock as now
from law.calendar import Calendar
from law.periods import month_windows
from staffing.admin.sheets import head_cells, month_of
from staffing.rules.presence import Span

CONNECTION = Reading.of("of_all_entries", ("answered", "offered"))
# Below so many per cent a half hour is marked, and below so many more so; the target where there is one.
LOW, LOWER = 95, 80
ONE_DAY = timedelta(days=1)


class MonthPages(ContractPages):
    """The pages of the service, for the admin of its days."""

    page_permission = "hotline.view_serviceday"

    def get_urls(self) -> list[URLPattern]:
        site: Any = self.admin_site  # type: ignore[attr-defined]
        own = [
            path("month/", site.admin_view(self.month_view), name="hotline_serviceday_month"),
            path("year/", site.admin_view(self.year_view), name="hotline_serviceday_year"),
        ]
        return own + super().get_urls()  # type: ignore[misc]

    def month_view(self, request: HttpRequest) -> HttpResponse:
        """Indicators with their targets beside the month before and the year before, and half hours by days."""
        contract, offered = self.chosen(request)
        context: dict[str, Any] = {"title": _("The month of the service"), "offered": offered}
        if contract is not None:
            span, beside = month_of(request, contract)
            facts, own, calendar, findings, lost = _read(contract)
            own_months = month_windows(contract.starts_on, contract.last_day)
            before = next((one for one in own_months if one[1] == span.first - ONE_DAY), None)
            until = min(span.last, now.today())
            last_year = a_year_before(contract, span.first, span.last)
            context |= {
                "beside": beside,
                "rows": list(_rows(own, facts, findings, lost, span, until, before, last_year)),
                "known": means(facts, span.first, until),
                "earlier": means(facts, *before) if before else None,
                "last_year": means(*last_year) if last_year else None,
                "chart": _chart(facts, span),
                "heads": head_cells(span.days(), calendar),
                "heat": _heat(facts, span) if any(facts.days[d].halves for d in span.days() if d in facts.days) else "",
                "platform": facts.since,
            }
        return self.page(request, "admin/hotline/month.html", context, contract)

    def year_view(self, request: HttpRequest) -> HttpResponse:
        """Months by indicators, and every day of the year by its connection rate."""
        contract, offered = self.chosen(request)
        context: dict[str, Any] = {"title": _("The year of the service"), "offered": offered}
        if contract is not None:
            facts, own, _calendar, findings, lost = _read(contract)
            months = month_windows(contract.starts_on, contract.last_day)
            context |= {
                "months": months,
                "table": [
                    (
                        _title(one),
                        target_of(one) if one.floor is not None else "–",
                        list(_year(one, own, facts, findings, lost[one.pk], months)),
                    )
                    for one in facts.indicators
                ],
                "days": [(first, list(_days(contract, facts, first))) for first, _last in months],
                "numbers": range(1, 32),
            }
        return self.page(request, "admin/hotline/year.html", context, contract)


Lost = dict[int, frozenset[date]]
"""By the indicator the days that force majeure took."""


def _read(contract: Contract) -> tuple[ServiceFacts, ContractFacts, Calendar, dict[tuple[int, date], Finding], Lost]:
    """The facts of the service, the contract's readings, what the check says by indicator and window, days lost."""
    batch = core.batch_of(contract, now.today())
    (own,) = batch.contracts
    facts = service([contract.pk])[contract.pk]
    excuses = claimed(batch)
    found = service_level(own, facts, batch.calendar, batch.as_of, excuses)
    lost = {one.pk: lost_days(one, excuses, batch.as_of) for one in facts.indicators}
    return facts, own, batch.calendar, {(one.subject.pk, one.period[0]): one for one in found if one.period}, lost


def _title(indicator: IndicatorFacts) -> str:
    return Indicator(title=indicator.title, title_en=indicator.title_en).local_title


def _rows(
    own: ContractFacts,
    facts: ServiceFacts,
    findings: dict[tuple[int, date], Finding],
    lost: Lost,
    span: Span,
    until: date,
    before: tuple[date, date] | None,
    last_year: tuple[ServiceFacts, date, date] | None,
) -> Iterator[dict[str, Any]]:
    for one in facts.indicators:
        reading, agreed = chosen(own, one, span.first)
        finding = next(
            (f for (pk, _first), f in findings.items() if pk == one.pk and f.period and _touches(f.period, span)), None
        )
        names = POLICIES[one.policy].choices or {} if one.policy else {}
        yield {
            "title": _title(one),
            "target": target_of(one) if one.floor is not None else "–",
            "confirmed": one.confirmed,
            # What the check says, where it says something: a rate never stands against its verdict.
            "rate": finding.measured if finding else rate_of(facts, one, reading, span.first, until, lost=lost[one.pk]),
            "before": _before(facts, one, reading, findings, lost[one.pk], before),
            "last_year": rate_of(last_year[0], one, reading, *last_year[1:]) if last_year else "–",
            "state": state(finding.outcome, Outcome(finding.outcome).label) if finding else "",
            "sentence": finding.sentence if finding else "",
            "agreed": agreed,
            "readings": [
                (
                    names[key],
                    rate_of(facts, one, other, span.first, until, lost=lost[one.pk], with_counts=True),
                    key == reading.key,
                )
                for key, other in one.readings.items()
            ]
            if one.policy
            else [],
        }


def _before(
    facts: ServiceFacts,
    indicator: IndicatorFacts,
    reading: Reading,
    findings: dict[tuple[int, date], Finding],
    lost: frozenset[date],
    span: tuple[date, date] | None,
) -> str:
    if span is None:
        return "–"
    finding = findings.get((indicator.pk, span[0]))
    return finding.measured if finding else rate_of(facts, indicator, reading, *span, lost=lost)


def _touches(period: tuple[date, date], span: Span) -> bool:
    return period[0] <= span.last and span.first <= period[1]


def _chart(facts: ServiceFacts, span: Span) -> SafeString:
    bars = []
    for day in span.days():
        count = counted(CONNECTION, facts.days[day].figures) if day in facts.days else None
        if count is None:
            continue
        tone = "open" if not count.whole else _tone(count)
        said = f"{100 * count.part // count.whole}" if count.whole else "–"
        title = gettext("%(day)s: %(answered)d of %(offered)d answered") % {
            "day": day,
            "answered": count.part,
            "offered": count.whole,
        }
        bars.append(Bar(f"{day.day}", count.whole, said, tone, title=title))
    return bar_chart(gettext("Calls of each day; above each bar the per cent answered"), bars)


def _tone(count: Count) -> str:
    if count.part * 100 >= LOW * count.whole:
        return "good"
    return "warn" if count.part * 100 >= LOWER * count.whole else "bad"


def _heat(facts: ServiceFacts, span: Span) -> SafeString:
    """A line for each half hour: the calls of each day, marked where too few of them were answered."""
    lines = []
    for half, cells in enumerate(heat(facts, CONNECTION, span.first, span.last)):
        row = []
        for day, count in zip(span.days(), cells, strict=True):
            if count is None:
                row.append("<td></td>")
                continue
            tone = "none" if not count.whole else _tone(count)
            sign = {"warn": "!", "bad": "‼"}.get(tone, "")
            row.append(
                f'<td class="o-m-{tone}" title="{day:%m-%d} {clock(half)} {count.part}/{count.whole}">'
                f"{count.whole or ''}{sign}</td>"
            )
        lines.append(f'<tr><th scope="row">{clock(half)}</th>{"".join(row)}</tr>')
    return mark_safe("".join(lines))


def _year(
    indicator: IndicatorFacts,
    own: ContractFacts,
    facts: ServiceFacts,
    findings: dict[tuple[int, date], Finding],
    lost: frozenset[date],
    months: list[tuple[date, date]],
) -> Iterator[tuple[str, str]]:
    for first, last in months:
        if first > now.today():
            yield "", "none"
            continue
        reading, _agreed = chosen(own, indicator, first)
        finding = findings.get((indicator.pk, first))
        tone = {"met": "good", "not_met": "bad", "at_risk": "warn", "undetermined": "open"}.get(
            str(finding.outcome) if finding else "", "none"
        )
        known = rate_of(facts, indicator, reading, first, min(last, now.today()), lost=lost)
        yield finding.measured if finding else known, tone


def _days(contract: Contract, facts: ServiceFacts, first: date) -> Iterator[dict[str, str]]:
    for number in range(1, 32):
        try:
            day = first.replace(day=number)
        except ValueError:
            yield {"tone": "off"}
            continue
        known = facts.days.get(day)
        count = counted(CONNECTION, known.figures) if known else None
        if not contract.starts_on <= day <= contract.last_day:
            yield {"tone": "off"}
        elif count is None or not count.whole:
            yield {"tone": "open", "sign": "?"} if day < now.today() else {"tone": "none"}
        else:
            yield {
                "tone": _tone(count),
                "sign": f"{100 * count.part // count.whole}",
                "title": f"{day} {count.part}/{count.whole} {count.rate(Decimal(LOW))}",
            }
