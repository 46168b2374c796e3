"""What is on file of people, and where they serve. Wrong records are withdrawn, never deleted."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from contract.admin.records import KeptAdmin, WithdrawableAdmin
from contract.admin.workbooks import WorkbookAdmin
from contract.models import Contract
from contract.selectors import visible_contracts
from kit import clock
from kit.workbooks.lists import ListBook
from kit.workbooks.taking_in import ListResult
from staffing.models import EmploymentContract, QualificationProof, ServicePlace, Training, TrialAssessment
from staffing.selectors.records import person_records
from staffing.services.lists import take_in_records
from staffing.workbooks.qualification import BOOKS


class PersonRecordAdmin(WorkbookAdmin, WithdrawableAdmin):
    """A record of one person."""

    contract_path: str | None = None
    list_select_related = ["operator"]
    list_filter: Any = []
    search_fields = ["operator__name", "operator__employee_number", "document"]
    search_help_text = _("Employee number, name or document number")
    autocomplete_fields = ["operator"]

    @property
    def workbook(self) -> ListBook:  # type: ignore[override]
        return BOOKS[self.model]

    def listed(self, contract: Contract) -> QuerySet[Any]:
        return person_records(self.model, contract)

    def take_rows(self, contract: Contract, rows: Any, request: HttpRequest) -> ListResult:
        return take_in_records(model=self.model, contract=contract, rows=rows, today=clock.today())

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if self.contract_path is not None or request.user.is_superuser:
            return rows
        return rows.filter(operator__vendor__in=visible_contracts(request.user).values("vendor"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields = [f for f in super().get_fields(request, obj) if f not in ("withdraw", "withdrawal")]
        return [*fields, "withdraw" if self.has_change_permission(request, obj) else "withdrawal"] if obj else fields

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [(None, {"fields": self.get_fields(request, obj)})]


@admin.register(QualificationProof)
class QualificationProofAdmin(PersonRecordAdmin):
    list_display = ["person", "kind", "dated_on", "document", "withdrawn_on"]
    list_filter = [("kind", ChoicesDropdownFilter)]


@admin.register(EmploymentContract)
class EmploymentContractAdmin(PersonRecordAdmin):
    list_display = ["person", "signed_on", "starts_on", "ends_on", "document", "withdrawn_on"]
    date_hierarchy = "starts_on"


@admin.register(Training)
class TrainingAdmin(PersonRecordAdmin):
    contract_path = "contract"
    list_display = ["person", "starts_on", "ends_on", "trial_starts_on", "topic", "withdrawn_on"]
    list_filter = [("contract", AutocompleteSelectFilter)]
    autocomplete_fields = ["operator", "contract"]


@admin.register(TrialAssessment)
class TrialAssessmentAdmin(PersonRecordAdmin):
    contract_path = "contract"
    list_display = ["person", "assessed_on", "is_passed", "score", "withdrawn_on"]
    list_filter = [("contract", AutocompleteSelectFilter), "is_passed"]
    autocomplete_fields = ["operator", "contract"]
    date_hierarchy = "assessed_on"


@admin.register(ServicePlace)
class ServicePlaceAdmin(KeptAdmin):
    list_display = ["name", "address", "designated_on", "closed_on", "contract"]
    search_fields = ["name", "address"]
