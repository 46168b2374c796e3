"""The vendor in the browser: what is asked of it, letters, answers with files, the month as a workbook.

A page asks the API's own views, in the name of who has signed in, and shows their answer: what a key may read
and write is what these pages may, no more, and a row of somebody else is answered with 404.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import wraps
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from rest_framework.authentication import BaseAuthentication
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from contract.access.pages import acts_for_a_vendor
from contract.admin.cases.alerts import period_line
from contract.admin.consequences import said, tell_sender
from contract.api.alerts import AlertViewSet
from contract.api.answers import ResponseFileViewSet
from contract.choices import AlertStatus, Decision, Holder, Outcome, Step
from contract.duties.api.inspections import InspectionRemarkViewSet
from contract.duties.api.reports import ServiceReportViewSet
from contract.letters.api.notices import NoticeViewSet
from contract.models import Contract
from contract.selectors import visible_contracts
from hotline.api.figures import ServiceDayViewSet, ServiceMonthViewSet
from hotline.api.objections import IndicatorViewSet, ObjectionViewSet
from hotline.figures import OF_A_MONTH
from hotline.selectors import rates
from kit import clock
from kit.api.parsers import FORM_OVERHEAD, BoundedMultiPartParser
from law.periods import month_windows
from staffing.api.attendance import AttendanceViewSet
from staffing.api.people import OperatorViewSet
from staffing.api.posting import AssignmentViewSet, LeaveViewSet
from staffing.api.qualification import (
    EmploymentContractViewSet,
    QualificationProofViewSet,
    TrainingViewSet,
    TrialAssessmentViewSet,
)
from staffing.api.rota import RotaViewSet

LETTERS_SHOWN = 20
# Files are no part of the form's texts; where none was chosen, a browser sends the empty name of one.
OWN_FIELDS = ("csrfmiddlewaretoken", "key", "try", "file", "files")


@dataclass(frozen=True)
class Book:
    """A workbook that the vendor downloads, fills in and sends back, by the view of the API that keeps it."""

    title: Any
    view: Any
    take_in: str = "take_in_list"
    of: str = "contract"
    """What says whose it is: the address with its month, the contract in the form, or nothing (its own people)."""


BOOKS = {
    "attendance": Book(_("Attendance"), AttendanceViewSet, "take_in", "month"),
    "rota": Book(_("Rota"), RotaViewSet, "take_in", "month"),
    "operators": Book(_("Operators"), OperatorViewSet, "take_in", ""),
    "assignments": Book(_("Assignments"), AssignmentViewSet),
    "leaves": Book(_("Leaves"), LeaveViewSet),
    "qualifications": Book(_("Proofs of qualification"), QualificationProofViewSet),
    "contracts": Book(_("Employment contracts"), EmploymentContractViewSet),
    "trainings": Book(_("Trainings"), TrainingViewSet),
    "trials": Book(_("Trial assessments"), TrialAssessmentViewSet),
    "reports": Book(_("Service reports"), ServiceReportViewSet),
    "remarks": Book(_("Answers to remarks of inspections"), InspectionRemarkViewSet),
}


class OfSession(BaseAuthentication):
    """Who has signed in on the pages; Django has checked the form's token before."""

    def authenticate(self, request: Request) -> tuple[Any, None]:
        return request._request.user, None


def ask(request: HttpRequest, view: Any, action: str, *, form: Any = None, query: str = "", **where: Any) -> Any:
    """The API's answer to this person. Raises Http404 and PermissionDenied; another refusal is an answer too.

    `form`: what is written (its files are the request's); without one it is read. `query`: as behind a question mark.
    """
    request.method = "GET" if form is None else "POST"
    request.GET = QueryDict(query)
    request.META["HTTP_ACCEPT"] = "*/*"
    given: Any = request
    if form is not None:
        request.META["HTTP_IDEMPOTENCY_KEY"] = request.POST.get("key") or str(uuid4())
        vars(request).pop("headers", None)  # kept since the middleware has looked
        given._post, given._files = form, request.FILES
    options = {
        **getattr(getattr(view, action), "kwargs", {}),
        "authentication_classes": [OfSession],
        "parser_classes": [BoundedMultiPartParser],
        "renderer_classes": [JSONRenderer],
    }
    names = {"detail", "suffix", "name", "description", "url_path", "url_name"}
    options = {name: value for name, value in options.items() if name not in names}
    answer = view.as_view({request.method.lower(): action}, **options)(request, **where)
    if answer.status_code == 404:
        raise Http404
    if answer.status_code == 403:
        raise PermissionDenied(answer.data["detail"])
    return answer


