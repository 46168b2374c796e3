"""Amendments, headcount orders, force majeure and excuses, schemes and renewal assessments."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from contract import selectors
from contract.admin.consequences import ForetoldMixin
from contract.admin.display import badge
from contract.admin.records import KeptAdmin, RowsAdmin, RowsInline
from contract.admin.values import DatedRowForm
from contract.duties.models import (
    Amendment,
    AmendmentChange,
    AssessmentScheme,
    Criterion,
    ForceMajeureEvent,
    HeadcountOrder,
    RenewalAssessment,
    Score,
)
from contract.duties.services import changes as duties_changes
from contract.duties.services import renewal
from contract.letters.admin.panels import LetterMixin
from contract.selectors.indicators import indicators_of
from contract.values import NoValue
from kit import clock
from law.periods import notice_before


def notice_days(contract_id: int, sent_on: date, effective_from: date, term: str) -> list[str]:
    """The last days on which a notice of this change may arrive; none where no time of notice is agreed.

    `term` is the key of that time: `…_days` or `…_months`.
    """
    batch = selectors.batch([contract_id], clock.today())
    facts = batch.contracts[0]
    try:
        ahead: int = facts.terms.on(max(sent_on, facts.starts_on), term)
    except NoValue:
        return [gettext("No time of notice is agreed.")]
    found = notice_before(effective_from, calendar=batch.calendar, **{term.rpartition("_")[2]: ahead})
    text = gettext("The notice arrives safely by %(safe)s, and at the latest arguably by %(arguable)s.")
    return [text % {"safe": found.latest_safe or found.latest_clear, "arguable": found.latest_arguable}]


class ChangeInline(RowsInline):
    model = AmendmentChange
    form = DatedRowForm
    fields = ["key", "value"]


@admin.register(Amendment)
class AmendmentAdmin(ForetoldMixin, RowsAdmin):
    list_display = ["title", "proposed_by", "proposed_on", "arrived_on", "effective_from", "mark", "contract_number"]
    search_fields = ["title", "document", "note"]
    date_hierarchy = "effective_from"
    inlines = [ChangeInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("contract", "proposed_by"),
                    ("title", "document"),
                    ("proposed_on", "arrived_on"),
                    "effective_from",
                    "note",
                ]
            },
        ),
        (
            _("Agreement of both sides"),
            {
                "fields": [("office_agreed_on", "vendor_agreed_on"), "withdrawn_on"],
                "description": _(
                    "With the second agreement the figures below become terms of the contract from "
                    "their day on. What was in force before stays."
                ),
            },
        ),
    ]

    def write_with_rows(self, row: Amendment, rows: list[dict[str, Any]] | None) -> None:
        changes = None
        if rows is not None:
            if len({one["key"] for one in rows}) != len(rows):
                raise ValidationError(gettext("A figure stands twice."))
            changes = {one["key"]: one["value"] for one in rows}
        duties_changes.save_amendment(amendment=row, changes=changes)

    def foretold(self, row: Amendment) -> list[str]:
        if row.withdrawn_on:
            return []
        return notice_days(row.contract_id, row.proposed_on, row.effective_from, "amendment_notice_months")

    @display(description=_("state"))
    def mark(self, row: Amendment) -> SafeString:
        if row.withdrawn_on:
            return badge("calm", "undo", gettext("withdrawn"))
        if row.agreed_on:
            return badge("good", "handshake", gettext("agreed by both sides"))
        return badge("warn", "schedule", gettext("awaits agreement"))


@admin.register(HeadcountOrder)
class HeadcountOrderAdmin(ForetoldMixin, KeptAdmin):
    list_display = ["document", "headcount", "issued_on", "arrived_on", "effective_from", "mark", "contract_number"]
    search_fields = ["document", "reason"]
    date_hierarchy = "effective_from"
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("contract", "document"),
                    ("headcount", "effective_from"),
                    ("issued_on", "arrived_on"),
                    "reason",
                    "cancelled_on",
                ]
            },
        )
    ]

    def write(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> HeadcountOrder:
        return duties_changes.save_headcount_order(order=obj)

    def foretold(self, row: HeadcountOrder) -> list[str]:
        if row.cancelled_on:
            return []
        lines = notice_days(row.contract_id, row.issued_on, row.effective_from, "headcount_notice_days")
        if row.arrived_on:
            bound = duties_changes.binds_from(row)
            lines.append(gettext("The new headcount binds from %(day)s.") % {"day": bound})
        return lines

    @display(description=_("state"))
    def mark(self, row: HeadcountOrder) -> SafeString:
        if row.cancelled_on:
            return badge("calm", "undo", gettext("cancelled"))
        if row.arrived_on:
            return badge("good", "task_alt", gettext("notice arrived"))
        return badge("warn", "schedule", gettext("notice under way"))


@admin.register(ForceMajeureEvent)
class ForceMajeureEventAdmin(LetterMixin, KeptAdmin):
    list_display = [
        "title",
        "reported_by",
        "occurred_on",
        "arrived_on",
        "proof_arrived_on",
        "ended_on",
        "contract_number",
    ]
    search_fields = ["title", "description", "proof_document"]
    date_hierarchy = "occurred_on"
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("contract", "reported_by"),
                    "title",
                    "description",
                    ("occurred_on", "arrived_on"),
                    "ended_on",
                ]
            },
        ),
        (_("Authority's proof"), {"fields": [("proof_document", "proof_issuer"), "proof_arrived_on"]}),
        (_("Withdrawal"), {"fields": ["withdrawn_on"]}),
    ]


class CriterionInline(RowsInline):
    model = Criterion
    fields = ["title", "weight"]


@admin.register(AssessmentScheme)
class AssessmentSchemeAdmin(RowsAdmin):
    list_display = ["title", "pass_mark", "office_confirmed_on", "vendor_confirmed_on", "contract_number"]
    search_fields = ["title", "document"]
    inlines = [CriterionInline]
    fieldsets = [
        (None, {"fields": [("contract", "title"), "pass_mark"]}),
        (_("Confirmation by both sides"), {"fields": [("office_confirmed_on", "vendor_confirmed_on"), "document"]}),
    ]

    def write_with_rows(self, row: AssessmentScheme, rows: list[dict[str, Any]] | None) -> None:
        criteria = None
        if rows is not None:
            criteria = [(one["title"], one["weight"]) for one in rows]
        renewal.save_scheme(scheme=row, criteria=criteria)


class ScoreInline(RowsInline):
    model = Score
    fields = ["criterion", "points"]
    can_delete = False

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """One row for each criterion of the scheme."""
        self.scheme_id = obj.scheme_id if obj else None
        formset = super().get_formset(request, obj, **kwargs)
        missing = []
        if obj is not None:
            scored = obj.scores.values_list("criterion_id", flat=True)
            missing = list(obj.scheme.criteria.exclude(pk__in=scored).values_list("pk", flat=True))

        class Prefilled(formset):  # type: ignore[misc, valid-type]
            extra = len(missing)

            def __init__(self, *args: Any, **kwargs: Any) -> None:
                kwargs.setdefault("initial", [{"criterion": pk} for pk in missing])
                super().__init__(*args, **kwargs)

        return Prefilled

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "criterion":
            kwargs["queryset"] = Criterion.objects.filter(scheme=self.scheme_id)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(RenewalAssessment)
class RenewalAssessmentAdmin(RowsAdmin):
    list_display = ["contract_number", "assessed_on", "result", "mark", "decision", "decided_on"]
    search_fields = ["contract__number", "document", "reason"]
    date_hierarchy = "assessed_on"
    list_select_related = ["contract", "scheme"]
    inlines = [ScoreInline]
    extra_readonly = ("result", "mark", "year")
    fieldsets = [
        (None, {"fields": [("contract", "scheme"), "assessed_on"]}),
        (_("Decision"), {"fields": [("decision", "decided_on"), "document", "reason"]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": [("contract", "scheme"), "assessed_on"]})]
        return [
            (None, {"fields": [("contract", "scheme"), "assessed_on", ("result", "mark")]}),
            self.fieldsets[1],
            (_("How the duties stood over the term, on the day of the assessment"), {"fields": ["year"]}),
        ]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return super().get_inlines(request, obj) if obj else []

    def write_with_rows(self, row: RenewalAssessment, rows: list[dict[str, Any]] | None) -> None:
        points: dict[int, Decimal] | None = None
        if rows is not None:
            points = {one["criterion"].pk: one["points"] for one in rows}
        renewal.save_assessment(assessment=row, points=points or None)

    @display(description=_("Indicators"))
    def year(self, row: RenewalAssessment) -> str:
        """What the points are given for: the vendor's duties out of the checks, the service's indicators among them."""
        contract = row.contract
        last = min(row.assessed_on, contract.last_day)
        rows = indicators_of(contract.pk, contract.starts_on, last, row.assessed_on, by_window=False)
        return render_to_string("admin/contract/indicators.html", {"rows": rows})

    @display(description=_("state"))
    def mark(self, row: RenewalAssessment) -> SafeString:
        if row.passed is None:
            return badge("warn", "schedule", gettext("not scored"))
        if row.passed:
            return badge("good", "task_alt", gettext("assessment passed"))
        return badge("bad", "block", gettext("not passed"))
