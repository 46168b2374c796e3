"""What the admin pages of confidentiality share: records are corrected or withdrawn."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from confidentiality.models.base import STANDING, Withdrawable
from contract.admin.base import KeptMixin, ServiceAdmin
from contract.admin.display import badge
from contract.selectors import visible_contracts


class WithdrawForm(forms.ModelForm):
    """A form with one more field: a reason there withdraws the whole record."""

    withdraw = forms.CharField(
        label=_("reason of the withdrawal"),
        max_length=300,
        required=False,
        strip=True,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Fill in only to withdraw the record: it stays readable and counts no more."),
    )


class StandingFilter(DropdownFilter):
    """Without a choice the records that stand; the withdrawn ones on demand."""

    title = _("state")
    parameter_name = "standing"
    all_option = None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("", _("standing")), ("withdrawn", _("withdrawn")), ("all", _("all"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        if self.value() == "withdrawn":
            return queryset.exclude(STANDING)
        return queryset.filter(STANDING)


class WithdrawableAdmin(KeptMixin, ServiceAdmin):
    """Records that stand until they are withdrawn; what they are about never changes."""

    form = WithdrawForm
    fixed: tuple[str, ...] = ("contract",)
    list_filter: Any = [StandingFilter]
    entry: list[Any] = []
    """The sections of the form, without the one that withdraws."""

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """With a single contract there is nothing to choose."""
        initial = super().get_changeform_initial_data(request)
        contracts = list(visible_contracts(request.user).values_list("pk", flat=True)[:2])
        return {"contract": contracts[0], **initial} if len(contracts) == 1 else initial

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.entry
        may = self.has_change_permission(request, obj)
        return [*self.entry, (_("Withdrawal"), {"fields": ["withdraw" if may else "withdrawal"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fixed = list(self.fixed) if obj else []
        return [*super().get_readonly_fields(request, obj), *fixed, "withdrawal"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if isinstance(obj, Withdrawable) and not obj.stands:
            return False
        return bool(super().has_change_permission(request, obj))

    @display(description=_("withdrawal"))
    def withdrawal(self, row: Withdrawable) -> str:
        return f"{row.withdrawn_on or ''} {row.withdrawal_reason}".strip() or "–"

    @display(description=_("state"))
    def standing(self, row: Withdrawable) -> SafeString:
        if row.stands:
            return badge("good", "check_circle", gettext("stands"))
        return badge("calm", "undo", gettext("withdrawn"))

    @display(description=_("contract"), ordering="contract__number")
    def contract_number(self, row: Any) -> str:
        return str(row.contract.number)
