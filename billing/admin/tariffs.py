"""Agreed deductions, which come with the contract's document, and deposits with what became of them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from billing.admin.base import money
from billing.models import Deposit, Tariff
from contract.admin.base import KeptMixin, ServiceAdmin
from contract.admin.records import StandingFilter, WithdrawableAdmin


@admin.register(Tariff)
class TariffAdmin(KeptMixin, ServiceAdmin):
    """What the contract itself names is read here. Where it names nothing there is nothing to deduct."""

    list_display = ["title", "contract", "clause", "per", "amount", "percent", "source"]
    list_select_related = ["contract"]
    search_fields = ["title", "contract__number"]
    search_help_text = _("Contract number or title")
    fields = [
        "contract",
        ("title", "clause"),
        ("per", "source"),
        ("amount", "percent"),
        ("free", "below"),
        "graded",
        "check_id",
        "cap_percent",
    ]

    readonly_fields = ["graded"]

    @display(description=_("grades"))
    def graded(self, row: Tariff) -> str:
        return "；".join(f"< {grade['below']}: {grade['percent']}%" for grade in row.grades) or "–"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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
        return found or row.drawn_for or _("A claim that was agreed on draws on it: on the page of the claim.")
