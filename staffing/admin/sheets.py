"""The attendance as a month and as a year on one page, on paper and in Excel; and one day of it."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from contract import selectors as core
from contract.admin.display import query_of
from contract.admin.pages import ContractPages
from contract.models import Contract
from kit import clock
from kit.files.downloads import file_response
from kit.files.spreadsheets import MEDIA_TYPE
from law.calendar import Calendar, CalendarNotPublished
from law.periods import month_windows
from staffing.choices import GapCause
from staffing.models import Attendance, AttendanceChange, Leave, Shift
from staffing.rules.ledger import Tally
from staffing.rules.presence import Span
from staffing.rules.sheets import AWAY, Mark, Part, Person, Share
from staffing.selectors.sheets import Sheet, ledger_of, sheet
from staffing.workbooks import monthly

# Sign, name and tone of each mark: the sign and the name say what the colour only repeats.
SIGNS: dict[Mark, tuple[Any, Any, str]] = {
    Mark.DUTY: ("✓", _("on duty"), "good"),
    Mark.REST: (pgettext_lazy("sign", "R"), _("rota rest day"), "calm"),
    Mark.PERSONAL: (pgettext_lazy("sign", "P"), _("personal leave"), "warn"),
    Mark.SICK: (pgettext_lazy("sign", "S"), _("sick"), "warn"),
    Mark.MATERNITY: (pgettext_lazy("sign", "M"), _("maternity leave"), "warn"),
    Mark.INJURY: (pgettext_lazy("sign", "I"), _("work injury leave"), "warn"),
    Mark.LEAVE: (pgettext_lazy("sign", "L"), _("other leave"), "warn"),
    Mark.ABSENT: (pgettext_lazy("sign", "A"), _("absent without leave"), "bad"),
    Mark.UNPROVEN: ("?", _("not proven: nothing was reported in time"), "open"),
    Mark.WAITING: ("…", _("report still within its time"), "calm"),
    Mark.AHEAD: ("", _("still to come"), "none"),
    Mark.OFF: ("·", _("not assigned"), "off"),
}
PARTS = {
    Part.EMPTY: _("posts that nobody has held"),
    Part.SURPLUS: _("made up for by a surplus on the same day"),
    Part.EXCUSED: _("lost to force majeure, out of the count"),
}
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


class SheetPages(ContractPages):
    """The pages of the sheet, for the admin of attendance."""

    page_permission = "staffing.view_attendance"

    def get_urls(self) -> list[URLPattern]:
        site: Any = self.admin_site  # type: ignore[attr-defined]
        own = [
            path("sheet/", site.admin_view(self.sheet_view), name="staffing_attendance_sheet"),
            path("sheet.xlsx", site.admin_view(self.workbook_view), name="staffing_attendance_workbook"),
            path("year/", site.admin_view(self.year_view), name="staffing_attendance_year"),
            path("day/", site.admin_view(self.day_view), name="staffing_attendance_day"),
        ]
        return own + super().get_urls()  # type: ignore[misc]

    def sheet_view(self, request: HttpRequest) -> HttpResponse:
        """People by days of a month, filtered by post and state, with their totals."""
        contract, offered = self.chosen(request)
        context: dict[str, Any] = {"title": _("Attendance sheet"), "offered": offered}
        if contract is not None:
            span, beside = month_of(request, contract)
            found = sheet(contract, span, clock.today())
            rows = found.shares()
            context |= _sheet_context(request, found) | {
                "beside": beside,
                "shares": [share_line(row, contract.pk) for row in rows],
            }
            context["sum_of"] = sum_of(rows)
        return self.page(request, "admin/attendance/sheet.html", context, contract)

    def workbook_view(self, request: HttpRequest) -> HttpResponse:
        """The same month as a workbook that prints on one broad page."""
        contract, _offered = self.chosen(request)
        if contract is None:
            raise Http404
        span, _beside = month_of(request, contract)
        found = sheet(contract, span, clock.today())
        name = gettext("Attendance sheet %(number)s %(month)s") % {
            "number": contract.number,
            "month": f"{span.first:%Y-%m}",
        }
        signs = {mark: (str(sign), str(label)) for mark, (sign, label, _tone) in SIGNS.items()}
        return file_response(monthly.attendance(name, found, signs), f"{name}.xlsx", MEDIA_TYPE)

    def year_view(self, request: HttpRequest) -> HttpResponse:
        """Every day of the contract in one picture: how many were missing, and what is not proven."""
        contract, offered = self.chosen(request)
        context: dict[str, Any] = {"title": _("The year at a glance"), "offered": offered}
        if contract is not None:
            batch = core.batch_of(contract, clock.today())
            (facts,) = batch.contracts
            days = dict(ledger_of(batch, facts).by_day(contract.starts_on, contract.last_day))
            context["months"] = [
                (first, [_year_cell(contract, first, n, days, batch.as_of) for n in range(1, 32)])
                for first, _last in month_windows(contract.starts_on, contract.last_day)
            ]
            context["numbers"] = range(1, 32)
        return self.page(request, "admin/attendance/year.html", context, contract)

    def day_view(self, request: HttpRequest) -> HttpResponse:
        """One day: who was not in place and why; of one person, what was reported, by whom and when."""
        contract, offered = self.chosen(request)
        if contract is None:
            raise Http404
        day = _day(request, contract)
        found = sheet(contract, Span(day, day), clock.today())
        ((_on, tally),) = found.ledger.by_day(day, day)
        who = request.GET.get("operator", "")
        person = next((p for p, _cells in found.rows if str(p.pk) == who), None)
        one = timedelta(days=1)
        context = {
            "title": gettext("Attendance of %(day)s") % {"day": f"{day:%Y-%m-%d}"},
            "offered": offered,
            "day": day,
            "tally": tally,
            "rate": tally.rate() if tally.required else "",
            "shares": [share_line(share, contract.pk, spans=False) for share in found.shares()],
            "open": [p for p, (cell,) in found.rows if cell.mark in (Mark.UNPROVEN, Mark.WAITING)],
            "before": day - one if day > contract.starts_on else None,
            "after": day + one if day < contract.last_day else None,
            "person": _person(contract, person, found, day) if person else None,
        }
        return self.page(request, "admin/attendance/day.html", context, contract)


def month_of(request: HttpRequest, contract: Contract) -> tuple[Span, dict[str, str]]:
    """The month asked for, clipped to the contract's life (this one, else the last), and those before and after."""
    months = [Span(first, last) for first, last in month_windows(contract.starts_on, contract.last_day)]
    wanted = _MONTH.fullmatch(request.GET.get("month", ""))
    text = wanted[0] if wanted else f"{clock.today():%Y-%m}"
    place = next((n for n, span in enumerate(months) if f"{span.first:%Y-%m}" == text), None)
    if place is None:
        if wanted:
            raise Http404
        place = len(months) - 1 if clock.today() > contract.last_day else 0
    beside = {"all": [f"{span.first:%Y-%m}" for span in months], "here": f"{months[place].first:%Y-%m}"}
    beside["before"] = beside["all"][place - 1] if place else ""
    beside["after"] = beside["all"][place + 1] if place + 1 < len(months) else ""
    return months[place], beside  # type: ignore[return-value]


