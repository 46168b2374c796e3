"""One person on one line of time: what is on record of them, what is missing, and the way to each record."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from unfold.admin import ModelAdmin

from contract import registry
from contract.admin.charts import Stretch, time_line
from contract.admin.display import state
from contract.choices import ALERTING, Outcome
from contract.models import Alert, Contract
from contract.selectors import visible_contracts
from kit import clock
from law.calendar import ONE_DAY
from law.periods import beijing_day
from staffing.models import (
    Assignment,
    EmploymentContract,
    Gap,
    Leave,
    Operator,
    QualificationProof,
    ReplacementDemand,
    Training,
    TrialAssessment,
)

Source = Callable[[HttpRequest, Operator, list[int]], Iterable[Stretch]]
_sources: list[Source] = []
MARGIN = timedelta(days=14)
CHART_AT_MOST = 60


def register_line(source: Source) -> Source:
    """Let a house above put what it keeps of a person on the line, of contracts that the reader sees."""
    _sources.append(source)
    return source


class LinePages(ModelAdmin):
    """The page of the line, for the admin of operators."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.line_view)
        return [path("<int:pk>/line/", view, name="staffing_operator_line"), *super().get_urls()]

    def line_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Everything on record of a person in the order of time."""
        operator = self.get_object(request, str(pk))
        if operator is None or not self.has_view_permission(request, operator):
            raise Http404
        contracts = list(visible_contracts(request.user).filter(vendor=operator.vendor_id).values_list("pk", flat=True))
        rows = [row for source in _sources for row in source(request, operator, contracts)]
        rows.sort(key=lambda row: (row.first, row.last is None, row.name))
        today = clock.today()
        first = min((row.first for row in rows), default=today) - MARGIN
        last = max([today, *(row.last for row in rows if row.last)]) + MARGIN
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("%(person)s on one line") % {"person": operator},
            "operator": operator,
            "rows": rows,
            "missing": list(_missing(request, operator, contracts)),
            "chart": time_line(
                gettext("What is on record of %(person)s") % {"person": operator},
                rows[-CHART_AT_MOST:],
                first,
                min(last, today + timedelta(days=366)),
                today,
            ),
        }
        return TemplateResponse(request, "admin/operator/line.html", context)


def url_of(row: Any) -> str:
    """The page of a record."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def may_read(request: HttpRequest, model: type[Any]) -> bool:
    return request.user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")


def _missing(request: HttpRequest, operator: Operator, contracts: list[int]) -> Iterator[dict[str, Any]]:
    """The open alerts about the person, their assignments, gaps and demands to replace them (one query)."""
    if not may_read(request, Alert):
        return
    about = Q(assessment__subject_label="staffing.Operator", assessment__subject_pk=operator.pk)
    for model, owner in ((Assignment, "operator"), (Gap, "operator"), (ReplacementDemand, "assignment__operator")):
        keys = model._default_manager.filter(**{owner: operator}).values("pk")
        about |= Q(assessment__subject_label=model._meta.label, assessment__subject_pk__in=keys)
    found = Alert.objects.filter(about, contract_id__in=contracts, outcome__in=ALERTING).select_related("assessment")
    for alert in found.exclude(status__in=["cured", "withdrawn", "dismissed", "closed"]).order_by("-raised_on", "-pk"):
        outcome = Outcome(alert.outcome)
        yield {
            "mark": state(outcome, outcome.label),
            "title": registry.title(alert.check_id),
            "text": alert.assessment.explanation,
            "url": url_of(alert),
        }


@register_line
def postings(request: HttpRequest, operator: Operator, contracts: list[int]) -> Iterator[Stretch]:
    """Assignments, leaves, gaps and demands to replace the person."""
    mine: dict[str, Any] = {"operator": operator, "contract_id__in": contracts}
    ends = dict(Contract.objects.filter(pk__in=contracts).values_list("pk", "ends_on"))
    if may_read(request, Assignment):
        for row in Assignment.objects.filter(**mine, withdrawn_on=None).select_related("post"):
            text = " ".join(filter(None, (str(row.post or ""), row.get_end_reason_display())))
            until = row.ends_on or ends[row.contract_id]
            yield Stretch(gettext("assignment"), text, row.starts_on, until, "good", url=url_of(row))
    if may_read(request, Leave):
        for leave in Leave.objects.filter(**mine, cancelled_on=None):
            yield Stretch(leave.get_kind_display(), "", leave.starts_on, leave.ends_on, "warn", url=url_of(leave))
    if may_read(request, Gap):
        for gap in Gap.objects.filter(**mine, is_void=False):
            cause, last = gap.get_cause_display(), gap.closed_on or gap.lapsed_on
            if gap.closed_on and gap.closed_on > gap.opened_on:  # on that day somebody is on post again
                last = gap.closed_on - ONE_DAY
            yield Stretch(gettext("gap"), cause, gap.opened_on, last, "bad", url=url_of(gap))
    if may_read(request, ReplacementDemand):
        demands = ReplacementDemand.objects.filter(
            assignment__operator=operator, contract_id__in=contracts, withdrawn_on=None
        )
        for demand in demands.select_related("replaced_by"):
            first = beijing_day(demand.arrived_at or demand.sent_at)
            end = demand.replaced_by.starts_on if demand.replaced_by else None
            yield Stretch(gettext("replacement demand"), demand.reason[:60], first, end, "warn", url=url_of(demand))


@register_line
def qualification(request: HttpRequest, operator: Operator, contracts: list[int]) -> Iterator[Stretch]:
    """What was proved at hiring, training, trials, and the contract with the vendor."""
    own: dict[str, Any] = {"operator": operator, "withdrawn_on": None}
    if may_read(request, QualificationProof):
        for proof in QualificationProof.objects.filter(**own):
            yield Stretch(proof.get_kind_display(), proof.document, proof.dated_on, proof.dated_on, url=url_of(proof))
    if may_read(request, EmploymentContract):
        for row in EmploymentContract.objects.filter(**own):
            name = gettext("labour contract")
            yield Stretch(name, row.document, row.starts_on, row.ends_on, url=url_of(row))
    if may_read(request, Training):
        for training in Training.objects.filter(**own, contract_id__in=contracts):
            last = training.ends_on
            yield Stretch(gettext("training"), training.topic, training.starts_on, last, "open", url=url_of(training))
    if may_read(request, TrialAssessment):
        for trial in TrialAssessment.objects.filter(**own, contract_id__in=contracts):
            text = gettext("passed") if trial.is_passed else gettext("failed")
            tone, on = "good" if trial.is_passed else "bad", trial.assessed_on
            yield Stretch(gettext("trial assessment"), text, on, on, tone, url=url_of(trial))
