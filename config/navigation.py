"""The menu: a dozen entries at most for each kind of work; the rest by the search, or in the list of all tables."""

from dataclasses import dataclass
from functools import cache, partial
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


PERSONS = "admin:contract_contract_people"
SHEET, ROTA = "admin:staffing_attendance_sheet", "admin:staffing_shift_sheet"
SERVICE = "admin:hotline_serviceday_month"
GROUPS: tuple[tuple[Any, tuple[Entry | Page, ...]], ...] = (
    (_("Today"), (Entry("contract.Alert", "notifications_active"),)),
    (
        _("People and attendance"),
        (
            Entry("staffing.Operator", "badge"),
            Entry("staffing.Assignment", "assignment_ind"),
            Page(SHEET, _("Attendance sheet"), "calendar_view_month", "staffing.view_attendance"),
            Page("admin:staffing_attendance_year", _("The year at a glance"), "grid_on", "staffing.view_attendance"),
            Page("admin:staffing_attendance_exports", _("Exports of other tools"), "rule", "staffing.view_attendance"),
            Entry("staffing.Attendance", "event_note"),
            Entry("staffing.StaffDay", "calendar_today"),
            Page(ROTA, _("Rota sheet"), "calendar_view_week", "staffing.view_shift"),
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
        _("The service itself"),
        (
            Page(SERVICE, _("The month of the service"), "support_agent", "hotline.view_serviceday"),
            Page(
                "admin:hotline_serviceday_year",
                _("The year of the service"),
                "calendar_view_day",
                "hotline.view_serviceday",
            ),
            Page("admin:hotline_serviceday_demand", _("Seats against demand"), "groups", "hotline.view_serviceday"),
            Page("admin:hotline_seatday_compare", _("Seat log against reports"), "compare", "hotline.view_seatday"),
            Entry("hotline.ServiceDay", "call"),
            Entry("hotline.ServiceMonth", "inventory"),
            Entry("hotline.Indicator", "speed"),
            Entry("hotline.Platform", "dns"),
            Entry("hotline.Objection", "front_hand"),
            Entry("hotline.SeatDay", "headset_mic"),
            Entry("hotline.SeatLogin", "badge"),
        ),
    ),
    (
        _("Contract and clauses"),
        (
            Page("admin:contract_clause_board", _("Clause board"), "view_list", "contract.view_clause"),
            Page("admin:contract_deadline", _("Deadline calculator"), "event", "contract.view_clause"),
            Page("admin:contract_clause_conflicts", _("Clauses that collide"), "call_split", "contract.view_clause"),
            Entry("contract.Contract", "contract"),
            Entry("contract.Party", "domain"),
            Entry("contract.Clause", "gavel"),
            Entry("contract.Term", "pin"),
            Entry("contract.Policy", "rule"),
            Entry("contract.OpeningFact", "flag"),
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
            Entry("contract.PurchasePaper", "account_balance"),
            Entry("contract.Subcontracting", "call_split"),
            Entry("contract.Dispute", "balance"),
        ),
    ),
    (
        _("Settlement"),
        (
            Page("admin:billing_bulletin", _("For the leader"), "summarize", "staffing.view_attendance"),
            Entry("billing.KeptBulletin", "inventory_2"),
            Page("admin:billing_ledger", _("Ledger"), "menu_book", "billing.view_instalment"),
            Entry("billing.Instalment", "payments"),
            Entry("billing.PaymentRule", "rule"),
            Entry("billing.Quantity", "calculate"),
            Entry("billing.Invoice", "receipt_long"),
            Entry("billing.AcceptanceSheet", "assignment_turned_in"),
            Entry("billing.Acceptance", "task_alt"),
            Entry("billing.Claim", "request_quote"),
            Entry("billing.Tariff", "price_change"),
            Entry("billing.Deposit", "savings"),
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
            Entry("confidentiality.DataReturn", "delete_sweep"),
        ),
    ),
    (
        _("Administration"),
        (
            Entry("contract.EvaluationRun", "monitor_heart"),
            Page("admin:contract_known_then", _("As known then"), "history", "contract.view_evaluationrun"),
            Page("admin:contract_impact", _("Personal data"), "privacy_tip", "contract.view_evaluationrun"),
            Entry("contract.ChangeEntry", "history_edu"),
            Entry("contract.AccessEntry", "policy"),
            Entry("contract.OutboxMessage", "mail"),
            Page("admin:contract_mail", _("Mail server"), "outgoing_mail", "contract.view_evaluationrun"),
            Entry("contract.LetterHead", "description"),
            Entry("contract.Endpoint", "webhook"),
            Page("admin:contract_calendar", _("Calendar in force"), "today", "contract.view_calendarday"),
            Entry("contract.CalendarDay", "event"),
            Entry("contract.CalendarYear", "calendar_month"),
            Page(PERSONS, _("Who has which role"), "groups", "auth.view_user"),
            Entry("auth.User", "person"),
            Entry("auth.Group", "group"),
            Entry("contract.Membership", "diversity_3"),
            Entry("knox.AuthToken", "key"),
            Entry("contract.Delegation", "swap_horiz"),
            Entry("contract.LoginLock", "lock"),
        ),
    ),
)


Titled = tuple[Any, tuple[str, ...]]


@dataclass(frozen=True)
class Menu:
    """What people open day by day who may do what a permission allows: labels of GROUPS, by what one does."""

    permission: str
    groups: tuple[Titled, ...]


TODAY, PEOPLE, CONTRACT, MONEY, RECORDS = _("Today"), _("People"), _("Contract"), _("Money"), _("Records")
BOARD, LEDGER, THEN = "admin:contract_clause_board", "admin:billing_ledger", "admin:contract_known_then"
MENUS = (
    Menu(  # handles cases and keeps the contract
        "contract.add_review",
        (
            (TODAY, ("contract.Alert",)),
            (PEOPLE, (SHEET, ROTA, "staffing.Operator", "staffing.Gap")),
            (CONTRACT, (BOARD, SERVICE, "contract.Notice")),
            (MONEY, (LEDGER, "billing.Claim")),
        ),
    ),
    Menu(  # the second person
        "contract.change_review",
        (
            (TODAY, ("contract.Alert", "contract.Excuse", "billing.PaymentException")),
            (PEOPLE, (SHEET,)),
            (CONTRACT, (BOARD, SERVICE, "contract.Notice", "contract.Delegation")),
            (MONEY, (LEDGER, "billing.Claim")),
        ),
    ),
    Menu(  # pays
        "billing.add_payment",
        (
            (TODAY, ("contract.Alert", "billing.PaymentException")),
            (MONEY, (LEDGER, "billing.Instalment", "billing.Invoice", "billing.Payment", "billing.Claim")),
            (RECORDS, ("billing.Statement", "billing.QuarterFile", "admin:billing_reconciliation")),
        ),
    ),
    Menu(
        "auth.add_user",
        (
            (TODAY, (PERSONS, "auth.User", "contract.Delegation", "contract.CalendarYear", "contract.CalendarDay")),
            (RECORDS, ("contract.EvaluationRun", "admin:contract_mail")),
        ),
    ),
    Menu(
        "contract.assign_roles",
        ((TODAY, (PERSONS, "auth.User", "auth.Group", "contract.Membership", "knox.AuthToken", "contract.LoginLock")),),
    ),
    Menu("contract.view_accessentry", ((TODAY, ("contract.AccessEntry", "contract.LoginLock")),)),
)
# For who does none of that: an auditor, and whoever reads only.
READING = (
    (TODAY, ("contract.Alert", "contract.Assessment")),
    (PEOPLE, (SHEET,)),
    (CONTRACT, (BOARD, SERVICE, "contract.Notice")),
    (MONEY, (LEDGER, "billing.Claim")),
    (RECORDS, ("contract.ChangeEntry", THEN)),
)


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Unfold's SIDEBAR navigation for this user: the work of each of their roles, and no more."""
    entries = {entry.label: entry for _title, group in GROUPS for entry in group}
    groups: dict[str, dict[str, Any]] = {}
    home = {"title": _("Overview"), "icon": "space_dashboard", "link": reverse("admin:index")}
    groups[str(TODAY)] = {"title": TODAY, "items": [home]}
    shown = set()
    for title, labels in _work(request):
        for label in labels:
            if label not in shown and (item := _item(request, entries[label])):
                shown.add(label)
                groups.setdefault(str(title), {"title": title, "separator": True, "items": []})["items"].append(item)
    tables = {"title": _("All tables"), "icon": "table_rows", "link": reverse("tables")}
    found = [*groups.values(), {"title": "", "separator": True, "items": [tables]}]
    for item in found[0]["items"]:
        if item.get("label") == "contract.Alert":
            # Asked when it is shown: by then the home page knows it.
            item["badge"] = cache(partial(alerts_to_review, request))
    _mark_open_page(found, request.path)
    return found


def _work(request: HttpRequest) -> tuple[Titled, ...]:
    """The groups of the menus that are this user's work; a superuser, who may do everything, gets the first."""
    mine = [menu.groups for menu in MENUS if request.user.has_perm(menu.permission)]
    if request.user.is_superuser:
        mine = mine[:1]
    return tuple(group for groups in mine for group in groups) or READING


def tables(request: HttpRequest) -> list[dict[str, Any]]:
    """Everything that this user may open, group by group, with the tables that no group names in the last."""
    listed = {entry.label for _title, entries in GROUPS for entry in entries}
    labels = {model._meta.label for model in admin.site._registry}
    rest = tuple(Entry(label, "article") for label in sorted(labels - listed))
    found = []
    for title, entries in (*GROUPS[:-1], (GROUPS[-1][0], GROUPS[-1][1] + rest)):
        if items := [item for entry in entries if (item := _item(request, entry))]:
            found.append({"title": title, "rows": items})
    return found


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


def _item(request: HttpRequest, entry: Entry | Page) -> dict[str, Any] | None:
    """One entry of the sidebar; None for who may not open it."""
    if isinstance(entry, Page):
        if not request.user.has_perm(entry.permission):
            return None
        link = reverse(entry.label)
        return {"label": entry.label, "title": entry.title, "icon": entry.icon, "link": link}
    model_admin = _admins().get(entry.label)
    if model_admin is None or not model_admin.has_view_permission(request):
        return None
    options = model_admin.opts
    return {
        "label": entry.label,
        "title": options.verbose_name_plural,
        "icon": entry.icon,
        "link": reverse(f"admin:{options.app_label}_{options.model_name}_changelist"),
    }


@cache
def _admins() -> dict[str, Any]:
    """Who keeps the pages of each model, by its label: the same as long as the program runs."""
    return {model._meta.label: found for model, found in admin.site._registry.items()}
