"""Alerts: the list that the office works through, and the page on which two people decide."""

from calendar import monthrange
from datetime import date
from pathlib import PurePath
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case as DatabaseCase
from django.db.models import QuerySet, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from contract import registry
from contract.admin import confirmation
from contract.admin.base import Part, PartsMixin, ReadOnlyMixin, ScopedAdmin
from contract.admin.cases.batch import TogetherMixin
from contract.admin.cases.display import excuse_mark, holder_mark
from contract.admin.cases.figures import in_words
from contract.admin.cases.steps import Case, offers, take
from contract.admin.cases.timeline import timeline
from contract.admin.display import day_url, may_read, model_name, row_url, state, time_left
from contract.admin.evaluation import CheckFilter, with_titles
from contract.choices import GONE, UNDECIDED, AlertStatus, Outcome, Step
from contract.findings import reasons_of
from contract.models import Alert, Assessment, Clause, ResponseFile
from contract.rules.considerations import considerations
from contract.selectors import cases
from kit import clock
from kit.errors import Conflict
from kit.files.uploads import scan_response
from law.references import Language

TO_REVIEW = UNDECIDED
DECIDED = (AlertStatus.CONFIRMED, AlertStatus.DISMISSED, AlertStatus.WAIVED, AlertStatus.EXCUSED)
EVIDENCE_SHOWN = 12
# What has failed, then what can still be done in time, then what lacks data; the newest first.
WORST_FIRST = DatabaseCase(
    When(outcome=Outcome.NOT_MET, then=0),
    When(outcome=Outcome.AT_RISK, then=1),
    When(outcome=Outcome.UNDETERMINED, then=2),
    default=3,
).asc()
WAITING = (
    (Step.NOTIFY, _("vendor to be told")),
    (Step.ANSWER, _("awaiting the vendor's answer")),
    (Step.EXTENSION, _("more time asked for")),
    (Step.PROPOSE, _("decision to be proposed")),
    (Step.DECIDE, _("awaiting the second person")),
    (Step.CLOSE, _("to be closed")),
)


class WorkFilter(DropdownFilter):
    """What is left to do comes first: without a choice the list shows what nobody has decided."""

    title = _("progress")
    parameter_name = "work"
    all_option = None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("", _("not decided")),
            ("mine", _("waiting for me")),
            *((step, label) for step, label in WAITING),
            ("decided", _("decided")),
            ("cured", _("cured")),
            ("closed", _("closed")),
            ("all", _("all alerts")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Alert]) -> QuerySet[Alert]:
        # A filter by status says itself what it wants.
        if any(name.startswith("status") for name in request.GET):
            return queryset
        wanted = self.value() or ""
        if wanted == "mine":
            return cases.waiting_for(request.user, queryset)
        if wanted in dict(WAITING):
            return queryset.filter(cases.WAITS[Step(wanted)])
        statuses = {"decided": DECIDED, "cured": GONE, "closed": [AlertStatus.CLOSED], "all": AlertStatus.values}.get(
            wanted, TO_REVIEW
        )
        return queryset.filter(status__in=statuses)


