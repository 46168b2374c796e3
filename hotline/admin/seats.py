"""The seat log: its file, whose login is whose, and a month of it beside what the vendor reported."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from contract import selectors as core
from contract.admin.pages import ContractPages
from contract.admin.records import KeptAdmin, StandingFilter, WithdrawableAdmin
from contract.models import Alert, Contract
from hotline.choices import Difference
from hotline.models import SeatDay, SeatLogin
from hotline.rules import questions
from hotline.rules.level import clock as hour
from hotline.rules.seats import Key, Question, SeatFacts, SeatLog, Stay, compare, nobodys, staffed, stays, twice
from hotline.selectors import first_reported
from hotline.selectors import seats as seat_facts
from hotline.services import seats
from kit import clock
from law.periods import month_windows
from staffing.admin.sheets import head_cells, month_of
from staffing.rules.coverage import asked_by_half_hour
from staffing.rules.presence import Span
from staffing.selectors.sheets import people

NAMED = 60
SIGNS = {Difference.NO_SIGN_IN: "？", Difference.ON_LEAVE: "假", Difference.UNASSIGNED: "离"}


@admin.register(SeatDay)
class SeatDayAdmin(ContractPages, KeptAdmin):
    """The days of the seat log, only to be read: a log is corrected by its file. The comparison is a page."""

    writer = seats
    page_permission = "hotline.view_seatday"
    list_display = ["day", "platform", "logins", "taken_in_on", "contract_number"]
    list_filter = [("contract", AutocompleteSelectFilter)]
    date_hierarchy = "day"
    ordering = ["-day", "contract"]
    extra_readonly = ("taken_in_on", "platform", "told")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [(None, {"fields": ["contract", ("day", "platform"), "taken_in_on", "told"]})]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description=_("logins"))
    def logins(self, row: SeatDay) -> int:
        return len({session[0] for session in row.sessions} | set(row.calls))

    @display(description=_("sessions"))
    def told(self, row: SeatDay) -> SafeString:
        log = SeatLog(row.sessions, row.calls, (row.told_from, row.told_to))
        said = (
            (one.login, one.text, f" ×{one.calls}" if one.calls else "") for one in stays(SeatFacts({row.day: log}))
        )
        return format_html_join("", "{} {}{}<br>", said)

    def get_urls(self) -> list[URLPattern]:
        own = path("compare/", self.admin_site.admin_view(self.compare_view), name="hotline_seatday_compare")
        return [own, *super().get_urls()]

    def compare_view(self, request: HttpRequest) -> HttpResponse:
        """A month of the seat log beside reported attendance and rota, and how often the reports were right."""
        contract, offered = self.chosen(request)
        context: dict[str, Any] = {"title": _("Seat log against reports"), "offered": offered}
        if contract is not None:
            span, beside = month_of(request, contract)
            batch = core.batch_of(contract, clock.today())
            (own,) = batch.contracts
            facts = seat_facts([contract.pk], clock.today())[contract.pk]
            everybody, compared = stays(facts), compare(facts)
            alerts = {alert.key: alert for alert in Alert.objects.filter(contract=contract, check_id=questions.CHECK)}
            statuses = {key: alert.status for key, alert in alerts.items()}
            months = month_windows(contract.starts_on, contract.last_day)
            right = questions.rightness(facts, first_reported(contract.pk), statuses, months)
            context |= {
                "beside": beside,
                "heads": head_cells(span.days(), batch.calendar),
                "known": [day for day in span.days() if day in facts.days],
                "grid": _grid(contract, facts, compared, span),
                "halves": _halves(own, facts, everybody, span),
                "questions": _questions(facts, compared, alerts, span),
                "nobodys": [
                    (login, *days) for login, days in nobodys(facts, everybody).items() if _touches(days, span)
                ][:NAMED],
                "twice": [(one, other) for one, other in twice(everybody) if span.first <= one.day <= span.last][
                    :NAMED
                ],
                "right": [(first, row) for (first, _last), row in zip(months, right, strict=True) if row.compared],
                "total": questions.Right(*(sum(part) for part in zip(*(_parts(row) for row in right), strict=True))),
                "signs": [(SIGNS[kind], kind.label) for kind in Difference],
            }
        return self.page(request, "admin/hotline/compare.html", context, contract)


def _parts(row: questions.Right) -> tuple[int, ...]:
    return row.compared, row.right, row.corrected, row.settled, row.asked


def _touches(days: tuple[date, date], span: Span) -> bool:
    return days[0] <= span.last and span.first <= days[1]


def _grid(contract: Contract, facts: SeatFacts, compared: dict[Key, Question | None], span: Span) -> SafeString:
    """A line for each person: a tick where both sources agree, a sign where they differ, else nothing."""
    lines = []
    for person in people(contract, span):
        cells = []
        for day in span.days():
            if (person.pk, day) not in compared:
                cells.append(mark_safe("<td></td>"))
            elif (one := compared[person.pk, day]) is None:
                cells.append(mark_safe('<td class="o-m-good">✓</td>'))
            else:
                cells.append(format_html('<td class="o-m-open" title="{}">{}</td>', one.evidence, SIGNS[one.kind]))
        name = format_html("{} {}", person.number, person.name)
        lines.append(format_html('<tr><th scope="row">{}</th>{}</tr>', name, mark_safe("".join(cells))))
    return mark_safe("".join(lines))


def _halves(own: Any, facts: SeatFacts, everybody: list[Stay], span: Span) -> SafeString:
    """A line for each half hour: how many were at a seat on each day, marked where fewer than asked for."""
    columns = []
    for day in span.days():
        near = [one for one in everybody if timedelta(-1) <= one.day - day <= timedelta(0)]
        columns.append(list(zip(staffed(facts, day, near), asked_by_half_hour(own, day), strict=True)))
    lines = []
    for half in range(48):
        cells = []
        for day, column in zip(span.days(), columns, strict=True):
            known, asked = column[half]
            if known is None:
                cells.append("<td></td>")
                continue
            tone, sign = ("open", "?") if known[1] < asked else ("none", "")
            title = f"{day:%m-%d} {hour(half)} {known[0]}–{known[1]} / {asked}"
            cells.append(f'<td class="o-m-{tone}" title="{title}">{known[1]}{sign}</td>')
        lines.append(f'<tr><th scope="row">{hour(half)}</th>{"".join(cells)}</tr>')
    return mark_safe("".join(lines))


def _questions(
    facts: SeatFacts, compared: dict[Key, Question | None], alerts: dict[str, Alert], span: Span
) -> list[dict[str, Any]]:
    """The month's questions by person, each with its evidence and the case in which it is asked."""
    found: dict[int, list[Question]] = {}
    for (operator, day), one in sorted(compared.items()):
        if one is not None and span.first <= day <= span.last:
            found.setdefault(operator, []).append(one)
    rows = []
    for operator, own in found.items():
        alert = alerts.get(f"{questions.LABEL}:{operator}:{span.first.isoformat()}")
        counts = Counter(one.kind for one in own)
        rows.append(
            {
                "who": facts.names.get(operator, "–"),
                "what": [f"{kind.label} ×{number}" for kind, number in counts.items()],
                "evidence": [one.evidence + (f" → {one.left}" if one.left else "") for one in own],
                "alert": alert,
            }
        )
    return rows


@admin.register(SeatLogin)
class SeatLoginAdmin(WithdrawableAdmin):
    """Whose login is whose, from when to when."""

    list_display = ["login", "operator", "from_day", "to_day", "is_static", "standing", "contract_number"]
    list_filter = [StandingFilter, ("contract", AutocompleteSelectFilter)]
    search_fields = ["login", "operator__name", "operator__employee_number"]
    search_help_text = _("Login, name or employee number")
    ordering = ["login", "from_day"]
    autocomplete_fields = ["contract", "operator"]
    writer = seats
    entry = [(None, {"fields": ["contract", ("login", "operator"), ("from_day", "to_day"), "is_static"]})]