def _day(request: HttpRequest, contract: Contract) -> date:
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        raise Http404 from None
    if not contract.starts_on <= day <= contract.last_day:
        raise Http404
    return day


def _sheet_context(request: HttpRequest, found: Sheet) -> dict[str, Any]:
    post, state = request.GET.get("post", ""), request.GET.get("state", "")
    rows = [
        (person, cells)
        for person, cells in found.rows
        if (not post or person.post == post) and (not state or any(_matches(cell.mark, state) for cell in cells))
    ]
    tallies = [tally for _day, tally in found.ledger.by_day(found.days[0], found.days[-1])]
    day_page = f"../day/?contract={found.facts.pk}&amp;day="
    whole = sum(tallies, Tally())
    return {
        "heads": head_cells(found.days, found.batch.calendar, day_page),
        "body": _body(rows, found.days, day_page),
        "shown": len(rows),
        "people": len(found.rows),
        "posts": sorted({person.post for person, _cells in found.rows if person.post}),
        "post": post,
        "state": state,
        "kept": f"&{query_of(post=post, state=state)}" if post or state else "",
        "states": [("away", _("not in place")), ("open", _("not proven or not reported"))],
        "foot": _foot(tallies, whole),
        "whole": whole,
        "rate": whole.rate() if whole.required else "",
        "legend": [(sign, label, f"o-m-{tone}") for sign, label, tone in SIGNS.values() if sign],
    }


