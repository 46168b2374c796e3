"""Acceptances and payments."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from billing import services
from billing.admin.base import WithdrawableAdmin, acceptance_badge, money
from billing.admin.exports import ExportMixin
from billing.models import Acceptance, Instalment, Payment
from contract.admin.base import entered
from kit import clock


@admin.register(Acceptance)
class AcceptanceAdmin(WithdrawableAdmin):
    list_display = ["accepted_on", "result_mark", "period", "contract_number", "standing"]
    list_filter = [("result", ChoicesDropdownFilter)]
    search_fields = ["instalment__contract__number"]
    date_hierarchy = "accepted_on"
    entry_fields = ("instalment", ("accepted_on", "result"), "opinion", "failed_amount")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"accepted_on": clock.today(), **super().get_changeform_initial_data(request)}

    @display(description=_("acceptance result"), ordering="result")
    def result_mark(self, row: Acceptance) -> SafeString | str:
        return acceptance_badge(row.result)

    def take_back(self, request: HttpRequest, row: Acceptance, reason: str) -> Acceptance:
        return services.withdraw_acceptance(acceptance=row, reason=reason, actor=request.user, at=clock.now())

    def write(self, request: HttpRequest, obj: Acceptance, form: Any, change: bool) -> Acceptance:
        if change:
            return self.take_back(request, obj, form.cleaned_data["why"])
        return services.record_acceptance(
            actor=request.user,
            today=clock.today(),
            **entered(form, ["instalment", "accepted_on", "result", "opinion", "failed_amount"]),
        )


@admin.register(Payment)
class PaymentAdmin(ExportMixin, WithdrawableAdmin):
    export_table = "payments"
    list_display = ["paid_on", "amount_written", "reference", "period", "contract_number", "standing"]
    search_fields = ["reference", "instalment__contract__number"]
    search_help_text = _("Voucher number or contract number")
    date_hierarchy = "paid_on"
    entry_fields = ("instalment", ("paid_on", "amount"), "reference")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The undisputed part that is open, paid today."""
        initial = {"paid_on": clock.today(), **super().get_changeform_initial_data(request)}
        chosen = str(initial.get("instalment", ""))
        if chosen.isdecimal() and "amount" not in initial:
            instalments = self.admin_site._registry[Instalment].get_queryset(request)
            if instalment := instalments.filter(pk=int(chosen[:18])).first():
                initial["amount"] = instalment.payable
        return initial

    @display(description=_("amount (yuan)"), ordering="amount")
    def amount_written(self, row: Payment) -> str:
        return money(row.amount)

    def take_back(self, request: HttpRequest, row: Payment, reason: str) -> Payment:
        return services.withdraw_payment(payment=row, reason=reason, actor=request.user, at=clock.now())

    def write(self, request: HttpRequest, obj: Payment, form: Any, change: bool) -> Payment:
        if change:
            return self.take_back(request, obj, form.cleaned_data["why"])
        return services.record_payment(
            actor=request.user, today=clock.today(), **entered(form, ["instalment", "paid_on", "amount", "reference"])
        )
