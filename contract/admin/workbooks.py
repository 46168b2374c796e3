"""Lists as workbooks on the pages: a button to download one, a page to take one in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from contract.api.workbooks import taken_in
from contract.models import Contract
from contract.selectors import visible_contracts
from kit.api.problems import Problem
from kit.api.renderers import workbook_response
from kit.workbooks.lists import ListBook
from kit.workbooks.taking_in import ListResult

FAULTS_SHOWN = 100


class ListForm(forms.Form):
    """The contract that a list is of, and the filled list."""

    contract = forms.ModelChoiceField(
        Contract.objects.none(), label=_("contract"), empty_label=_("Select value"), widget=UnfoldAdminSelectWidget
    )
    file = forms.FileField(label=_("filled list (.xlsx)"), widget=UnfoldAdminFileFieldWidget)

    def __init__(self, contracts: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["contract"]
        field.queryset = contracts
        field.initial = contracts[0] if len(contracts) == 1 else None


class WorkbookAdmin(ModelAdmin):
    """Buttons over a list. `workbook` is its form, `listed` its items, `take_rows` the service.

    Who may add rows takes lists in; who may only read downloads them.
    """

    workbook: ListBook
    actions_list = ["download_list", "take_in_list"]
    takes_in = "add"
    """The permission that taking in asks for."""

    def listed(self, contract: Contract) -> Iterable[Any]:
        raise NotImplementedError

    def take_rows(self, contract: Contract, rows: Sequence[Mapping[str, Any]], request: HttpRequest) -> ListResult:
        raise NotImplementedError

    def has_take_in_permission(self, request: HttpRequest) -> bool:
        options = self.opts
        return request.user.has_perm(f"{options.app_label}.{self.takes_in}_{options.model_name}")

    @action(description=_("Download as Excel"), url_path="workbook", icon="download")
    def download_list(self, request: HttpRequest) -> HttpResponse:
        """The list of one contract: the only one, or the one chosen on the page for taking in."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        contracts = self._contracts(request)
        wanted = request.GET.get("contract", "")
        chosen = [c for c in contracts if not wanted or str(c.pk) == wanted]
        if len(chosen) != 1:
            return self._page(request, None)
        content = self.workbook.template(self.listed(chosen[0]))
        return workbook_response(content, f"{self.opts.model_name}-{chosen[0].pk}.xlsx")

    @action(description=_("Take in from Excel"), url_path="workbook/import", icon="upload", permissions=["take_in"])
    def take_in_list(self, request: HttpRequest) -> HttpResponse:
        form = ListForm(self._contracts(request), request.POST or None, request.FILES or None)
        if request.method != "POST" or not form.is_valid():
            return self._page(request, form)
        contract = form.cleaned_data["contract"]
        try:
            result = taken_in(
                self.workbook, form.cleaned_data["file"], lambda rows: self.take_rows(contract, rows, request)
            )
        except Problem as problem:
            faults = problem.errors or [{"field": "", "message": str(problem.detail)}]
            return self._page(request, form, faults=faults)
        messages.success(
            request, gettext("Taken in: %(created)d new, %(changed)d changed, %(unchanged)d unchanged.") % vars(result)
        )
        return HttpResponseRedirect(self._url("changelist"))

    def _contracts(self, request: HttpRequest) -> QuerySet[Contract]:
        return visible_contracts(request.user).order_by("-starts_on", "number")

    def _url(self, name: str) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}")

    def _page(
        self, request: HttpRequest, form: ListForm | None, *, faults: Sequence[Mapping[str, Any]] = ()
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Excel list: %(list)s") % {"list": self.workbook.sheet},
            "form": form,
            "contracts": self._contracts(request),
            "columns": [c.title for c in self.workbook.columns if not c.fixed],
            "faults": faults[:FAULTS_SHOWN],
            "faults_more": max(len(faults) - FAULTS_SHOWN, 0),
            "download": self._url("download_list"),
            "changelist": self._url("changelist"),
        }
        return TemplateResponse(request, "admin/workbook/import.html", context)
