"""Amendments, headcount orders, force majeure and excuses, schemes and renewal assessments."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from contract import clock, registry
from contract.admin.alerts import subject_line
from contract.admin.case_display import excuse_mark
from contract.admin.dated import DatedRowForm
from contract.admin.display import badge
from contract.admin.duties import CONTRACT
from contract.admin.duties_base import DutyAdmin, RowsAdmin, RowsInline
from contract.admin.letters import LetterMixin
from contract.choices import Outcome
from contract.errors import Conflict
from contract.models import (
    Amendment,
    AmendmentChange,
    Assessment,
    AssessmentScheme,
    Criterion,
    Excuse,
    ForceMajeureEvent,
    HeadcountOrder,
    RenewalAssessment,
    Score,
)
from contract.selectors import visible_contracts
from contract.services import duties_changes, duties_conduct, duties_renewal


class ChangeInline(RowsInline):
    model = AmendmentChange
    form = DatedRowForm
    fields = ["key", "value"]


@admin.register(Amendment)
class AmendmentAdmin(RowsAdmin):
    list_display = ["title", "proposed_by", "proposed_on", "arrived_on", "effective_from", "mark",
                    "contract_number"]  # fmt: skip
    search_fields = ["title", "document", "note"]
    date_hierarchy = "effective_from"
    inlines = [ChangeInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("contract", "proposed_by"),
                    ("title", "document"),
                    ("proposed_on", "arrived_on"),
                    "effective_from",
                    "note",
                ]
            },
        ),
        (
            _("Agreement of both sides"),
            {
                "fields": [("office_agreed_on", "vendor_agreed_on"), "withdrawn_on"],
                "description": _(
                    "With the second agreement the figures below become terms of the contract from "
                    "their day on. What was in force before stays."
                ),
            },
        ),
    ]

    def write_with_rows(self, row: Amendment, rows: list[dict[str, Any]] | None) -> None:
        changes = None
        if rows is not None:
            if len({one["key"] for one in rows}) != len(rows):
                raise ValidationError(gettext("A figure stands twice."))
            changes = {one["key"]: one["value"] for one in rows}
        duties_changes.save_amendment(amendment=row, changes=changes)

    @display(description=_("state"))
    def mark(self, row: Amendment) -> SafeString:
        if row.withdrawn_on:
            return badge("calm", "undo", gettext("withdrawn"))
        if row.agreed_on:
            return badge("good", "handshake", gettext("agreed by both sides"))
        return badge("warn", "schedule", gettext("awaits agreement"))


@admin.register(HeadcountOrder)
class HeadcountOrderAdmin(DutyAdmin):
    list_display = ["document", "headcount", "issued_on", "arrived_on", "effective_from", "mark",
                    "contract_number"]  # fmt: skip
    search_fields = ["document", "reason"]
    date_hierarchy = "effective_from"
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("contract", "document"),
                    ("headcount", "effective_from"),
                    ("issued_on", "arrived_on"),
                    "reason",
                    "cancelled_on",
                ]
            },
        )
    ]

    def write(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> HeadcountOrder:
        return duties_changes.save_headcount_order(order=obj)

    @display(description=_("state"))
    def mark(self, row: HeadcountOrder) -> SafeString:
        if row.cancelled_on:
            return badge("calm", "undo", gettext("cancelled"))
        if row.arrived_on:
            return badge("good", "task_alt", gettext("notice arrived"))
        return badge("warn", "schedule", gettext("notice under way"))


@admin.register(ForceMajeureEvent)
class ForceMajeureEventAdmin(LetterMixin, DutyAdmin):
    list_display = ["title", "reported_by", "occurred_on", "arrived_on", "proof_arrived_on",
                    "ended_on", "contract_number"]  # fmt: skip
    search_fields = ["title", "description", "proof_document"]
    date_hierarchy = "occurred_on"
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("contract", "reported_by"),
                    "title",
                    "description",
                    ("occurred_on", "arrived_on"),
                    "ended_on",
                ]
            },
        ),
        (
            _("Authority's proof"),
            {"fields": [("proof_document", "proof_issuer"), "proof_arrived_on"]},
        ),
        (_("Withdrawal"), {"fields": ["withdrawn_on"]}),
    ]


class FindingField(forms.ModelChoiceField):
    """A finding by its contract, its check and its subject."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.contract.number} · {registry.title(obj.check_id)} · {subject_line(obj)}"


