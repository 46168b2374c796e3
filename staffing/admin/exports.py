"""What an export of 钉钉, 企业微信 or another tool says, shown beside what is on record before any of it counts."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget

from contract.admin.display import query_of
from contract.admin.pages import ContractPages
from contract.models import Contract
from kit.api.problems import Problem
from staffing.choices import AttendanceStatus
from staffing.exports import sources
from staffing.exports.counting import Looked, count, look
from staffing.exports.reading import DayRead
from staffing.models import Attendance, Operator
from staffing.services.attendance import AttendanceFile

SHOWN = 1_000  # rows of a group: a month of the team
SEEN_FOR = 3600  # seconds for which what was looked at may be counted
WRITES = ("staffing.add_attendance", "staffing.change_attendance")
STATES = {
    sources.WORKED: _("at work"),
    sources.REST: _("rest"),
    sources.REST_WORKED: _("at work on a rest day"),
    sources.ABSENT: _("absent without leave"),
    sources.LEAVE: _("away on leave"),
    sources.SICK: _("sick"),
    sources.TRIP: _("business trip"),
    sources.LATE: _("came late"),
    sources.EARLY: _("left early"),
    sources.MISSING: _("punch missing"),
    sources.OVERTIME: _("overtime"),
    sources.ODD: _("odd place or device"),
    sources.UNSCHEDULED: _("off the rota"),
    sources.OUTSIDE: _("outside the employment"),
    sources.CORRECTED: _("corrected punch"),
}
GROUPS = {
    "open": (_("To be decided or corrected"), _("None of these counts.")),
    "other": (_("Not what is on record"), ""),
    "clear": (_("Understood"), _("As it is on record, or new.")),
    "silent": (_("Says nothing of the day"), _("Off the rota, or outside the employment.")),
}


class ExportForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("export (.xlsx or .csv)"), widget=UnfoldAdminFileFieldWidget)


class ExportPages(ContractPages):
    """The page, for the admin of attendance. Whoever may read attendance looks; who may report it counts."""

    def get_urls(self) -> list[URLPattern]:
        site: Any = self.admin_site  # type: ignore[attr-defined]
        return [
            path("exports/", site.admin_view(self.exports_view), name="staffing_attendance_exports"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def exports_view(self, request: HttpRequest) -> HttpResponse:
        """A form for the file; then what was understood of it; then, where one may, a button that counts it."""
        contract, offered = self.chosen(request)
        if contract and "seen" in request.POST:
            return self._count(request, contract)
        form = ExportForm(request.POST or None, request.FILES or None)
        context: dict[str, Any] = {"title": _("Exports of other tools"), "offered": offered, "form": form}
        if contract and request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                looked = look(contract, file, file.name)
            except Problem as problem:
                form.add_error("file", str(problem.detail))
            else:
                context |= _shown(contract, looked)
                if request.user.has_perms(WRITES) and looked.clear:
                    context["seen"] = _sealed(request, contract, looked)
        return self.page(request, "admin/attendance/exports.html", context, contract)

    def _count(self, request: HttpRequest, contract: Contract) -> HttpResponse:
        """Count what was looked at: exactly that, by whom it was shown to, within the hour."""
        if not request.user.has_perms(WRITES):
            raise PermissionDenied
        here = f"{reverse('admin:staffing_attendance_exports')}?{query_of(contract=contract.pk)}"
        try:
            seen = signing.loads(request.POST["seen"], salt=_salt(request, contract), max_age=SEEN_FOR)
        except signing.BadSignature:
            messages.error(request, gettext("That was looked at too long ago, or elsewhere. Look at the file again."))
            return redirect(here)
        days = [
            (pk, DayRead(cell, date.fromisoformat(day), "", "", "", "", status=status))
            for pk, cell, day, status in seen["days"]
        ]
        try:
            result = count(contract, days, AttendanceFile(*seen["file"]), request.user)
        except Problem as problem:
            for fault in (problem.errors or [{"field": "–", "message": str(problem.detail)}])[:10]:
                messages.error(request, f"{fault['field']}: {fault['message']}")
            return redirect(here)
        counts = {"created": result.created, "changed": result.changed, "unchanged": result.unchanged}
        messages.success(
            request, gettext("Taken in: %(created)d new, %(changed)d changed, %(unchanged)d unchanged.") % counts
        )
        month = f"{days[0][1].day:%Y-%m}"
        return redirect(f"{reverse('admin:staffing_attendance_sheet')}?{query_of(contract=contract.pk, month=month)}")


def _salt(request: HttpRequest, contract: Contract) -> str:
    return f"attendance-export:{request.user.pk}:{contract.pk}"


def _sealed(request: HttpRequest, contract: Contract, looked: Looked) -> str:
    """What would count, signed: no names, and for this person and contract alone."""
    days = [(pk, day.cell, f"{day.day}", day.status) for pk, day in looked.clear]
    file = (looked.file.name, looked.file.sha256)
    return signing.dumps({"days": days, "file": file}, salt=_salt(request, contract), compress=True)


def _shown(contract: Contract, looked: Looked) -> dict[str, Any]:
    """What was understood, in groups, beside what is on record (two queries)."""
    found = {pk for pk, _day in looked.rows if pk}
    days = [day.day for _pk, day in looked.rows]
    on_record = (
        {
            (pk, day): status
            for pk, day, status in Attendance.objects.filter(
                contract=contract, operator_id__in=found, day__range=(min(days), max(days))
            ).values_list("operator_id", "day", "status")
        }
        if days
        else {}
    )
    people = Operator.objects.in_bulk(found)
    groups: dict[str, list[dict[str, Any]]] = {key: [] for key in GROUPS}
    for pk, day in looked.rows:
        recorded = on_record.get((pk, day.day), "")
        if day.question:
            key = "open"
        elif not day.status:
            key = "silent"
        else:
            key = "other" if recorded and recorded != day.status else "clear"
        groups[key].append(
            {
                "day": day,
                "person": people.get(pk),
                "states": "、".join(map(_state, day.states)),
                "status": AttendanceStatus(day.status).label if day.status else "",
                "recorded": AttendanceStatus(recorded).label if recorded else "",
            }
        )
    return {
        "looked": looked,
        "span": (min(days), max(days)) if days else (),
        "groups": [_group(key, rows) for key, rows in groups.items() if rows],
        "counting": len(looked.clear),
    }


def _state(state: Any) -> str:
    """ "came late 12 分钟": what a part of a cell was taken for."""
    amount = f" {state.amount.normalize():f}{state.unit}" if state.amount else ""
    return f"{STATES[state.kind]}{amount}"


def _group(key: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    title, note = GROUPS[key]
    return {
        "key": key,
        "title": title,
        "note": note,
        "rows": rows[:SHOWN],
        "count": len(rows),
        "more": max(len(rows) - SHOWN, 0),
    }
