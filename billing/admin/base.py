"""What the pages about money have in common."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from billing.choices import AcceptanceResult, InvoiceStatus, Verdict
from contract.admin.base import KeptMixin, ServiceAdmin
from contract.admin.consequences import ForetoldMixin
from contract.admin.display import badge
from contract.admin.records import UndoMixin

INVOICE_BADGES = {
    InvoiceStatus.SUBMITTED: ("open", "inbox"),
    InvoiceStatus.ACCEPTED: ("good", "check_circle"),
    InvoiceStatus.RETURNED: ("bad", "undo"),
    InvoiceStatus.REVERSED: ("calm", "block"),
    InvoiceStatus.RED_LETTER: ("calm", "remove_circle"),
}
VERDICT_BADGES = {
    Verdict.AGREES: ("good", "check_circle"),
    Verdict.LOOK: ("warn", "visibility"),
    Verdict.DIFFERS: ("bad", "error"),
}
ACCEPTANCE_BADGES = {
    AcceptanceResult.PASSED: ("good", "check_circle"),
    AcceptanceResult.PASSED_WITH_REMARKS: ("warn", "rate_review"),
    AcceptanceResult.FAILED: ("bad", "error"),
    AcceptanceResult.FAILED_BY_OFFICE: ("bad", "error"),
}


def money(amount: Decimal | None) -> str:
    return "–" if amount is None else f"{amount:,.2f}"


def invoice_badge(status: str | None) -> SafeString | str:
    if not status:
        return badge("calm", "hourglass_empty", gettext("not received"))
    return badge(*INVOICE_BADGES[InvoiceStatus(status)], InvoiceStatus(status).label)


def verdict_badge(verdict: str, label: str) -> SafeString:
    return badge(*VERDICT_BADGES[Verdict(verdict)], label)


def acceptance_badge(result: str | None) -> SafeString | str:
    if not result:
        return badge("calm", "hourglass_empty", gettext("not accepted yet"))
    return badge(*ACCEPTANCE_BADGES[AcceptanceResult(result)], AcceptanceResult(result).label)


class OfInstalmentAdmin(KeptMixin, ServiceAdmin):
    """Records about one instalment: entered once, afterwards only judged or withdrawn."""

    contract_path = "instalment__contract"
    list_select_related = ["instalment__contract"]
    autocomplete_fields = ["instalment"]
    search_help_text = _("Contract number")
    entry_fields: tuple[Any, ...] = ()
    """The fields of the form for a new record."""

    @display(description=_("contract"), ordering="instalment__contract__number")
    def contract_number(self, row: Any) -> str:
        return str(row.instalment.contract.number)

    @display(description=_("payment period"), ordering="instalment__sequence")
    def period(self, row: Any) -> str:
        return str(row.instalment)


class WithdrawForm(forms.ModelForm):
    """The form of a record that stands: its only entry is the reason to withdraw it."""

    why = forms.CharField(
        label=_("reason of the withdrawal"),
        max_length=300,
        strip=True,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Only for a record made by mistake: it stays readable and counts no more."),
    )


class WithdrawableAdmin(UndoMixin, ForetoldMixin, OfInstalmentAdmin):
    """What starts or ends a clock is shown with what it changes before it is recorded, and when it is withdrawn."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kw: Any) -> Any:
        if change and self.has_change_permission(request, obj):
            kw["form"] = WithdrawForm
        return super().get_form(request, obj, change=change, **kw)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        sections: list[Any] = [(None, {"fields": list(self.entry_fields)})]
        if obj is None:
            return sections
        sections[0][1]["fields"] += ["recorded_by"]
        if not obj.stands:
            fields = [("withdrawn_at", "withdrawn_by"), "withdrawal_reason"]
            return [*sections, (_("Withdrawn"), {"fields": fields})]
        if self.has_change_permission(request, obj):
            sections.append((_("Withdraw"), {"fields": ["why"]}))
        return sections

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return []
        flat = [f for item in self.entry_fields for f in (item if isinstance(item, tuple) else [item])]
        return [*flat, "recorded_by", "withdrawn_at", "withdrawn_by", "withdrawal_reason"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and not obj.stands:
            return False
        return bool(super().has_change_permission(request, obj))

    @display(description=_("recorded by"))
    def recorded_by(self, row: Any) -> str:
        first = row.history.order_by("history_date", "history_id").first()
        return str((first and first.history_user) or "–")

    @display(description=_("state"))
    def standing(self, row: Any) -> SafeString:
        if row.stands:
            return badge("good", "check_circle", gettext("in effect"))
        return badge("calm", "undo", gettext("withdrawn"))