class ExcuseForm(forms.ModelForm):
    """A new excuse is for a finding at risk or not met; what it is about comes from there."""

    finding = FindingField(
        label=_("finding"), queryset=Assessment.objects.none(), widget=UnfoldAdminSelectWidget(),
        help_text=_("A current finding “at risk” or “not met”."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        finding = data.get("finding")
        if finding is not None:
            self.instance.contract = finding.contract
            self.instance.check_id = finding.check_id
            self.instance.subject_label = finding.subject_label
            self.instance.subject_pk = finding.subject_pk
            self.instance.subject_name = finding.subject_name
        return data


@admin.register(Excuse)
class ExcuseAdmin(DutyAdmin):
    form = ExcuseForm
    list_display = ["check_name", "subject_name", "cause", "from_on", "to_on", "mark",
                    "contract_number"]  # fmt: skip
    list_filter = [("cause", ChoicesDropdownFilter), CONTRACT]
    search_fields = ["subject_name", "document", "reason"]
    actions = ["approve"]
    change_form_before_template = "admin/contract/approve_excuse.html"
    autocomplete_fields: list[str] = []
    fixed = ("contract", "check_name", "subject_name", "proposed_by", "approved_by", "approved_on")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        about: list[Any] = (
            ["finding"] if obj is None else ["contract", "check_name", "subject_name"]
        )
        steps: list[Any] = [] if obj is None else [
            (_("Two people"), {"fields": [("proposed_by", "approved_by"), "approved_on",
                                          "revoked_on"]})
        ]  # fmt: skip
        return [
            (None, {"fields": about}),
            (
                _("Cause and window"),
                {"fields": ["cause", "event", ("from_on", "to_on"), "document", "reason"]},
            ),
            *steps,
        ]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        field = form.base_fields.get("finding")
        if isinstance(field, FindingField):
            field.queryset = Assessment.objects.filter(
                contract__in=visible_contracts(request.user), is_current=True, is_withdrawn=False,
                outcome__in=[Outcome.AT_RISK, Outcome.NOT_MET],
            ).select_related("contract")  # fmt: skip
        return form

    def write(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> Excuse:
        return duties_conduct.save_excuse(excuse=obj, actor=request.user)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A second person approves on the page itself what a colleague proposed."""
        excuse = self.get_object(request, object_id)
        can_approve = (
            excuse is not None
            and not (excuse.approved_on or excuse.revoked_on)
            and excuse.proposed_by_id != request.user.pk
            and self.has_change_permission(request, excuse)
        )
        if can_approve and "_approve" in request.POST:
            self.approve(request, Excuse.objects.filter(pk=object_id))
            return HttpResponseRedirect(request.path)
        context = {"can_approve": can_approve, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    @admin.action(description=_("Approve the selected excuses"), permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Excuse]) -> None:
        done = 0
        for excuse in queryset:
            try:
                duties_conduct.approve_excuse(excuse=excuse, actor=request.user, on=clock.today())
                done += 1
            except (ValidationError, Conflict, PermissionDenied) as error:
                said = error.messages if isinstance(error, ValidationError) else [str(error)]
                messages.error(request, f"{excuse}: {' '.join(said)}")
        if done:
            messages.success(request, gettext("Approved: %(count)d") % {"count": done})

    @display(description=_("check"), ordering="check_id")
    def check_name(self, row: Excuse) -> str:
        return registry.title(row.check_id)

    @display(description=_("state"))
    def mark(self, row: Excuse) -> SafeString:
        return excuse_mark(row)


class CriterionInline(RowsInline):
    model = Criterion
    fields = ["title", "weight"]


@admin.register(AssessmentScheme)
class AssessmentSchemeAdmin(RowsAdmin):
    list_display = ["title", "pass_mark", "office_confirmed_on", "vendor_confirmed_on",
                    "contract_number"]  # fmt: skip
    search_fields = ["title", "document"]
    inlines = [CriterionInline]
    fieldsets = [
        (None, {"fields": [("contract", "title"), "pass_mark"]}),
        (
            _("Confirmation by both sides"),
            {"fields": [("office_confirmed_on", "vendor_confirmed_on"), "document"]},
        ),
    ]

    def write_with_rows(self, row: AssessmentScheme, rows: list[dict[str, Any]] | None) -> None:
        criteria = None
        if rows is not None:
            criteria = [(one["title"], one["weight"]) for one in rows]
        duties_renewal.save_scheme(scheme=row, criteria=criteria)


class ScoreInline(RowsInline):
    model = Score
    fields = ["criterion", "points"]
    can_delete = False

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """One row for each criterion of the scheme."""
        self.scheme_id = obj.scheme_id if obj else None
        formset = super().get_formset(request, obj, **kwargs)
        missing = []
        if obj is not None:
            scored = obj.scores.values_list("criterion_id", flat=True)
            missing = list(obj.scheme.criteria.exclude(pk__in=scored).values_list("pk", flat=True))

        class Prefilled(formset):  # type: ignore[misc, valid-type]
            extra = len(missing)

            def __init__(self, *args: Any, **kwargs: Any) -> None:
                kwargs.setdefault("initial", [{"criterion": pk} for pk in missing])
                super().__init__(*args, **kwargs)

        return Prefilled

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "criterion":
            kwargs["queryset"] = Criterion.objects.filter(scheme=self.scheme_id)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(RenewalAssessment)
class RenewalAssessmentAdmin(RowsAdmin):
    list_display = ["contract_number", "assessed_on", "result", "mark", "decision", "decided_on"]
    search_fields = ["contract__number", "document", "reason"]
    date_hierarchy = "assessed_on"
    list_select_related = ["contract", "scheme"]
    inlines = [ScoreInline]
    fixed = ("contract", "scheme", "result", "mark")
    fieldsets = [
        (None, {"fields": [("contract", "scheme"), "assessed_on"]}),
        (_("Decision"), {"fields": [("decision", "decided_on"), "document", "reason"]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": [("contract", "scheme"), "assessed_on"]})]
        return [
            (None, {"fields": [("contract", "scheme"), "assessed_on", ("result", "mark")]}),
            self.fieldsets[1],
        ]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return super().get_inlines(request, obj) if obj else []

    def write_with_rows(self, row: RenewalAssessment, rows: list[dict[str, Any]] | None) -> None:
        points: dict[int, Decimal] | None = None
        if rows is not None:
            points = {one["criterion"].pk: one["points"] for one in rows}
        duties_renewal.save_assessment(assessment=row, points=points or None)

    @display(description=_("state"))
    def mark(self, row: RenewalAssessment) -> SafeString:
        if row.passed is None:
            return badge("warn", "schedule", gettext("not scored"))
        if row.passed:
            return badge("good", "task_alt", gettext("assessment passed"))
        return badge("bad", "block", gettext("not passed"))
