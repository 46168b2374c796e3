"""A page: an evaluation as known on an earlier day, beside what is known now."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminSelectWidget

from contract import selectors
from contract.admin.base import Part
from contract.admin.display import badge, contract_state, state
from contract.admin.evaluation import EvaluationRunAdmin
from contract.history import wording
from contract.history.admin.changes import name_of, spoken
from contract.history.replay.comparison import Arrival, Comparison, Line, View, compare
from contract.models import Contract
from kit import clock
from kit.errors import Conflict


class KnownThenForm(forms.Form):
    """About which day, and what was known when."""

    contract = forms.ModelChoiceField(Contract.objects.none(), label=_("contract"), widget=UnfoldAdminSelectWidget())
    as_of = forms.DateField(label=_("as of"), widget=UnfoldAdminDateWidget())
    known_on = forms.DateField(label=_("as known at the end of"), widget=UnfoldAdminDateWidget())

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        known_on: date | None = given.get("known_on")
        if known_on is not None and known_on > clock.today():
            raise ValidationError({"known_on": gettext("This day has not come yet: nothing can be known on it.")})
        return given


class KnownThenPart(Part):
    """The page, beside the list of evaluation runs."""

    def urls(self) -> list[URLPattern]:
        view = self.model_admin.admin_site.admin_view(self.known_then_view)
        return [path("known-then/", view, name="contract_known_then")]

    def known_then_view(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("contract.view_evaluationrun"):
            raise PermissionDenied
        visible = selectors.visible_contracts(request.user).order_by("-starts_on", "number")
        wanted = request.GET.get("contract", "")
        if wanted and not (wanted.isdecimal() and len(wanted) < 18 and visible.filter(pk=wanted).exists()):
            raise Http404
        asked = {"contract", "as_of", "known_on"} <= set(request.GET)
        today = clock.today()
        first = visible.first()
        form = KnownThenForm(
            request.GET if asked else None,
            initial={
                "contract": wanted or (first and first.pk),
                "as_of": request.GET.get("as_of", today.isoformat()),
                "known_on": (today - timedelta(days=30)).isoformat(),
            },
        )
        field: Any = form.fields["contract"]
        field.queryset = visible
        context: dict[str, Any] = {"form": form}
        if asked and form.is_valid():
            given = form.cleaned_data
            try:
                found = compare(as_of=given["as_of"], known_on=given["known_on"], contract_id=given["contract"].pk)
            except Conflict as error:
                form.add_error(None, str(error))
            else:
                context |= _shown(found)
                context["standing"] = contract_state(given["contract"])
                context["contract"] = given["contract"]
        return TemplateResponse(
            request,
            "admin/contract/known_then.html",
            {
                **self.model_admin.admin_site.each_context(request),
                "opts": self.model_admin.opts,
                "title": _("As known then"),
                **context,
            },
        )


def _shown(found: Comparison) -> dict[str, Any]:
    lines = found.differing
    return {
        "found": found,
        "lines": [_line(line) for line in lines],
        "same": len(found.lines) - len(lines),
        "by_data": sum(line.data_changed for line in lines),
        "by_rules": sum(line.rules_changed for line in lines),
        "arrivals": [_arrival(arrival) for arrival in found.arrivals],
    }


def _line(line: Line) -> dict[str, Any]:
    causes = []
    if line.data_changed:
        causes.append(badge("open", "move_to_inbox", gettext("data changed")))
    if line.rules_changed:
        causes.append(badge("warn", "rule", gettext("rules or record")))
    return {
        "title": line.title,
        "subject": line.subject,
        "recorded": _view(line.recorded),
        "then": _view(line.then),
        "now": _view(line.now),
        "causes": causes,
    }


def _view(view: View | None) -> dict[str, Any] | None:
    if view is None:
        return None
    return {"mark": state(view.outcome, view.label), "measured": view.measured}


def _arrival(arrival: Arrival) -> dict[str, Any]:
    entry = arrival.entry
    return {
        "at": entry.at,
        "by": name_of(entry.actor),
        "route": entry.get_route_display(),
        "kind": entry.get_kind_display(),
        "title": wording.title(entry),
        "pk": entry.pk,
        "changes": [spoken(*change) for change in arrival.changes],
    }


EvaluationRunAdmin.parts.append(KnownThenPart)
