"""The pages of payment rules and agreed deductions: read, changed by an amendment, taken over by a second person."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from billing import services
from contract.admin import confirmation
from contract.admin.base import KeptMixin, ServiceAdmin
from contract.admin.display import badge
from contract.duties.models import Amendment
from contract.selectors import visible_contracts
from kit import clock


class PairsField(forms.CharField):
    """Figures in pairs, such as “90: 2; 80: 5”: kept as rows of the two names, each figure in writing."""

    def __init__(self, names: tuple[str, str], **kwargs: Any) -> None:
        super().__init__(required=False, max_length=400, widget=UnfoldAdminTextInputWidget(), **kwargs)
        self.names = names

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Sequence) or isinstance(value, str):
            return value
        return "; ".join(f"{row[self.names[0]]}: {row[self.names[1]]}" for row in value)

    def to_python(self, value: Any) -> list[dict[str, str]]:  # type: ignore[override]
        if not isinstance(value, str):
            return list(value or [])
        found = []
        for part in value.replace("；", ";").replace("：", ":").split(";"):
            if not part.strip():
                continue
            figures = [one.strip() for one in part.split(":")]
            try:
                numbers = [Decimal(one) for one in figures]
            except InvalidOperation:
                numbers = []
            if len(numbers) != 2 or not all(one.is_finite() and one >= 0 for one in numbers):
                raise ValidationError(_("Write it in pairs, such as “90: 2; 80: 5”."))
            found.append(dict(zip(self.names, figures, strict=True)))
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial) or "") != bool(data) or self.prepare_value(initial) != data


class AmendedAdmin(KeptMixin, ServiceAdmin):
    """What the document brought is read; an amendment adds a row of its own, and a second person takes it over."""

    change_form_before_template = "billing/admin/amended.html"
    copied: tuple[str, ...] = ()
    """What the row of an amendment begins with, as the row before it has it."""
    list_select_related = ["contract", "amendment"]
    search_fields = ["title", "contract__number"]
    search_help_text = _("Contract number or title")
    readonly_fields: Any = ["since", "mark", "proposed_by", "decided_by"]

    @display(description=_("in force from"), ordering="effective_from")
    def since(self, row: Any) -> Any:
        return row.effective_from or row.contract.starts_on

    @display(description=_("state"))
    def mark(self, row: Any) -> SafeString:
        if row.awaits:
            return badge("warn", "hourglass_empty", gettext("awaits the second person"))
        if row.is_approved is False:
            return badge("calm", "undo", gettext("rejected"))
        return badge("good", "check_circle", gettext("in effect"))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "amendment":
            visible = visible_contracts(request.user)
            kwargs |= {"queryset": Amendment.objects.filter(contract__in=visible, withdrawn_on=None), "required": True}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def replaced(self, request: HttpRequest) -> Any:
        """The row that a new one is to take the place of, as the address names it."""
        pk = request.GET.get("replaces", "")
        return self.get_queryset(request).filter(pk=pk).first() if pk.isdecimal() and len(pk) < 19 else None

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        row = self.replaced(request)
        kept = {name: getattr(row, name) for name in self.copied} if row is not None else {}
        return {**kept, **super().get_changeform_initial_data(request)}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """On the page itself a second person takes over, or rejects, all that the amendment changes here."""
        row = self.get_object(request, object_id)
        if row is not None and {"_approve", "_reject"} & set(request.POST):
            try:
                self._decide(request, row.amendment)
            except confirmation.Needed as needed:
                return needed.page(self.admin_site)
            return HttpResponseRedirect(request.path)
        may = row is not None and row.awaits and request.user.has_perm("billing.change_paymentrule")
        context = {
            "can_decide": may and row.proposed_by_id != request.user.pk,
            "can_amend": row is not None and not row.awaits and self.has_add_permission(request),
            "row": row,
        }
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def _decide(self, request: HttpRequest, amendment: Amendment) -> None:
        def decide() -> int:
            return services.decide_changes(
                amendment=amendment, approve="_approve" in request.POST, actor=request.user, today=clock.today()
            )

        def foretold() -> list[str]:
            what: Mapping[str, Any] = {"amendment": amendment, "day": amendment.effective_from}
            return [
                gettext("You are the second person: what “%(amendment)s” changes is in force from %(day)s on.") % what,
                gettext("What is invoiced, accepted, paid or settled stays. Finance generates the open ones again."),
            ]

        title = _("Take over an amendment") if "_approve" in request.POST else None
        confirmation.take(request, decide, done=gettext("Decided."), title=title, consequences=foretold)
