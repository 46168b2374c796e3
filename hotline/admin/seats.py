"""The seat log: its file, whose login is whose, and a month of it beside what the vendor reported."""

import hashlib
from collections import Counter
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget

from contract import selectors as core
from contract.admin.pages import ContractPages
from contract.admin.records import KeptAdmin, StandingFilter, WithdrawableAdmin
from contract.models import Alert, Contract
from hotline.choices import Difference, Layout
from hotline.intake import files
from hotline.intake.seats import SeatsRead
from hotline.models import Platform, SeatDay, SeatLogin
from hotline.rules import questions
from hotline.rules.level import clock as hour
from hotline.rules.seats import Key, Question, SeatFacts, SeatLog, Stay, compare, nobodys, staffed, stays, twice
from hotline.selectors import first_reported
from hotline.selectors import seats as seat_facts
from hotline.services import seats
from hotline.services.figures import refuse_days
from kit import clock
from kit.errors import RowErrors
from kit.files.spreadsheets import SpreadsheetError
from law.periods import month_windows
from staffing.admin.sheets import head_cells, month_of
from staffing.rules.coverage import asked_by_half_hour
from staffing.rules.presence import Span
from staffing.selectors.sheets import people

DAYS_SHOWN, NAMED = 62, 60
SIGNS = {Difference.NO_SIGN_IN: "？", Difference.ON_LEAVE: "假", Difference.UNASSIGNED: "离"}


class FileForm(forms.Form):
    """A file of the platform; `confirm` is the checksum of the one that was looked at."""

    file = forms.FileField(label=_("file of the platform"), widget=UnfoldAdminFileFieldWidget)
    confirm = forms.CharField(required=False, widget=forms.HiddenInput)


class SeatFiles:
    """For the admin of the platforms: the page that takes a seat log in, once it was looked at."""

    @display(description=_("seat log"))
    def seat_log(self, row: Platform) -> SafeString | str:
        if row.layout not in (Layout.QUEUE_LOG, Layout.SEATS):
            return "–"
        url = reverse("admin:hotline_platform_seats", args=[row.pk])
        return format_html('<a class="row-link" href="{}">{}</a>', url, gettext("Take in the seat log"))

    def seats_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        platform = self.get_queryset(request).filter(pk=pk).first()  # type: ignore[attr-defined]
        if not request.user.has_perms(["hotline.add_seatday", "hotline.change_seatday"]):
            raise PermissionDenied
        if platform is None or not platform.stands:
            raise Http404
        form = FileForm(request.POST or None, request.FILES or None)
        context: dict[str, Any] = {"form": form}
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            sha256 = hashlib.sha256(file.read()).hexdigest()
            file.seek(0)
            try:
                read = files.read_seats(platform, file)
                if form.cleaned_data["confirm"] == sha256:
                    return self._seats_taken(request, platform, read)
                refuse_days(platform.contract, read.days, clock.today())
                context |= _seen(platform, read) | {"form": FileForm(initial={"confirm": sha256}), "name": file.name}
            except SpreadsheetError as error:
                context["faults"] = [("", str(error))]
            except RowErrors as error:
                context["faults"] = [(f"{row.index + 1} {row.field}", row.message) for row in error.errors]
        site: Any = self.admin_site  # type: ignore[attr-defined]
        title = gettext("Seat log of %(platform)s") % {"platform": platform.name}
        page = {**site.each_context(request), "opts": self.opts, "title": title, "platform": platform, **context}  # type: ignore[attr-defined]
        return TemplateResponse(request, "admin/hotline/seats.html", page)

    def _seats_taken(self, request: HttpRequest, platform: Platform, read: SeatsRead) -> HttpResponse:
        result = seats.take_in(contract=platform.contract, days=read.days, today=clock.today(), platform=platform)
        own = seats.by_number(contract=platform.contract, logins=sorted(read.logins), today=clock.today())
        said = gettext("Taken in: %(created)d new, %(changed)d changed, %(unchanged)d unchanged.") % vars(result)
        if own:
            said += gettext(" %(n)d logins are employee numbers and were entered as theirs.") % {"n": len(own)}
        messages.success(request, said)
        month = f"&month={read.days[-1].day:%Y-%m}" if read.days else ""
        compared = reverse("admin:hotline_seatday_compare")
        return HttpResponseRedirect(f"{compared}?contract={platform.contract_id}{month}")


def _seen(platform: Platform, read: SeatsRead) -> dict[str, Any]:
    """The days of a log beside those on record, and the logins that nobody is known by."""
    known = {row.day: row for row in SeatDay.objects.filter(contract=platform.contract_id)}
    mapped = set(
        SeatLogin.objects.filter(contract=platform.contract_id, withdrawn_on=None).values_list("login", flat=True)
    )
    rows = []
    for one in read.days[:DAYS_SHOWN]:
        signed, old = {session[0] for session in one.sessions}, known.get(one.day)
        before = {session[0] for session in old.sessions} if old else signed
        told = "" if one.told == (0, 86_400) else f"{_clock(one.told[0])}–{_clock(one.told[1])}"
        rows.append((one.day, told, len(signed), len(one.sessions), len(set(one.calls) - signed), old, len(before)))
    return {
        "read": read,
        "rows": rows,
        "more": max(len(read.days) - DAYS_SHOWN, 0),
        "unknown": sorted(read.logins - mapped)[:NAMED],
    }


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


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
