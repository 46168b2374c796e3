"""What the first hour, the next year and a change of the contract ask of people, and what it does to their figures."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminFileFieldWidget

from contract import records
from contract.admin.agreement import ContractAdmin
from contract.admin.base import Part
from contract.admin.consequences import foresees
from contract.api.workbooks import taken_in
from contract.batch import Batch, ContractFacts
from contract.models import Contract
from contract.selectors import visible_contracts
from contract.setup.guide import Step, listed, page, step
from contract.setup.renewal import Question, asks
from contract.signals import renewed
from contract.values import NoValue
from kit import clock
from kit.api.problems import Problem
from kit.api.renderers import workbook_response
from kit.workbooks.columns import Column, day
from kit.workbooks.lists import ListBook
from kit.workbooks.taking_in import ListResult
from law.comparisons import budget
from law.periods import month_windows
from staffing.choices import EndReason
from staffing.models import Assignment, Post, ServicePlace
from staffing.rules.ledger import Ledger
from staffing.selectors.facts import day_counts, open_gap_rows
from staffing.services import assignments, roster
from staffing.services.lists import take_in_postings
from staffing.workbooks.operators import OPERATORS

POSTING = ("post_code", "starts_on")
FIRST_LIST = ListBook(
    "首批人员",
    (*OPERATORS.columns, Column("岗位代码", "post_code"), Column("到岗日期", "starts_on", day, required=True)),
    key=("employee_number",),
)


@step(50)
def posts(contract: Contract) -> Step:
    count = contract.posts.filter(is_active=True).count()
    text = ngettext("%(count)d post is set up", "%(count)d posts are set up", count) % {"count": count}
    add = listed("staffing_post", contract, "add")
    more = ((listed("staffing_serviceplace", contract, "add"), _("Add a place of service")),)
    return Step(_("Posts and places"), text, bool(count), add, _("Add a post"), more)


@step(60)
def people(contract: Contract) -> Step:
    count = serving(contract).count()
    text = ngettext("%(count)d person is assigned", "%(count)d people are assigned", count) % {"count": count}
    if count:
        return Step(_("People"), text, True, listed("staffing_assignment", contract), _("Assignments"))
    return Step(_("People"), text, False, page("first_list", contract), _("Take in the first list"))


def serving(contract: Contract) -> Any:
    """The assignments of a contract that stand and have no end before the contract's own."""
    rows = Assignment.objects.filter(contract=contract, withdrawn_on__isnull=True)
    return rows.exclude(ends_on__lt=contract.last_day)


def take_in_first(contract: Contract, rows: Sequence[Mapping[str, Any]]) -> ListResult:
    """Register the people and put each on the contract, all of them or none. RowErrors as for every list."""
    now = clock.now()
    persons = [{name: value for name, value in row.items() if name not in POSTING} for row in rows]
    named = ("employee_number", "name", *POSTING)
    with transaction.atomic():
        result = roster.take_in_list(vendor=contract.vendor, rows=persons, today=clock.today())
        postings = [{name: row[name] for name in named if name in row} for row in rows]
        take_in_postings(model=Assignment, contract=contract, rows=postings, now=now)
    return result


class FirstListForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("filled list (.xlsx)"), widget=UnfoldAdminFileFieldWidget)


class FirstListPage(Part):
    """The first list of people, taken in by the office from the vendor's paper; afterwards the vendor reports."""

    def urls(self) -> list[URLPattern]:
        view = self.model_admin.admin_site.admin_view
        return [path("<int:pk>/first-list/", view(self.list_view), name="contract_contract_first_list")]

    def list_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form to download (`?contract=`), and the place to send it filled."""
        if not request.user.has_perm("contract.change_contract"):
            raise PermissionDenied
        contract = visible_contracts(request.user).filter(pk=pk).first()
        if contract is None or serving(contract).exists():
            raise Http404
        if "contract" in request.GET:
            return workbook_response(FIRST_LIST.template([]), f"people-{pk}.xlsx")
        form, faults = FirstListForm(request.POST or None, request.FILES or None), []
        if request.method == "POST" and form.is_valid():
            try:
                result = taken_in(FIRST_LIST, form.cleaned_data["file"], lambda rows: take_in_first(contract, rows))
            except Problem as problem:
                faults = problem.errors or [{"field": "", "message": str(problem.detail)}]
            else:
                messages.success(request, _("%(count)d people are on the contract now.") % {"count": result.created})
                return redirect(page("setup", contract))
        own = reverse("admin:contract_contract_first_list", args=[pk])
        context = {
            **self.model_admin.admin_site.each_context(request),
            "opts": self.model_admin.opts,
            "title": _("First list of people"),
            "form": form,
            "columns": [column.title for column in FIRST_LIST.columns if not column.fixed],
            "faults": faults[:100],
            "faults_more": max(len(faults) - 100, 0),
            "contracts": [contract],
            "download": own,
            "changelist": page("setup", contract),
        }
        return TemplateResponse(request, "admin/workbook/import.html", context)


ContractAdmin.parts.append(FirstListPage)


# --- The next term ----------------------------------------------------------------------------


@receiver(renewed, dispatch_uid="staffing-renewed")
def take_over(sender: Any, old: Contract, new: Contract, **kwargs: Any) -> None:
    """Places and the people who serve to the last day go on from the first day of the next term, on its posts."""
    posts = {post.code: post for post in new.posts.all()}  # which the document has brought
    held: dict[int | None, Post | None] = {post.pk: posts.get(post.code) for post in old.posts.all()}
    for place in old.service_places.filter(closed_on__isnull=True):
        values = {name: getattr(place, name) for name in ("name", "address", "document")}
        records.enter(ServicePlace(contract=new, designated_on=new.starts_on, **values))
    for row in list(serving(old).select_related("operator")):
        if row.ends_on is None:
            row = assignments.correct(row, ends_on=old.last_day, end_reason=EndReason.TERM_END)
        if row.end_reason == EndReason.TERM_END:
            assignments.enter(
                Assignment(
                    contract=new,
                    operator=row.operator,
                    post=held.get(row.post_id),
                    place=row.place,
                    starts_on=new.starts_on,
                )
            )


@asks(60)
def gaps(contract: Contract, today: date) -> Question:
    """Posts that stand empty go over into the next term."""
    count = len(open_gap_rows([contract.pk], min(today, contract.last_day)))
    text = _("%(count)d gaps are open on the last day.") % {"count": count}
    return Question(_("Open gaps"), text, count == 0, is_reported=True)


@foresees
def budgets(contract: ContractFacts, batch: Batch) -> Mapping[str, str]:
    """Of this month and the later ones: person-days owed, and how many of them may be missed (article 13.4)."""
    found = {}
    try:
        ledger = Ledger(contract, batch.read(day_counts, last=batch.as_of)[contract.pk], batch.as_of)
        for first, last in month_windows(contract.starts_on, contract.last_day):
            if last < batch.as_of:
                continue
            required = ledger.sum(first, last).required
            allowed = budget(required, contract.terms.on(first, "on_post_floor_percent"))
            name = _("Person-days owed in %(month)s, and of them may be missed") % {"month": f"{first:%Y-%m}"}
            found[name] = f"{required} / {allowed}"
    except (NoValue, ValueError):
        return {}
    return found
