"""Agreed deductions, which come with the contract's document, and deposits with what became of them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from billing import services
from billing.admin.amended import AmendedAdmin, PairsField
from billing.admin.base import money
from billing.models import Deposit, Tariff
from contract.admin.records import StandingFilter, WithdrawableAdmin


class TariffForm(forms.ModelForm):
    grades = PairsField(
        ("below", "percent"),
        label=_("grades"),
        help_text=_("Of a deduction by grade: below which score which percentage, such as “90: 2; 80: 5”."),
    )


@admin.register(Tariff)
class TariffAdmin(AmendedAdmin):
    """What the contract itself names. Where it names nothing there is nothing to deduct."""

    form = TariffForm
    list_display = ["title", "contract", "clause", "per", "amount", "percent", "source", "since", "mark"]
    copied = (
        "title",
        "clause",
        "per",
        "source",
        "amount",
        "percent",
        "free",
        "below",
        "grades",
        "check_id",
        "cap_percent",
    )
    entered = [
        ("title", "clause"),
        ("per", "source"),
        ("amount", "percent"),
        ("free", "below"),
        "grades",
        "check_id",
        "cap_percent",
    ]
    readonly_fields = [*AmendedAdmin.readonly_fields, "graded"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["amendment", *self.entered]
        shown = ["graded" if name == "grades" else name for name in self.entered]
        return ["contract", ("since", "mark"), *shown, "amendment", ("proposed_by", "decided_by")]

    @display(description=_("grades"))
    def graded(self, row: Tariff) -> str:
        return "；".join(f"< {grade['below']}: {grade['percent']}%" for grade in row.grades) or "–"

    def write(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> Tariff:
        return services.propose_tariff(tariff=obj, actor=request.user)


@admin.register(Deposit)
class DepositAdmin(WithdrawableAdmin):
    list_display = [
        "title",
        "kind",
        "amount",
        "due_on",
        "given_on",
        "drawn_amount",
        "returned_on",
        "contract_number",
        "standing",
    ]
    list_select_related = ["contract"]
    list_filter = [StandingFilter, ("kind", ChoicesDropdownFilter), ("contract", AutocompleteSelectFilter)]
    search_fields = ["title", "document"]
    search_help_text = _("Title or document")
    autocomplete_fields = ["contract"]
    entry = [
        (
            None,
            {"fields": [("contract", "kind"), "title", ("amount", "due_on"), ("given_on", "document"), "valid_until"]},
        ),
        (_("Drawn upon"), {"fields": [("drawn_amount", "drawn_on"), "claims"]}),
        (_("Returned"), {"fields": ["return_due_on", ("returned_on", "returned_amount")]}),
    ]
    extra_readonly = ("drawn_amount", "drawn_on", "claims")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(dict.fromkeys([*super().get_readonly_fields(request, obj), *self.extra_readonly]))

    @display(description=_("drawn upon for"))
    def claims(self, row: Deposit) -> SafeString | str:
        """Each claim with what it drew; what was entered before claims said it stays as it was written."""
        steps = row.draws.filter(is_approved=True).select_related("claim").order_by("pk") if row.pk else ()
        found = format_html_join(
            mark_safe("<br>"),
            '<a href="{}">{}</a> {}',
            (
                (reverse("admin:billing_claim_change", args=[one.claim_id]), one.claim, money(one.amount))
                for one in steps
            ),
        )
        return found or row.drawn_for or str(_("A claim that was agreed on draws on it: on the page of the claim."))
