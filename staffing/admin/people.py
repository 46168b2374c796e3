"""Operators and posts. A resident ID number is typed in, never shown again."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from contract.admin.records import KeptAdmin, KeptRowsInline
from contract.choices import AccessKind
from contract.history.access import log
from contract.selectors import visible_contracts
from kit import clock
from staffing.admin.line import LinePages
from staffing.models import Operator, Post, PostSize
from staffing.selectors.former import numbers_blocked_since
from staffing.services import operators


class TypedOnceInput(UnfoldAdminTextInputWidget):
    """A text field whose content never goes back to the browser."""

    def format_value(self, value: Any) -> None:
        return None


class OperatorForm(forms.ModelForm):
    resident_id = forms.CharField(
        label=_("resident ID number"),
        max_length=18,
        strip=True,
        widget=TypedOnceInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "phone" in self.fields and self.instance.pk:
            self.fields["phone"].widget = TypedOnceInput(attrs={"autocomplete": "off"})
            self.fields["phone"].help_text = gettext("Leave empty to keep %(number)s.") % {
                "number": self.instance.phone_masked or "–"
            }
            self.initial["phone"] = ""
        field = self.fields.get("resident_id")
        if field is None:
            return
        if self.instance.pk:
            field.required = False
            field.help_text = gettext("Leave empty to keep %(number)s.") % {"number": self.instance.resident_id_masked}
            self.initial["resident_id"] = ""
        else:
            field.help_text = gettext("It is kept encrypted and shown only in part.")

    def clean_phone(self) -> str:
        return self.cleaned_data["phone"] or self.instance.phone

    def clean_resident_id(self) -> str:
        return self.cleaned_data["resident_id"] or self.instance.resident_id


class ReasonForm(forms.Form):
    """Why whole numbers are looked at."""

    reason = forms.CharField(label=_("reason"), min_length=4, max_length=200, widget=UnfoldAdminTextInputWidget)


@admin.register(Operator)
class OperatorAdmin(LinePages, KeptAdmin):
    contract_path = None
    writer = operators
    form = OperatorForm
    list_display = ["employee_number", "name", "sex", "masked_id", "hired_on", "education", "vendor"]
    list_display_links = ["employee_number", "name"]
    list_select_related = ["vendor"]
    list_filter = [
        ("vendor", AutocompleteSelectFilter),
        ("education", ChoicesDropdownFilter),
        ("sex", ChoicesDropdownFilter),
    ]
    search_fields = ["employee_number", "name"]
    search_help_text = _("Employee number or name")
    autocomplete_fields = ["vendor"]
    ordering = ["vendor", "employee_number"]
    actions_detail = ["to_line", "unmask"]
    found_at = "admin:staffing_operator_line"
    fieldsets: Any = [
        (None, {"fields": ["vendor", ("employee_number", "name"), ("resident_id", "sex"), "phone"]}),
        (_("Hiring"), {"fields": [("hired_on", "clean_record_proved_on"), ("education", "is_full_time_degree")]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Operator]:
        """The people of the vendors that the user's parties have contracts with."""
        people = super().get_queryset(request)
        if request.user.is_superuser:
            return people
        return people.filter(vendor__in=visible_contracts(request.user).values("vendor"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None and not self.has_change_permission(request, obj):
            # Who may only read gets the masked number in place of the field.
            (_none, who), *rest = self.fieldsets
            shown = {("resident_id", "sex"): ("masked_id", "sex"), "phone": "masked_phone"}
            fields = [shown.get(f, f) for f in who["fields"]]
            return [(None, {"fields": fields}), *rest]
        return self.fieldsets

    @action(description=_("On one line of time"), url_path="on-line", icon="timeline", permissions=["view"])
    def to_line(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """To the page that shows what is on record of the person in the order of time."""
        if self.get_object(request, object_id) is None:
            raise Http404
        return redirect(self.found_at, object_id)

    def has_unmask_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("staffing.unmask_operator")

    @action(description=_("Show whole numbers"), url_path="unmask", icon="visibility", permissions=["unmask"])
    def unmask(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The whole numbers of one person, for a reason, to who may; every showing is in the access log."""
        operator = self.get_object(request, object_id)
        if operator is None:
            raise Http404
        form = ReasonForm(request.POST or None)
        blocked = numbers_blocked_since(operator, clock.today())
        shown = request.method == "POST" and blocked is None and form.is_valid()
        if shown:
            log.note(
                AccessKind.SHOWN, request=request, user=request.user, row=operator, text=form.cleaned_data["reason"]
            )
        title = gettext("Whole numbers of %(person)s") % {"person": operator}
        context = self.admin_site.each_context(request) | {"opts": self.opts, "title": title, "form": form}
        context |= {"operator": operator, "is_shown": shown, "blocked": blocked}
        return TemplateResponse(request, "admin/operator/unmask.html", context)

    @display(description=_("telephone"))
    def masked_phone(self, operator: Operator) -> str:
        return operator.phone_masked or "–"

    @display(description=_("resident ID number"))
    def masked_id(self, operator: Operator) -> str:
        return operator.resident_id_masked


class PostSizeInline(KeptRowsInline):
    model = PostSize
    fields = ["effective_from", "people"]
    show_change_link = False


@admin.register(Post)
class PostAdmin(KeptAdmin):
    inlines = [PostSizeInline]
    list_display = ["code", "name", "planned_headcount", "is_active", "contract"]
    list_display_links = ["code", "name"]
    list_select_related = ["contract"]
    list_filter = [("contract", AutocompleteSelectFilter), "is_active"]
    search_fields = ["code", "name"]
    autocomplete_fields = ["contract"]
    ordering = ["contract", "code"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields: list[Any] = ["contract", ("code", "name"), "planned_headcount"]
        return [(None, {"fields": [*fields, "is_active"] if obj else fields})]