def _foot(tallies: list[Tally], whole: Tally) -> SafeString:
    """The totals by day; of a day ahead nothing is said but what is owed."""
    lines = []
    for label, name in (
        (_("owed"), "required"),
        (_("in place"), "now"),
        (_("not in place"), "absent"),
        (_("not proven"), "unproven"),
    ):
        own = "".join(
            f"<td>{getattr(tally, name) if tally.best or name == 'required' else ''}</td>" for tally in tallies
        )
        total = f'<td class="o-sum" colspan="3">{getattr(whole, name)}</td>'
        lines.append(f'<tr><th scope="row">{escape(label)}</th><td class="o-post"></td>{own}{total}</tr>')
    return mark_safe("".join(lines))


def _matches(mark: Mark, state: str) -> bool:
    return mark in AWAY if state == "away" else mark in (Mark.UNPROVEN, Mark.WAITING)


def weekday(day: date) -> str:
    """ "一" for 星期一, "Mo" for Monday: the columns are narrow."""
    name = date_format(day, "D")
    return name.removeprefix("星期").removeprefix("周")[:2]


def rests(calendar: Calendar, day: date) -> bool:
    try:
        return calendar.is_rest_day(day)
    except CalendarNotPublished:
        return False


def head_cells(days: Iterable[date], calendar: Calendar, day_page: str = "") -> SafeString:
    """The heads of a month's columns: day and weekday, rest days told apart, each a way to its day."""
    cells = []
    for day in days:
        text = f"{day.day}<br>{weekday(day)}"
        inner = f'<a href="{day_page}{day}">{text}</a>' if day_page else text
        tone = ' class="o-rest"' if rests(calendar, day) else ""
        cells.append(f'<th scope="col"{tone}>{inner}</th>')
    return mark_safe("".join(cells))


def name_cells(person: Person) -> str:
    """Who a line of a month is about."""
    number, name, post = map(escape, (person.number, person.name, person.post or "–"))
    return f'<th scope="row"><span class="o-note">{number}</span> {name}</th><td class="o-post">{post}</td>'


def _body(rows: Iterable[tuple[Person, Any]], days: Sequence[date], day_page: str) -> SafeString:
    """The lines of the sheet: some 1,400 cells a page are written as text, not rendered one by one."""
    before, after = {}, {}
    for mark, (sign, label, tone) in SIGNS.items():
        for doubtful in (False, True):
            plain = mark == Mark.DUTY and not doubtful
            title = "" if plain else f' title="{escape(label)}"'
            before[mark, doubtful] = f'<td class="o-m-{tone}"{title}><a href="{day_page}'
            after[mark, doubtful] = f'">{sign}{"!" if doubtful else ""}</a></td>'
    still = {mark: f'<td class="o-m-{SIGNS[mark][2]}">{SIGNS[mark][0]}</td>' for mark in (Mark.OFF, Mark.AHEAD)}
    lines, texts = [], [str(day) for day in days]
    for person, cells in rows:
        counts = Counter(mark for _day, mark, _doubtful in cells)
        who = f"&amp;operator={person.pk}"
        own = "".join(
            [
                still.get(mark) or f"{before[mark, doubtful]}{text}{who}{after[mark, doubtful]}"
                for (_day, mark, doubtful), text in zip(cells, texts, strict=True)
            ]
        )
        sums = (
            counts[Mark.DUTY] + counts[Mark.REST],
            sum(counts[mark] for mark in AWAY) or "",
            counts[Mark.UNPROVEN] or "",
        )
        lines.append(f"<tr>{name_cells(person)}{own}{_sum_cells(sums)}</tr>")
    return mark_safe("".join(lines))


