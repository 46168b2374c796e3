"""Payments for which a paper is missing: proposed by one person, approved or rejected by another."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from billing import services
from billing.admin.base import OfInstalmentAdmin, money
from billing.models import PaymentException
from billing.services.exceptions import lacking_named
from contract.admin import confirmation
from contract.admin.base import entered
from contract.admin.display import badge
from kit import clock
from kit.errors import Conflict

ENTERED = ["instalment", "paid_on", "amount", "reference", "reason"]


@admin.register(PaymentException)
class PaymentExceptionAdmin(OfInstalmentAdmin):
    list_display = ["paid_on", "amount_written", "reference", "missing", "period", "contract_number", "standing"]
    list_select_related = ["instalment__contract", "decided_by"]
    search_fields = ["reference", "instalment__contract__number"]
    search_help_text = _("Voucher number or contract number")
    date_hierarchy = "paid_on"
    change_form_before_template = "billing/admin/decide_exception.html"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        about = ["instalment", ("paid_on", "amount"), "reference", "reason"]
        if obj is None:
            return [(None, {"fields": about})]
        return [
            (None, {"fields": [*about[:-1], "missing", "reason"]}),
            (
                _("Two people"),
                {"fields": [("proposed_by", "decided_by"), ("decided_at", "standing"), "decision_reason", "payment"]},
            ),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return []
        return [
            *ENTERED,
            "missing",
            "standing",
            "proposed_by",
            "decided_by",
            "decided_at",
            "decision_reason",
            "payment",
        ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"paid_on": clock.today(), **super().get_changeform_initial_data(request)}

    @display(description=_("amount (yuan)"), ordering="amount")
    def amount_written(self, row: PaymentException) -> str:
        return money(row.amount)

    @display(description=_("missing papers"))
    def missing(self, row: PaymentException) -> str:
        return lacking_named(row)

    @display(description=_("state"))
    def standing(self, row: PaymentException) -> SafeString:
        if row.is_approved is None:
            return badge("warn", "hourglass_empty", gettext("awaits the second person"))
        if row.is_approved:
            return badge("good", "check_circle", gettext("approved and recorded"))
        return badge("calm", "undo", gettext("rejected"))

    def write(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> PaymentException:
        if change:
            raise Conflict(gettext("What was proposed is not changed. Have it rejected and propose it anew."))
        return services.propose_exception(actor=request.user, today=clock.today(), **entered(form, ENTERED))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """On the page itself a second person approves or rejects what a colleague proposed."""
        row = self.get_object(request, object_id)
        may = row is not None and row.is_approved is None and self.has_change_permission(request, row)
        can_decide = may and row.proposed_by_id != request.user.pk
        if row is not None and {"_approve", "_reject"} & set(request.POST):
            try:
                self._decide(request, row)
            except confirmation.Needed as needed:
                return needed.page(self.admin_site)
            return HttpResponseRedirect(request.path)
        context = {"can_decide": can_decide, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def _decide(self, request: HttpRequest, row: PaymentException) -> None:
        def decide() -> PaymentException:
            return services.decide_exception(
                exception=row,
                approve="_approve" in request.POST,
                reason=request.POST.get("decision_reason", ""),
                actor=request.user,
                at=clock.now(),
                today=clock.today(),
            )

        title = _("Decide on a payment without papers") if "_approve" in request.POST else None
        confirmation.take(request, decide, done=gettext("Decided."), title=title, consequences=lambda: _foretold(row))


def _foretold(row: PaymentException) -> list[str]:
    """What the approval of a payment without papers means, before it is given."""
    what = {"amount": money(row.amount), "day": row.paid_on, "missing": lacking_named(row), "who": row.proposed_by}
    return [
        gettext("You are the second person: a payment of %(amount)s yuan on %(day)s, proposed by %(who)s, is recorded.")
        % what,
        gettext("Missing: %(missing)s. The missing papers stay on record beside the payment.") % what,
    ]
