"""What the vendor told of hours, pay and labour matters. The office is no employer: it asks."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from contract.admin.base import KeptMixin, ServiceAdmin, changed, entered
from contract.admin.display import badge
from contract.selectors import visible_contracts
from kit import clock
from staffing import services
from staffing.admin.posting import TakeBackForm
from staffing.models import HoursApproval, LabourMatter, PayProof
from staffing.services.labour import LABOUR_FIELDS


class LabourAdmin(KeptMixin, ServiceAdmin):
    """A record of a contract, which never changes; a withdrawn record is only read."""

    form = TakeBackForm
    list_select_related = ["contract"]
    search_help_text = _("Document number")
    search_fields = ["document"]
    autocomplete_fields = ["contract"]
    sections: tuple[tuple[Any, tuple[Any, ...]], ...] = ()
    shown: tuple[str, ...] = ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        sections = [(title, {"fields": list(fields)}) for title, fields in self.sections]
        if obj is None:
            return sections
        may = self.has_change_permission(request, obj)
        return [*sections, (_("Taking back"), {"fields": ["take_back" if may else "taken_back"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["contract", *self.shown, "taken_back"] if obj else [*self.shown]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial = {"arrived_on": clock.today(), **super().get_changeform_initial_data(request)}
        contracts = list(visible_contracts(request.user).values_list("pk", flat=True)[:2])
        return {"contract": contracts[0], **initial} if len(contracts) == 1 else initial

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.withdrawn_on is not None:
            return False
        return super().has_change_permission(request, obj)

    @display(description=_("taken back"))
    def taken_back(self, row: Any) -> str:
        return f"{row.withdrawn_on or ''} {row.withdrawal_reason}".strip() or "–"

    @display(description=_("contract"), ordering="contract__number")
    def contract_number(self, row: Any) -> str:
        return str(row.contract.number)

    def write(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> Any:
        fields = LABOUR_FIELDS[self.model]
        today = clock.today()
        if not change:
            return services.record_labour(
                self.model, today=today, contract=form.cleaned_data["contract"], **entered(form, fields)
            )
        if reason := form.cleaned_data.get("take_back"):
            return services.withdraw_labour(obj, on=today, reason=reason)
        return services.correct_labour(obj, today=today, **changed(form, fields))


@admin.register(HoursApproval)
class HoursApprovalAdmin(LabourAdmin):
    list_display = [
        "document",
        "authority",
        "post",
        "valid_from",
        "valid_until",
        "arrived_on",
        "withdrawn_on",
        "contract_number",
    ]
    list_select_related = ["contract", "post"]
    list_filter = [("contract", AutocompleteSelectFilter)]
    autocomplete_fields = ["contract", "post"]
    sections = (
        (None, ("contract", ("document", "authority"), "post")),
        (_("Time"), (("valid_from", "valid_until"), ("approved_on", "arrived_on"), "note")),
    )


@admin.register(PayProof)
class PayProofAdmin(LabourAdmin):
    list_display = [
        "paid_month",
        "kind",
        "document",
        "paid_on",
        "declared_by",
        "arrived_on",
        "withdrawn_on",
        "contract_number",
    ]
    list_filter = [("kind", ChoicesDropdownFilter), ("contract", AutocompleteSelectFilter)]
    date_hierarchy = "month"
    sections = (
        (None, ("contract", ("kind", "month"), ("document", "paid_on"), ("declared_by", "arrived_on"), "note")),
    )

    @display(description=_("month"), ordering="month")
    def paid_month(self, row: PayProof) -> str:
        return f"{row.month:%Y-%m}"


@admin.register(LabourMatter)
class LabourMatterAdmin(LabourAdmin):
    list_display = ["title", "kind", "known_on", "reported_on", "state", "settled_on", "contract_number"]
    list_filter = [("kind", ChoicesDropdownFilter), ("contract", AutocompleteSelectFilter)]
    search_fields = ["title", "document"]
    search_help_text = _("Matter or document number")
    date_hierarchy = "known_on"
    shown = ("recorded",)
    sections = (
        (None, ("contract", ("kind", "persons"), "title", ("document", "recorded"))),
        (_("Time"), (("occurred_on", "known_on"), "reported_on")),
        (_("effect on the office"), ("effect", "effect_removed_on")),
        (_("Settlement by the vendor"), (("settled_on", "settlement"), "note")),
    )

    @display(description=_("state"))
    def state(self, row: LabourMatter) -> SafeString:
        if row.withdrawn_on:
            return badge("calm", "undo", gettext("taken back"))
        if row.effect and not row.effect_removed_on:
            return badge("warn", "warning", gettext("felt by the office"))
        if row.settled_on:
            return badge("good", "task_alt", gettext("settled"))
        return badge("calm", "schedule", gettext("the vendor's to settle"))

    @display(description=pgettext_lazy("party", "recorded by"))
    def recorded(self, row: LabourMatter) -> str:
        return str(row.get_recorded_by_display()) if row.pk else "–"