def _sum_cells(sums: Iterable[Any]) -> str:
    return "".join(f'<td class="o-sum">{figure}</td>' for figure in sums)


def _year_cell(contract: Contract, first: date, number: int, days: dict[date, Tally], as_of: date) -> dict[str, Any]:
    """A day of the year: how many were missing of how many owed, and how that is to be read."""
    try:
        day = first.replace(day=number)
    except ValueError:
        return {"tone": "off"}
    tally = days.get(day)
    if tally is None or not tally.required or day > as_of:
        return {"tone": "off" if tally is None else "none"}
    tone = "good" if not tally.absent else "warn" if tally.absent <= 1 else "bad"
    sign = str(tally.absent or "✓")
    if tally.unproven:
        tone, sign = "open", f"{tally.absent or ''}?"
    query = query_of(contract=contract.pk, day=day)
    title = gettext("%(day)s: %(missing)d of %(owed)d not in place, %(open)d not proven") % {
        "day": f"{day:%Y-%m-%d}",
        "missing": tally.absent,
        "owed": tally.required,
        "open": tally.unproven,
    }
    return {"tone": tone, "sign": sign, "title": title, "url": f"../day/?{query}"}


def share_name(share: Share) -> tuple[Any, Any]:
    """Who a share of missing person-days is, and why."""
    if share.part == Part.AWAY:
        return share.name, SIGNS[Mark(share.cause)][1]
    if share.part == Part.LEFT:
        return share.name, _("post not filled after: %(cause)s") % {"cause": GapCause(share.cause).label}
    return PARTS[share.part], ""


def share_url(share: Share, contract_id: int) -> str:
    """The record behind a share: the person's first day, or the gap of the post."""
    if share.gap_pk:
        return reverse("admin:staffing_gap_change", args=[share.gap_pk])
    if share.operator_id:
        query = query_of(contract=contract_id, day=share.days[0], operator=share.operator_id)
        return f"{reverse('admin:staffing_attendance_day')}?{query}"
    return ""


def share_line(share: Share, contract_id: int, *, spans: bool = True) -> dict[str, Any]:
    """A share as a row of a table."""
    name, cause = share_name(share)
    first, last = share.days[0], share.days[-1]
    span = f"{first:%m-%d}" if first == last else f"{first:%m-%d} – {last:%m-%d}"
    line = {"name": name, "cause": cause, "url": share_url(share, contract_id), "counted": share.counted}
    return line | {"span": span if spans else ""}


def sum_of(rows: list[Share]) -> str:
    """ "23 + 15 + 9", where there is something to add up."""
    return " + ".join(str(row.counted) for row in rows).replace("+ -", "− ") if len(rows) > 1 else ""


def _person(contract: Contract, person: Person, found: Sheet, day: date) -> dict[str, Any]:
    """What is on record of a person on a day (four queries)."""
    key = {"contract": contract, "operator_id": person.pk, "day": day}
    row = Attendance.objects.filter(**key).select_related("batch__actor").first()
    changes = AttendanceChange.objects.filter(**key).select_related("batch__actor", "old_batch").order_by("pk")
    leaves = Leave.objects.filter(
        contract=contract, operator_id=person.pk, cancelled_on=None, starts_on__lte=day, ends_on__gte=day
    )
    shifts = Shift.objects.filter(**key, replaced_by__isnull=True).order_by("starts_at")
    ((cell),) = next(cells for p, cells in found.rows if p == person)
    sign, label, tone = SIGNS[cell.mark]
    return {
        "person": person,
        "mark": mark_safe(f'<span class="o-cell o-m-{tone}">{sign}</span>') if sign else SafeString(""),
        "label": label,
        "doubtful": cell.doubtful,
        "row": row,
        "leave": leaves.first(),
        "changes": list(changes),
        "shifts": [shift.hours for shift in shifts],
        "is_over": day <= found.batch.as_of,
        "enter": query_of(contract=contract.pk, operator=person.pk, day=day),
    }
