"""What is on file of people, and where they serve. Wrong records are withdrawn, never deleted."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from contract.admin.base import KeptMixin, ServiceAdmin, changed, entered
from contract.admin.workbooks import WorkbookAdmin
from contract.models import Contract
from contract.selectors import visible_contracts
from kit import clock
from kit.workbooks.lists import ListBook
from kit.workbooks.taking_in import ListResult
from staffing import services
from staffing.admin.posting import TakeBackForm
from staffing.models import EmploymentContract, QualificationProof, ServicePlace, Training, TrialAssessment
from staffing.selectors.records import person_records
from staffing.services.lists import take_in_records
from staffing.services.qualification import PERSON_FIELDS, PLACE_FIELDS
from staffing.workbooks.qualification import BOOKS


class PersonRecordAdmin(WorkbookAdmin, KeptMixin, ServiceAdmin):
    """A record of one person; the person never changes, and a withdrawn record is only read."""

    contract_path: str | None = None
    list_select_related = ["operator"]
    search_fields = ["operator__name", "operator__employee_number", "document"]
    search_help_text = _("Employee number, name or document number")
    autocomplete_fields = ["operator"]
    form = TakeBackForm

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
        fields = [f for f in super().get_fields(request, obj) if f != "take_back"]
        return [*fields, "take_back"] if obj else fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["operator", "contract"] if obj and hasattr(obj, "contract_id") else (["operator"] if obj else [])

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.withdrawn_on is not None:
            return False
        return super().has_change_permission(request, obj)

    @display(description=_("operator"), ordering="operator__employee_number")
    def person(self, row: Any) -> str:
        return str(row.operator)

    def write(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> Any:
        if not change:
            who = {name: form.cleaned_data[name] for name in ("operator", "contract") if name in form.cleaned_data}
            return services.keep_record(self.model, **who, **entered(form, PERSON_FIELDS[self.model]))
        if reason := form.cleaned_data.get("take_back"):
            return services.withdraw_record(obj, on=clock.today(), reason=reason)
        return services.correct_record(obj, **changed(form, PERSON_FIELDS[self.model]))


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
class ServicePlaceAdmin(KeptMixin, ServiceAdmin):
    list_display = ["name", "address", "designated_on", "closed_on", "contract"]
    list_select_related = ["contract"]
    list_filter = [("contract", AutocompleteSelectFilter)]
    search_fields = ["name", "address"]
    autocomplete_fields = ["contract"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["contract"] if obj else []

    def write(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> ServicePlace:
        if change:
            return services.correct_place(place=obj, **changed(form, PLACE_FIELDS))
        return services.designate_place(contract=form.cleaned_data["contract"], **entered(form, PLACE_FIELDS))
