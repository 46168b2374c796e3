"""Pages of our own beside lists and forms: of a chosen contract, and in place of a row's form."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.admin import ModelAdmin

from contract import selectors
from contract.admin.display import contract_state
from contract.models import Contract
from kit import clock

CONTRACTS_OFFERED = 50


class ContractPages:
    """Pages about one contract of those that the user may see."""

    page_permission: str

    def chosen(self, request: HttpRequest, wanted: str | None = None) -> tuple[Contract | None, list[Contract]]:
        """The contract that the page is about, and those to choose from."""
        if not request.user.has_perm(self.page_permission):
            raise PermissionDenied
        visible = selectors.visible_contracts(request.user).select_related("office", "vendor")
        offered = list(visible.order_by("-starts_on", "number")[:CONTRACTS_OFFERED])
        wanted = request.GET.get("contract", "") if wanted is None else wanted
        if not wanted:
            today = clock.today()
            current = [c for c in offered if c.starts_on <= today <= c.last_day]
            return next(iter(current or offered), None), offered
        known = wanted.isdecimal() and len(wanted) <= 18
        contract = next((one for one in offered if str(one.pk) == wanted), None)
        if contract is None and known:
            contract = visible.filter(pk=wanted).first()
        if contract is None:
            raise Http404
        if contract not in offered:
            offered.append(contract)
        return contract, offered

    def page(self, request: HttpRequest, template: str, context: dict[str, Any], contract: Any) -> HttpResponse:
        """The page, with what its frame needs."""
        site: Any = self.admin_site  # type: ignore[attr-defined]
        return TemplateResponse(
            request,
            template,
            {
                **site.each_context(request),
                "opts": self.opts,  # type: ignore[attr-defined]
                "contract": contract,
                "standing": contract_state(contract) if contract else "",
                **context,
            },
        )


class RowPage(ModelAdmin):
    """A page in place of the form: `answer` gives its context, or another response."""

    row_template: str

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        answer = self.answer(request, row)
        if isinstance(answer, HttpResponse):
            return answer
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": row,
            "title": str(row),
            **answer,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.row_template, context)

    def answer(self, request: HttpRequest, row: Any) -> dict[str, Any] | HttpResponse:
        """What the page says of the row, or where to go after what was sent."""
        raise NotImplementedError