@admin.register(Alert)
class AlertAdmin(TogetherMixin, PartsMixin, ReadOnlyMixin, ScopedAdmin):
    parts: list[type[Part]] = []
    actions = ["tell_together"]
    list_display = ["title", "subject", "outcome_mark", "status_mark", "turn", "due_on", "article", "contract_number"]
    list_display_links = ["title", "subject"]
    list_select_related = ["assessment", "contract"]
    list_filter = [
        WorkFilter,
        ("outcome", ChoicesDropdownFilter),
        ("status", ChoicesDropdownFilter),
        ("owed_by", ChoicesDropdownFilter),
        CheckFilter,
        ("contract", AutocompleteSelectFilter),
    ]
    search_fields = ["assessment__subject_name", "check_id", "=clause_ref"]
    search_help_text = _("Person, subject, article or check")
    ordering = [WORST_FIRST, "-raised_on", "-pk"]

    @display(description=_("check"), ordering="check_id")
    def title(self, alert: Alert) -> str:
        return registry.title(alert.check_id)

    @display(description=_("subject"), ordering="assessment__subject_name")
    def subject(self, alert: Any) -> str:
        return subject_line(alert.assessment, getattr(alert, "reader", None))  # asked for beside the list too

    @display(description=_("finding"), ordering="outcome")
    def outcome_mark(self, alert: Alert) -> SafeString:
        return state(alert.outcome, alert.get_outcome_display())

    @display(description=_("progress"), ordering="status")
    def status_mark(self, alert: Alert) -> SafeString:
        return state(alert.status, alert.get_status_display())

    @display(description=_("due on"), ordering="assessment__legal_due_on", empty_value="–")
    def due_on(self, alert: Alert) -> Any:
        due_on = alert.assessment.legal_due_on or alert.assessment.nominal_due_on
        if due_on is None or alert.status not in TO_REVIEW:
            return due_on
        today = clock.today()
        late = alert.assessment.days_late(today)
        left = time_left(alert.outcome, due_on, today, late)
        return format_html("{}<br>{}", due_on.isoformat(), left)

    @display(description=_("whose turn, until"))
    def turn(self, alert: Any) -> SafeString | str:
        return holder_mark(alert.ball, clock.today())

    @display(description=_("article"), ordering="clause_ref")
    def article(self, alert: Alert) -> str:
        return alert.clause_ref

    @display(description=_("contract"), ordering="contract__number")
    def contract_number(self, alert: Alert) -> str:
        return alert.contract.number

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list, with who holds the ball read for all rows of the page at once."""
        changelist = super().get_changelist_instance(request)
        balls = cases.balls(changelist.result_list, clock.today())
        for alert in changelist.result_list:
            alert.ball, alert.reader = balls[alert.pk], request
        return changelist

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        rows, distinct = super().get_search_results(request, queryset, search_term)
        return with_titles(rows, queryset, search_term), distinct

    # --- The page of one alert -------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Everything that the decision rests on, and the form for the next step."""
        alert = self.get_object(request, object_id)
        if alert is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, alert):
            raise PermissionDenied
        status, sent = 200, None
        if request.method == "POST":
            try:
                said, sent = take(self._case(request, alert))
            except confirmation.Needed as needed:
                return needed.page(self.admin_site)
            except Conflict as conflict:
                # Nothing was written; what is shown is the present state, and who was first.
                messages.error(request, str(conflict))
                status, alert = 409, self.get_object(request, object_id) or alert
            else:
                if said:
                    messages.success(request, said)
                if sent is None:
                    return HttpResponseRedirect(request.path)
        case = self._case(request, alert)
        offered = offers(case, sent)
        if sent and not any(offer.form is sent[1] for offer in offered):
            # Sent by hand: this person is offered no such form to show the refusal in.
            for texts in sent[1].errors.values():
                messages.error(request, " ".join(map(str, texts)))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": alert,
            "title": registry.title(alert.check_id),
            **self._facts(request, alert),
            **self.parts_context(request, alert),
            "case": case,
            "holder": holder_mark(case.ball, case.today),
            "offers": offered,
            "can_excuse": request.user.has_perm("contract.add_excuse"),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/alert/detail.html", context, status=status)

    def _case(self, request: HttpRequest, alert: Alert) -> Case:
        today = clock.today()
        return Case(request, alert, cases.balls([alert], today)[alert.pk], today)

    def file_view(self, request: HttpRequest, pk: int, file_pk: int) -> HttpResponseBase:
        """A file of an answer, for who may see the alert and its answers."""
        alert = self.get_object(request, str(pk))
        if alert is None:
            raise Http404
        if not request.user.has_perms(["contract.view_alert", "contract.view_response"]):
            raise PermissionDenied
        kept = get_object_or_404(ResponseFile, pk=file_pk, response__alert=alert)
        return scan_response(kept.file, PurePath(kept.name).stem, known=kept.sha256)

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "<int:pk>/files/<int:file_pk>/", self.admin_site.admin_view(self.file_view), name="contract_alert_file"
        )
        return [own, *super().get_urls()]

    def _facts(self, request: HttpRequest, alert: Alert) -> dict[str, Any]:
        """What the page shows: clause, figures, evidence, and everything that happened."""
        today = clock.today()
        now = alert.assessment
        evidence = [
            {
                **item,
                "text": item["text"] if may_read(request, item["label"]) else "",
                "kind": model_name(item["label"]),
                "url": row_url(request, item["label"], item["pk"])
                or day_url(request, item["label"], alert.contract_id, item["text"]),
            }
            for item in now.evidence
        ]
        series = Assessment.objects.filter(
            contract_id=alert.contract_id, check_id=alert.check_id, key=alert.key
        ).order_by("-pk")[:50]
        # A warning is no breach: the office knew of one when it was first found, or on the day of discovery on record.
        known_on = min((row.as_of for row in series if row.outcome == Outcome.NOT_MET), default=alert.raised_on)
        if discovered := now.figures.get("found_on"):
            known_on = min(known_on, date.fromisoformat(discovered))
        clause = Clause.objects.filter(contract_id=alert.contract_id, ref=alert.clause_ref).first()
        return {
            "alert": alert,
            "is_decided": bool(alert.decided_as),
            "standing_badge": state(alert.standing, AlertStatus(alert.standing).label)
            if alert.status == AlertStatus.CLOSED
            else "",
            "now": now,
            "subject": subject_line(now, request),
            "subject_url": row_url(request, now.subject_label, now.subject_pk),
            "clause": clause,
            "contract_url": row_url(request, "contract.Contract", alert.contract_id),
            "reasons": reasons_of(now.figures),
            "figures": list(in_words(now.figures)),
            "references": [
                reference.label(_language())
                for reference in registry.cited(alert.check_id, alert.clause_ref, now.figures)
            ],
            "considerations": [
                (one.reference.label(_language()), one.message)
                for one in considerations(
                    alert.check_id,
                    alert.outcome,
                    alert.owed_by,
                    known_on,
                    terminates=clause is not None and clause.terminates,
                )
            ],
            "outcome_badge": state(alert.outcome, alert.get_outcome_display()),
            "status_badge": state(alert.status, alert.get_status_display()),
            "left": time_left(alert.outcome, now.legal_due_on or now.nominal_due_on, today, now.days_late(today)),
            "evidence": evidence[:EVIDENCE_SHOWN],
            "more_evidence": evidence[EVIDENCE_SHOWN:],
            "series": [(row, state(row.outcome, row.get_outcome_display())) for row in series],
            "timeline": timeline(alert),
            "excuses": [
                (excuse, excuse_mark(excuse), row_url(request, "contract.Excuse", excuse.pk))
                for excuse in cases.excuses_of(alert)[:20]
            ],
        }


def subject_line(row: Assessment, request: HttpRequest | None = None) -> str:
    """The subject of a finding and its period; of a contract's own finding the period alone.

    A reader who may not open such rows (finance and people) is told their kind, not which one.
    """
    period = period_line(row.period_start, row.period_end)
    if row.subject_label == "contract.Contract" and period:
        return period
    kind = model_name(row.subject_label)
    name = row.subject_name if request is None or may_read(request, row.subject_label) else kind
    name = name or kind
    # Some subjects carry their period in their name.
    dated = row.period_start is not None and row.period_start.isoformat() in name
    return name if dated else f"{name} {period}".strip()


def period_line(first: date | None, last: date | None) -> str:
    """A day, a whole month by its name, or a span."""
    if first is None or last is None:
        return ""
    if first == last:
        return first.isoformat()
    if first.day == 1 and first.replace(day=monthrange(first.year, first.month)[1]) == last:
        return date_format(first, "YEAR_MONTH_FORMAT")
    return f"{first} – {last}"


def _language() -> Language:
    return "en" if (get_language() or "").startswith("en") else "zh-hans"
