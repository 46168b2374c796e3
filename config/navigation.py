"""The sidebar, grouped by work: each person sees the entries that they may open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contract.dashboard import alerts_to_review


@dataclass(frozen=True)
class Entry:
    """The list of a model, by its label, with an icon of the Material Symbols font."""

    label: str
    icon: str


@dataclass(frozen=True)
class Page:
    """A page that is no list, by the name of its URL, for who may read what it shows."""

    label: str
    title: Any
    icon: str
    permission: str


GROUPS: tuple[tuple[Any, tuple[Entry | Page, ...]], ...] = (
    (_("Today"), (Entry("contract.Alert", "notifications_active"),)),
    (
        _("People and attendance"),
        (
            Entry("staffing.Operator", "badge"),
            Entry("staffing.Assignment", "assignment_ind"),
            Entry("staffing.Attendance", "event_note"),
            Entry("staffing.StaffDay", "calendar_view_month"),
            Entry("staffing.Shift", "schedule"),
            Entry("staffing.DutyDay", "view_timeline"),
            Entry("staffing.Leave", "beach_access"),
            Entry("staffing.Gap", "person_off"),
            Entry("staffing.ReplacementDemand", "swap_horiz"),
            Entry("staffing.Post", "work"),
            Entry("staffing.QualificationProof", "workspace_premium"),
            Entry("staffing.EmploymentContract", "handshake"),
            Entry("staffing.Training", "school"),
            Entry("staffing.TrialAssessment", "quiz"),
            Entry("staffing.ServicePlace", "place"),
            Entry("staffing.HoursApproval", "more_time"),
            Entry("staffing.PayProof", "receipt"),
            Entry("staffing.LabourMatter", "diversity_1"),
            Entry("staffing.AttendanceBatch", "upload_file"),
            Entry("staffing.ShiftBatch", "upload"),
            Entry("staffing.AttendanceChange", "edit_note"),
        ),
    ),
    (
        _("Contract and clauses"),
        (
            Page("admin:contract_clause_board", _("Clause board"), "view_list", "contract.view_clause"),
            Page("admin:contract_clause_conflicts", _("Clauses that collide"), "call_split", "contract.view_clause"),
            Entry("contract.Contract", "contract"),
            Entry("contract.Party", "domain"),
            Entry("contract.Clause", "gavel"),
            Entry("contract.Term", "pin"),
            Entry("contract.Policy", "rule"),
            Entry("contract.Assessment", "fact_check"),
        ),
    ),
    (
        _("Duties and events"),
        (
            Entry("contract.Notice", "mail"),
            Entry("contract.Consent", "approval"),
            Entry("contract.HeadcountOrder", "group_add"),
            Entry("contract.ReportSchedule", "event_repeat"),
            Entry("contract.ServiceReport", "summarize"),
            Entry("contract.Inspection", "search_check"),
            Entry("contract.InspectionRemark", "rate_review"),
            Entry("contract.Misconduct", "report"),
            Entry("contract.Amendment", "edit_document"),
            Entry("contract.ForceMajeureEvent", "thunderstorm"),
            Entry("contract.Excuse", "verified_user"),
            Entry("contract.AssessmentScheme", "checklist"),
            Entry("contract.RenewalAssessment", "grading"),
            Entry("contract.Formality", "draw"),
            Entry("contract.Subcontracting", "call_split"),
            Entry("contract.Dispute", "balance"),
        ),
    ),
    (
        _("Settlement"),
        (
            Page("admin:billing_ledger", _("Ledger"), "menu_book", "billing.view_instalment"),
            Entry("billing.Instalment", "payments"),
            Entry("billing.Invoice", "receipt_long"),
            Entry("billing.AcceptanceSheet", "assignment_turned_in"),
            Entry("billing.Acceptance", "task_alt"),
            Entry("billing.Claim", "request_quote"),
            Entry("billing.Payment", "account_balance"),
            Entry("billing.PaymentException", "gpp_maybe"),
            Entry("billing.Statement", "description"),
            Page("admin:billing_reconciliation", _("Reconciliation"), "balance", "billing.view_instalment"),
            Entry("billing.QuarterFile", "folder_zip"),
        ),
    ),
    (
        _("Confidentiality"),
        (
            Entry("confidentiality.Undertaking", "verified_user"),
            Entry("confidentiality.Disclosure", "outgoing_mail"),
            Entry("confidentiality.Incident", "crisis_alert"),
            Entry("confidentiality.Offboarding", "logout"),
        ),
    ),
    (
        _("Administration"),
        (
            Entry("contract.EvaluationRun", "monitor_heart"),
            Page("admin:contract_known_then", _("As known then"), "history", "contract.view_evaluationrun"),
            Entry("contract.ChangeEntry", "history_edu"),
            Entry("contract.AccessEntry", "policy"),
            Entry("contract.OutboxMessage", "mail"),
            Entry("contract.LetterHead", "description"),
            Entry("contract.Endpoint", "webhook"),
            Page("admin:contract_calendar", _("Calendar in force"), "today", "contract.view_calendarday"),
            Entry("contract.CalendarDay", "event"),
            Entry("contract.CalendarYear", "calendar_month"),
            Entry("auth.User", "person"),
            Entry("auth.Group", "group"),
            Entry("contract.Membership", "diversity_3"),
            Entry("knox.AuthToken", "key"),
            Entry("contract.Delegation", "swap_horiz"),
            Entry("contract.LoginLock", "lock"),
        ),
    ),
)


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Unfold's SIDEBAR navigation for this user."""
    admins = {model._meta.label: entry for model, entry in admin.site._registry.items()}
    listed = {entry.label for _title, entries in GROUPS for entry in entries}
    rest = tuple(Entry(label, "article") for label in sorted(set(admins) - listed))
    groups: list[dict[str, Any]] = []
    for title, entries in (*GROUPS[:-1], (GROUPS[-1][0], GROUPS[-1][1] + rest)):
        items = [item for entry in entries if (item := _item(request, entry, admins))]
        if items:
            # Only the group of the open page is unfolded; today's work always is.
            groups.append({"title": title, "separator": bool(groups), "collapsible": bool(groups), "items": items})
    home = {"title": _("Overview"), "icon": "space_dashboard", "link": reverse("admin:index")}
    if not groups or groups[0]["title"] != GROUPS[0][0]:
        groups.insert(0, {"title": GROUPS[0][0], "items": []})
    groups[0]["items"].insert(0, home)
    for item in groups[0]["items"]:
        if item.get("label") == "contract.Alert" and (count := alerts_to_review(request.user)):
            item["badge"] = str(count)
    _mark_open_page(groups, request.path)
    return groups


def _mark_open_page(groups: list[dict[str, Any]], path: str) -> None:
    """The reader stands at the entry with the longest address that the page's begins with."""
    items = [item for group in groups for item in group["items"]]
    home = reverse("admin:index")
    around = [
        item["link"]
        for item in items
        if path == item["link"] or (item["link"] != home and path.startswith(item["link"]))
    ]
    here = max(around, key=len, default="")
    for item in items:
        item["active"] = item["link"] == here


def _item(request: HttpRequest, entry: Entry | Page, admins: Mapping[str, Any]) -> dict[str, Any] | None:
    """One entry of the sidebar; None for who may not open it."""
    if isinstance(entry, Page):
        if not request.user.has_perm(entry.permission):
            return None
        link = reverse(entry.label)
        return {"label": entry.label, "title": entry.title, "icon": entry.icon, "link": link}
    model_admin = admins.get(entry.label)
    if model_admin is None or not model_admin.has_view_permission(request):
        return None
    options = model_admin.opts
    return {
        "label": entry.label,
        "title": options.verbose_name_plural,
        "icon": entry.icon,
        "link": reverse(f"admin:{options.app_label}_{options.model_name}_changelist"),
    }
