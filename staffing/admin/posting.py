"""Assignments and leaves. What was entered by mistake is withdrawn, never deleted."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from contract.admin.display import badge
from contract.admin.records import WithdrawableAdmin
from contract.admin.workbooks import WorkbookAdmin
from contract.models import Contract
from kit import clock
from kit.workbooks.lists import ListBook
from kit.workbooks.taking_in import ListResult
from staffing.models import Assignment, Leave
from staffing.selectors.records import postings
from staffing.services import assignments, leaves
from staffing.services.lists import take_in_postings
from staffing.workbooks.posting import BOOKS


class PersonDatedAdmin(WorkbookAdmin, WithdrawableAdmin):
    """What ties a person to a contract for a time."""

    list_select_related = ["contract", "operator"]
    search_fields = ["operator__name", "operator__employee_number"]
    search_help_text = _("Employee number or name")

    @property
    def workbook(self) -> ListBook:  # type: ignore[override]
        return BOOKS[self.model]

    def listed(self, contract: Contract) -> QuerySet[Any]:
        return postings(self.model, contract)

    def take_rows(self, contract: Contract, rows: Sequence[Mapping[str, Any]], request: HttpRequest) -> ListResult:
        return take_in_postings(model=self.model, contract=contract, rows=rows, now=clock.now())


@admin.register(Assignment)
class AssignmentAdmin(PersonDatedAdmin):
    writer = assignments
    list_display = ["person", "post", "starts_on", "ends_on", "standing", "end_reason", "contract_number"]
    list_select_related = ["contract", "operator", "post"]
    list_filter = [
        ("contract", AutocompleteSelectFilter),
        ("end_reason", ChoicesDropdownFilter),
        ("post", AutocompleteSelectFilter),
    ]
    date_hierarchy = "starts_on"
    autocomplete_fields = ["contract", "operator", "post", "fills_gap"]
    ordering = ["-starts_on", "operator__employee_number"]

    entry = [
        (None, {"fields": ["contract", ("operator", "post"), "place"]}),
        (_("Term"), {"fields": ["starts_on", ("ends_on", "end_reason"), "fills_gap", "notice_on"]}),
        (_("Consent of the office"), {"fields": [("consent_ref", "consented_on")]}),
    ]

    @display(description=_("state"))
    def standing(self, row: Assignment) -> SafeString:
        today = clock.today()
        if not row.stands:
            return badge("calm", "undo", gettext("withdrawn"))
        if today < row.starts_on:
            return badge("calm", "schedule", gettext("to come"))
        if row.ends_on and row.ends_on < today:
            return badge("calm", "logout", gettext("ended"))
        return badge("good", "how_to_reg", gettext("serving"))


@admin.register(Leave)
class LeaveAdmin(PersonDatedAdmin):
    writer = leaves
    list_display = ["person", "kind", "starts_on", "ends_on", "standing", "contract_number"]
    list_filter = [("contract", AutocompleteSelectFilter), ("kind", ChoicesDropdownFilter)]
    date_hierarchy = "starts_on"
    autocomplete_fields = ["contract", "operator"]
    ordering = ["-starts_on", "-pk"]

    entry = [(None, {"fields": ["contract", ("operator", "kind"), ("starts_on", "ends_on"), "reported_at"]})]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"reported_at": clock.now(), **super().get_changeform_initial_data(request)}

    @display(description=_("state"))
    def standing(self, row: Leave) -> SafeString:
        today = clock.today()
        if not row.stands:
            return badge("calm", "undo", gettext("withdrawn"))
        if today < row.starts_on:
            return badge("calm", "schedule", gettext("to come"))
        if row.ends_on < today:
            return badge("calm", "event_available", gettext("over"))
        return badge("warn", "beach_access", gettext("away"))
