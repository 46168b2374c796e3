"""Evaluations and what they found: written by the program, read by people."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from contract import registry
from contract.admin.base import Part, PartsMixin, ReadOnlyMixin, ScopedAdmin
from contract.admin.cases.figures import in_words
from contract.admin.display import state
from contract.choices import Outcome
from contract.models import Assessment, EvaluationRun
from contract.registry import checks


def checks_titled(words: str) -> list[str]:
    """The ids of the checks whose title holds these words."""
    return [check_id for check_id, check in checks().items() if words in str(check.title)]


class CheckFilter(DropdownFilter):
    title = _("check")
    parameter_name = "check"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(check_id, str(check.title)) for check_id, check in checks().items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(check_id=self.value()) if self.value() else queryset


@admin.register(EvaluationRun)
class EvaluationRunAdmin(PartsMixin, ReadOnlyMixin, ScopedAdmin):
    parts: list[type[Part]] = []
    contract_path = None
    list_display = ["as_of", "outcome", "trigger", "started_at", "duration", "contracts", "written"]
    list_select_related = ["rules"]
    list_filter = [("status", ChoicesDropdownFilter), ("trigger", ChoicesDropdownFilter)]
    date_hierarchy = "as_of"
    fields = [
        ("as_of", "outcome"),
        ("trigger", "contracts", "written"),
        ("started_at", "finished_at"),
        "found",
        "rules",
        "error",
    ]
    readonly_fields = ["outcome", "found"]

    @display(description=_("status"), ordering="status")
    def outcome(self, run: EvaluationRun) -> SafeString:
        return state(run.status, run.get_status_display())

    @display(description=_("duration"))
    def duration(self, run: EvaluationRun) -> str:
        if run.finished_at is None:
            return "–"
        return f"{(run.finished_at - run.started_at).total_seconds():.1f} s"

    @display(description=_("findings by outcome"))
    def found(self, run: EvaluationRun) -> SafeString | str:
        return counts_line(run.counts)


def counts_line(counts: dict[str, int]) -> SafeString | str:
    """Findings by outcome, the worst first."""
    order = [Outcome.NOT_MET, Outcome.AT_RISK, Outcome.UNDETERMINED, Outcome.PENDING]
    order += [Outcome.EXCUSED, Outcome.MET]
    parts = [state(o, f"{o.label} {counts[o]}") for o in order if counts.get(o)]
    return format_html("{} " * len(parts), *parts) if parts else "–"


@admin.register(Assessment)
class AssessmentAdmin(ReadOnlyMixin, ScopedAdmin):
    list_display = ["title", "subject_name", "mark", "measured", "required", "as_of", "current", "contract_number"]
    list_select_related = ["contract"]
    list_filter = [
        ("outcome", ChoicesDropdownFilter),
        CheckFilter,
        ("owed_by", ChoicesDropdownFilter),
        ("contract", AutocompleteSelectFilter),
        "is_current",
    ]
    search_fields = ["subject_name", "check_id", "=clause_ref"]
    search_help_text = _("Person, subject, article or check")
    date_hierarchy = "as_of"
    fieldsets = [
        (None, {"fields": [("contract", "clause_ref"), ("title", "mark"), ("subject_name", "owed_by"), "sentence"]}),
        (
            _("Figures"),
            {
                "fields": [
                    ("measured", "required"),
                    ("period_start", "period_end"),
                    ("nominal_due_on", "legal_due_on"),
                    "all_figures",
                ]
            },
        ),
        (_("Record"), {"fields": [("as_of", "created_at"), ("current", "is_withdrawn"), ("run", "supersedes")]}),
    ]
    readonly_fields = ["title", "mark", "sentence", "all_figures", "current"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        rows, distinct = super().get_search_results(request, queryset, search_term)
        return with_titles(rows, queryset, search_term), distinct

    @display(description=_("contract"), ordering="contract__number")
    def contract_number(self, row: Assessment) -> str:
        return row.contract.number

    @display(description=_("check"), ordering="check_id")
    def title(self, row: Assessment) -> str:
        return registry.title(row.check_id)

    @display(description=_("outcome"), ordering="outcome")
    def mark(self, row: Assessment) -> SafeString:
        return state(row.outcome, row.get_outcome_display())

    @display(description=_("current"), boolean=True, ordering="is_current")
    def current(self, row: Assessment) -> bool:
        return row.is_current

    @display(description=_("explanation"))
    def sentence(self, row: Assessment) -> str:
        return row.explanation

    @display(description=_("all figures"))
    def all_figures(self, row: Assessment) -> SafeString | str:
        if not row.figures:
            return "–"
        rows = format_html_join("", "<dt>{}</dt><dd>{}</dd>", in_words(row.figures))
        return format_html('<dl class="o-facts">{}</dl>', rows)


def with_titles(rows: QuerySet[Any], everything: QuerySet[Any], search_term: str) -> QuerySet[Any]:
    """Let a search find checks by their title in the reader's language too."""
    found = checks_titled(search_term) if search_term else []
    return rows | everything.filter(Q(check_id__in=found)) if found else rows