def vendors(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page for whoever acts for a vendor; for everybody else there is none."""

    @never_cache
    @login_required(login_url="account-sign-in")
    @wraps(view)
    def guarded(request: HttpRequest, **where: Any) -> HttpResponseBase:
        if not acts_for_a_vendor(request.user):
            raise Http404
        return view(request, **where)

    return guarded


@vendors
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What is asked, what has come by letter, and the workbooks."""
    return _home(request)


@vendors
@require_GET
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: what was found, whose turn it is, and what both sides have said."""
    return _alert(request, pk)


@vendors
@require_POST
def answer(request: HttpRequest, pk: int, step: str) -> HttpResponseBase:
    """A statement with its files (`responses`), or a request for more time (`extensions`)."""
    done = _write(request, AlertViewSet, step, pk=str(pk))
    if done.status_code >= 400:
        return _alert(request, pk, refused=done.data, step=step)
    said = gettext("The answer is handed in.") if step == "responses" else gettext("More time is asked for.")
    messages.success(request, said)
    return redirect("portal-alert", pk=pk)


@vendors
@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file of an answer."""
    return _content(request, ResponseFileViewSet, "retrieve", pk=str(pk))


@vendors
@require_GET
def letter(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A letter as it was issued. Reading it is no acknowledgement."""
    return _content(request, NoticeViewSet, "pdf", pk=str(pk))


@vendors
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponseBase:
    """That a letter has arrived: the time that it sets runs from today."""
    done = _write(request, NoticeViewSet, "acknowledge", pk=str(pk))
    if done.status_code >= 400:
        return _home(request, refused=done.data)
    messages.success(request, gettext("The arrival is recorded with today's day."))
    return redirect("portal")


@vendors
@require_GET
def template(request: HttpRequest, contract_id: int, kind: str) -> HttpResponseBase:
    """A workbook to fill in, with what is on record already."""
    book = _book(kind)
    query = {"month": f"month={request.GET.get('month', '')[:7]}", "contract": f"contract={contract_id}"}
    where = {"contract_id": contract_id} if book.of == "month" else {}
    return _content(request, book.view, "template", query=query.get(book.of, ""), **where)


@vendors
@require_POST
def take_in(request: HttpRequest, contract_id: int, kind: str) -> HttpResponseBase:
    """A filled workbook, all of it or nothing; `try` says what it would change, and writes nothing."""
    book, form, tried = _book(kind), _form(request), "try" in request.POST
    if book.of == "contract":
        form["contract"] = str(contract_id)
    where = {"contract_id": contract_id} if book.of == "month" else {}
    tells = not tried and visible_contracts(request.user).filter(pk=contract_id).exists()
    before = said(contract_id, to_vendor=True) if tells else {}
    done = _write(request, book.view, book.take_in, form=form, query="validate=true" if tried else "", **where)
    if done.status_code >= 400:
        return _home(request, refused=done.data, title=book.title)
    counts = gettext("%(created)d new, %(changed)d changed, %(unchanged)d unchanged.")
    told = done.data.get("message") or counts % done.data
    words = gettext("Checked, nothing written: %(told)s") if tried else gettext("Taken in: %(told)s")
    messages.success(request, f"{book.title}：{words % {'told': told}}")
    if tells:
        tell_sender(request, before, said(contract_id, to_vendor=True))
    return redirect("portal")


@vendors
@require_GET
def service(request: HttpRequest, contract_id: int) -> HttpResponse:
    """What the hotline's platform has counted, what it is measured by, and what was objected."""
    return _service(request, contract_id)


@vendors
@require_POST
def object_to_figures(request: HttpRequest, contract_id: int) -> HttpResponse:
    """An objection to figures of some days; the office answers."""
    get_object_or_404(visible_contracts(request.user), pk=contract_id)
    form = _form(request)
    form["contract"] = str(contract_id)
    done = _write(request, ObjectionViewSet, "create", form=form)
    if done.status_code >= 400:
        return _service(request, contract_id, refused=done.data)
    messages.success(request, gettext("The objection is handed in."))
    return redirect("portal-service", contract_id=contract_id)


def _service(request: HttpRequest, contract_id: int, **told: Any) -> HttpResponse:
    where, month = (
        {"contract_id": contract_id},
        request.GET.get("month", ""),
    )  # the address is gone once the API is asked
    indicators = ask(request, IndicatorViewSet, "list", query="page_size=100", **where).data["results"]
    contract = visible_contracts(request.user).get(pk=contract_id)
    months = [month for month in _months(contract) if month <= f"{clock.today():%Y-%m}"]
    month = month if month in months else next(iter(months), "")
    asked = f"month={month}&ordering=day&page_size=100" if month else "page_size=1"
    days = ask(request, ServiceDayViewSet, "list", query=asked, **where).data["results"]
    orders = ask(request, ServiceMonthViewSet, "list", query=asked.replace("ordering=day&", ""), **where).data[
        "results"
    ]
    objections = ask(request, ObjectionViewSet, "list", query=f"contract={contract_id}&page_size=100").data["results"]
    context = {
        **told,
        "contract": contract,
        "month": month,
        "months": months,
        "rates": rates(contract, month, {row["key"]: row for row in indicators}) if month else [],
        "days": days,
        "orders": [(OF_A_MONTH[name], row[name]) for row in orders for name in OF_A_MONTH if row[name] is not None],
        "objections": objections,
        "said": request.POST,
        "key": uuid4(),
    }
    return render(request, "portal/service.html", context, status=400 if told.get("refused") else 200)


def _home(request: HttpRequest, **told: Any) -> HttpResponse:
    asked, waiting = (ask(request, AlertViewSet, "asked", query=f"turn={side}").data for side in ("vendor", "office"))
    letters = ask(request, NoticeViewSet, "list", query=f"ordering=-issued_on&page_size={LETTERS_SHOWN}").data
    open_ = ask(request, NoticeViewSet, "list", query="is_open=true&ordering=issued_on").data
    contracts = visible_contracts(request.user).filter(vendor__memberships__user=request.user.pk).distinct()
    today = clock.today()
    context = {
        **told,
        "today": today,
        "asked": asked | {"results": [_labelled(row) for row in asked["results"]]},
        "waiting": waiting | {"results": [_labelled(row) for row in waiting["results"]]},
        "letters": [row for row in letters["results"] if row["arrival"]],
        "unacknowledged": open_,
        "contracts": [(contract, list(_months(contract))) for contract in contracts.order_by("-starts_on")],
        "month": f"{today:%Y-%m}",
        "books": BOOKS,
        "key": uuid4(),
    }
    return render(request, "portal/home.html", context, status=400 if told.get("refused") else 200)


def _alert(request: HttpRequest, pk: int, **told: Any) -> HttpResponse:
    row = ask(request, AlertViewSet, "retrieve", pk=str(pk)).data
    for decision in row["decisions"]:
        decision["label"] = Decision(decision["decision"]).label
    context = {**told, "alert": _labelled(row), "said": request.POST, "key": uuid4(), "today": clock.today()}
    return render(request, "portal/alert.html", context, status=400 if told.get("refused") else 200)


def _months(contract: Contract) -> Iterator[str]:
    """The months of the term that have begun, and the next one for its rota; the newest first."""
    next_one = (clock.today().replace(day=1) + timedelta(days=32)).replace(day=1)
    windows = month_windows(contract.starts_on, contract.last_day)
    return (f"{first:%Y-%m}" for first, _last in reversed(list(windows)) if first <= next_one)


def _labelled(row: dict[str, Any]) -> dict[str, Any]:
    """An alert of the API with its codes in words, its subject with its month where that is not in its name."""
    ball = row["ball"]
    first, last = (day and date.fromisoformat(str(day)) for day in (row["period_start"], row["period_end"]))
    period = "" if str(first) in row["subject"] else period_line(first, last)
    nobody = ball["holder"] == Holder.NOBODY
    return row | {
        "subject": f"{row['subject']} {period}".strip(),
        "turn": "" if nobody else f"{Holder(ball['holder']).label}：{Step(ball['step']).label}",
        "until": ball["legal_due_on"] or ball["nominal_due_on"],
        "outcome_label": Outcome(row["outcome"]).label,
        "status_label": AlertStatus(row["status"]).label,
    }


def _book(kind: str) -> Book:
    if kind not in BOOKS:
        raise Http404
    return BOOKS[kind]


def _form(request: HttpRequest) -> QueryDict:
    """What the API is sent: the form without what belongs to the page."""
    form = request.POST.copy()
    for name in OWN_FIELDS:
        form.pop(name, None)
    return form


def _write(request: HttpRequest, view: Any, action: str, *, form: Any = None, query: str = "", **where: Any) -> Any:
    length = str(request.META.get("CONTENT_LENGTH") or "")
    limit = settings.UPLOAD_MAX_BYTES + FORM_OVERHEAD
    if length.isdigit() and int(length) > limit:
        raise PermissionDenied(gettext("The file is larger than %(limit)s MB.") % {"limit": limit // 1024**2})
    return ask(request, view, action, form=_form(request) if form is None else form, query=query, **where)


def _content(request: HttpRequest, view: Any, action: str, *, query: str = "", **where: Any) -> HttpResponseBase:
    """A file that the API hands out; its refusal is told on the first page."""
    found: HttpResponseBase = ask(request, view, action, query=query, **where)
    if found.status_code >= 400:
        data: Any = getattr(found, "data", {})
        return _home(request, refused=data)
    return found
