"""The ledger and the reconciliation: two pages over the money of the visible contracts."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from billing import exports, services
from billing.admin.exports import too_many
from billing.documents.ledger_chart import ledger_chart
from billing.downloads import table_response
from billing.rules.reconciliation import Line
from billing.selectors.ledger import FIGURES, Ledger, ledgers
from billing.selectors.reconciliation import reconciliations
from contract.admin.display import badge
from contract.admin.pages import ContractPages
from contract.models import Contract
from kit import clock


class LedgerPages(ContractPages):
    """The pages of the ledger, for the admin of instalments."""

    page_permission = "billing.view_instalment"

    def get_urls(self) -> list[URLPattern]:
        site: Any = self.admin_site  # type: ignore[attr-defined]
        pages = [
            ("ledger/", self.ledger_view, "billing_ledger"),
            ("ledger/plan/", require_POST(self.plan_view), "billing_ledger_plan"),
            ("ledger/<str:name>.<str:kind>", self.table_view, "billing_ledger_export"),
            ("reconciliation/", self.reconciliation_view, "billing_reconciliation"),
        ]
        own = [path(route, site.admin_view(view), name=name) for route, view, name in pages]
        return own + super().get_urls()  # type: ignore[misc]

    def ledger_view(self, request: HttpRequest) -> HttpResponse:
        """Every visible contract in figures; one of them instalment by instalment."""
        contract, offered = self.chosen(request)
        found = ledgers(offered)
        chosen = next((one for one in found if one.contract == contract), None)
        context: dict[str, Any] = {
            "title": _("Ledger"),
            "offered": offered,
            "ledgers": found,
            "grand": _grand(found),
            "chosen": chosen,
        }
        if chosen is not None:
            context |= {"chart": ledger_chart(chosen), **_plan(chosen.contract)}
        return self.page(request, "billing/admin/ledger.html", context, contract)

    def plan_view(self, request: HttpRequest) -> HttpResponse:
        """Generate the instalments of a contract again, as its terms in force give them."""
        contract, _offered = self.chosen(request, request.POST.get("contract", ""))
        if contract is None:
            raise Http404
        try:
            services.generate_instalments(contract=contract, actor=request.user, today=clock.today())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, gettext("The instalments are those of the terms in force."))
        return HttpResponseRedirect(f"{reverse('admin:billing_ledger')}?contract={contract.pk}")

    def table_view(self, request: HttpRequest, name: str, kind: str) -> HttpResponse:
        """One of the tables over the chosen contract, or over all, as a file."""
        contract, offered = self.chosen(request)
        if name not in exports.TABLES or kind not in exports.FORMATS:
            raise Http404
        if not request.user.has_perm(exports.TABLES[name].permission):
            raise PermissionDenied
        one = bool(request.GET.get("contract"))
        pks = [contract.pk] if one and contract else [row.pk for row in offered]
        rows = Contract.objects.filter(pk__in=pks)
        try:
            return table_response(exports.table_for(name, rows), kind)
        except exports.TooManyRows:
            messages.error(request, too_many())
            return HttpResponseRedirect(reverse("admin:billing_ledger"))

    def reconciliation_view(self, request: HttpRequest) -> HttpResponse:
        """Whether everything agrees, and the line that does not."""
        contract, offered = self.chosen(request)
        context: dict[str, Any] = {"title": _("Reconciliation"), "offered": offered}
        if contract is not None:
            found = reconciliations([contract], clock.today(), files=True)[0]
            context |= {"found": found, "lines": [(line, _mark(line), _url(line)) for line in _ordered(found.lines)]}
        return self.page(request, "billing/admin/reconciliation.html", context, contract)


def _grand(found: list[Ledger]) -> dict[str, Any]:
    return {name: sum(one.totals[name] for one in found) for name in FIGURES}


def _plan(contract: Contract) -> dict[str, Any]:
    """The plan that the terms in force give; where they give none, why."""
    try:
        return {"plan": services.preview_instalments(contract=contract, today=clock.today())}
    except ValidationError as error:
        return {"plan_problem": " ".join(error.messages)}


def _ordered(lines: Any) -> list[Line]:
    """What does not agree first."""
    return sorted(lines, key=lambda line: line.agrees)


def _mark(line: Line) -> Any:
    if line.agrees:
        return badge("good", "check_circle", gettext("agrees"))
    return badge("bad", "error", gettext("does not agree"))


def _url(line: Line) -> str:
    app, model = line.subject.label.lower().split(".")
    return reverse(f"admin:{app}_{model}_change", args=[line.subject.pk])
