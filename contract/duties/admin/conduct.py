"""Consents, reports, inspections, misconduct, third parties, disputes, formalities."""

from copy import copy
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from contract.admin.base import PickedSelect
from contract.admin.display import badge
from contract.admin.records import KeptAdmin, KeptRowsInline
from contract.admin.workbooks import WorkbookAdmin
from contract.choices import ConsentDecision, PartySide
from contract.duties.models import (
    Consent,
    Dispute,
    Formality,
    Inspection,
    InspectionRemark,
    Misconduct,
    ReportSchedule,
    ServiceReport,
    Subcontracting,
)
from contract.duties.selectors.lists import expected_reports, remarks_of
from contract.duties.services import consents, lists, service
from contract.duties.workbooks.remarks import REMARKS_OF_THE_OFFICE
from contract.duties.workbooks.service_reports import SERVICE_REPORTS
from contract.models import Contract
from kit import clock
from kit.workbooks.taking_in import ListResult

CONTRACT = ("contract", AutocompleteSelectFilter)


PERSON = "staffing.Operator"
"""Whom a consent may be about, as its record names it; the rows themselves are another app's."""


class ConsentForm(forms.ModelForm):
    """A person is chosen by name; what the record keeps of the choice is its kind and number."""

    person = forms.ModelChoiceField(
        label=_("person concerned"),
        required=False,
        queryset=Consent.objects.none(),
        help_text=_("For a change of staff; the check of staff changes looks for it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "person" in self.fields and self.instance.subject_label == PERSON:
            self.initial["person"] = self.instance.subject_pk

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "person" in self.changed_data:
            person = data.get("person")
            self.instance.subject_label = PERSON if person else ""
            self.instance.subject_pk = person.pk if person else None
        return data


@admin.register(Consent)
class ConsentAdmin(KeptAdmin):
    form = ConsentForm
    list_display = ["subject", "kind", "arrived_on", "mark", "decided_on", "valid_from", "valid_to", "contract_number"]
    list_filter = [("kind", ChoicesDropdownFilter), ("decision", ChoicesDropdownFilter), CONTRACT]
    search_fields = ["subject", "purpose", "document", "request_document"]
    search_help_text = _("Person, recipient, purpose or document number")
    date_hierarchy = "requested_on"
    fieldsets = [
        (
            _("Request of the vendor"),
            {
                "fields": [
                    ("contract", "kind"),
                    "subject",
                    "person",
                    "purpose",
                    ("request_document", "requested_on"),
                    "arrived_on",
                    ("withdrawn_on", "withdrawal_reason"),
                ]
            },
        ),
        (
            _("Written answer of the office"),
            {"fields": [("decision", "decided_on"), "document", "reason", ("valid_from", "valid_to"), "revoked_on"]},
        ),
    ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if "person" in form.base_fields:  # found by typing, among the people whom this reader may see
            people = apps.get_model(PERSON)
            field: Any = copy(form.base_fields["person"])
            form.base_fields["person"] = field
            field.widget = PickedSelect(people._meta.get_field("assignments").field, admin.site)
            field.queryset = admin.site.get_model_admin(people).get_queryset(request)
        return form

    @display(description=_("person concerned"))
    def person(self, row: Consent) -> str:
        """For who may not change it."""
        return row.subject if row.subject_label == PERSON else "–"

    def write(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> Consent:
        return consents.save_consent(consent=obj)

    @display(description=_("decision"), ordering="decision")
    def mark(self, row: Consent) -> SafeString:
        if row.withdrawn_on is not None:
            return badge("calm", "undo", gettext("withdrawn"))
        if not row.decision:
            return badge("warn", "schedule", gettext("not answered"))
        tone = "good" if row.decision == ConsentDecision.GRANTED else "bad"
        return badge(tone, "task_alt" if tone == "good" else "block", row.get_decision_display())


@admin.register(ReportSchedule)
class ReportScheduleAdmin(KeptAdmin):
    list_display = ["title", "kind", "cadence", "due_days", "starts_on", "ends_on", "contract_number"]
    list_filter = [("kind", ChoicesDropdownFilter), ("cadence", ChoicesDropdownFilter), CONTRACT]
    search_fields = ["title"]
    fieldsets = [(None, {"fields": [("contract", "kind"), "title", ("cadence", "due_days"), ("starts_on", "ends_on")]})]

    def write(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> ReportSchedule:
        return service.save_schedule(schedule=obj)


@admin.register(ServiceReport)
class ServiceReportAdmin(WorkbookAdmin, KeptAdmin):
    workbook = SERVICE_REPORTS
    list_display = ["title", "schedule", "period_start", "delivered_on", "mark", "contract_number"]
    list_select_related = ["contract", "schedule"]
    list_filter = [("schedule__kind", ChoicesDropdownFilter), CONTRACT]
    search_fields = ["title", "document", "schedule__title"]
    date_hierarchy = "delivered_on"
    fieldsets = [
        (
            _("Delivered by the vendor"),
            {"fields": [("contract", "schedule"), ("period_start", "delivered_on"), ("title", "document"), "summary"]},
        ),
        (_("Answer of the office"), {"fields": [("accepted_on", "returned_on"), "return_reason"]}),
    ]

    def listed(self, contract: Contract) -> list[Any]:
        return expected_reports(contract, clock.today())

    def take_rows(self, contract: Contract, rows: Any, request: HttpRequest) -> ListResult:
        return lists.deliver_reports(contract=contract, rows=rows, side=PartySide.OFFICE, today=clock.today())

    def write(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> ServiceReport:
        return service.save_report(report=obj)

    @display(description=_("state"))
    def mark(self, row: ServiceReport) -> SafeString:
        if row.accepted_on:
            return badge("good", "task_alt", gettext("accepted"))
        if row.returned_on:
            return badge("bad", "undo", gettext("returned"))
        return badge("warn", "schedule", gettext("delivered, not answered"))


class RemarkInline(KeptRowsInline):
    model = InspectionRemark
    fields = ["number", "text", "due_on", "answer", "answered_on", "checked_on", "is_settled"]


@admin.register(Inspection)
class InspectionAdmin(KeptAdmin):
    list_display = ["inspected_on", "place", "summary_start", "arrived_on", "remark_count", "contract_number"]
    search_fields = ["summary", "place", "document"]
    date_hierarchy = "inspected_on"
    inlines = [RemarkInline]
    fieldsets = [
        (
            None,
            {"fields": [("contract", "inspected_on"), ("place", "inspectors"), "summary", ("document", "arrived_on")]},
        )
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("remarks")

    @display(description=_("summary"))
    def summary_start(self, row: Inspection) -> str:
        return row.summary if len(row.summary) <= 40 else f"{row.summary[:40]}…"

    @display(description=_("remarks"))
    def remark_count(self, row: Inspection) -> int:
        return len(row.remarks.all())


@admin.register(InspectionRemark)
class InspectionRemarkAdmin(WorkbookAdmin, KeptAdmin):
    workbook = REMARKS_OF_THE_OFFICE
    contract_path = "inspection__contract"
    list_display = ["inspection", "number", "due_on", "answered_on", "checked_on", "is_settled"]
    list_select_related = ["inspection"]
    list_filter: Any = []
    autocomplete_fields: Any = []
    search_fields = ["text", "answer"]
    fieldsets = [
        (None, {"fields": [("inspection", "number"), "text", "due_on"]}),
        (_("Answer of the vendor"), {"fields": ["answer", "answered_on"]}),
        (_("Second look of the office"), {"fields": [("checked_on", "is_settled"), "check_note"]}),
    ]

    def listed(self, contract: Contract) -> list[Any]:
        return remarks_of(contract)

    def take_rows(self, contract: Contract, rows: Any, request: HttpRequest) -> ListResult:
        return lists.take_in_remarks(contract=contract, rows=rows, today=clock.today())


@admin.register(Misconduct)
class MisconductAdmin(KeptAdmin):
    list_display = ["title", "found_on", "arrived_on", "correct_by", "corrected_on", "contract_number"]
    search_fields = ["title", "description", "document"]
    date_hierarchy = "found_on"
    fieldsets = [
        (None, {"fields": [("contract", "found_on"), "title", "description"]}),
        (_("Request to the vendor"), {"fields": [("document", "arrived_on"), "correct_by"]}),
        (_("Correction by the vendor"), {"fields": ["corrected_on", "correction"]}),
        (_("Withdrawal"), {"fields": ["withdrawn_on"]}),
    ]


@admin.register(Subcontracting)
class SubcontractingAdmin(KeptAdmin):
    list_display = ["third_party", "found_on", "consent_mark", "paid_written", "contract_number"]
    list_select_related = ["contract", "consent"]
    search_fields = ["third_party", "description", "document"]
    date_hierarchy = "found_on"
    fieldsets = [
        (None, {"fields": ["contract", ("transferred_on", "found_on"), "third_party", "description", "document"]}),
        (_("Consent and claim"), {"fields": [("consent", "paid")]}),
        (_("Withdrawal"), {"fields": ["withdrawn_on"]}),
    ]

    @display(description=_("paid until then"), ordering="paid")
    def paid_written(self, row: Subcontracting) -> str:
        return "–" if row.paid is None else f"{row.paid:,.2f}"

    @display(description=_("consent"))
    def consent_mark(self, row: Subcontracting) -> SafeString:
        if row.consent is None:
            return badge("bad", "block", gettext("none"))
        return badge("calm", "approval", row.consent.get_decision_display() or gettext("open"))


@admin.register(Dispute)
class DisputeAdmin(KeptAdmin):
    list_display = ["title", "stage", "raised_by", "raised_on", "filed_on", "closed_on", "contract_number"]
    list_filter = [("stage", ChoicesDropdownFilter), CONTRACT]
    search_fields = ["title", "description", "case_number"]
    date_hierarchy = "raised_on"
    fieldsets = [
        (
            None,
            {"fields": [("contract", "stage"), ("title", "clause_refs"), "description", ("raised_by", "raised_on")]},
        ),
        (_("Negotiation"), {"fields": ["negotiation_ended_on"]}),
        (_("Arbitration"), {"fields": [("filed_on", "arbitration_body"), "case_number"]}),
        (_("Result"), {"fields": ["closed_on", "result"]}),
    ]


@admin.register(Formality)
class FormalityAdmin(KeptAdmin):
    list_display = ["contract_number", "side", "signatory", "signed_on", "sealed_on", "originals"]
    list_filter = [("side", ChoicesDropdownFilter), CONTRACT]
    search_fields = ["signatory", "contract__number"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("contract", "side"),
                    "signatory",
                    ("signed_on", "sealed_on"),
                    ("originals", "kept_at"),
                    "note",
                ]
            },
        )
    ]
