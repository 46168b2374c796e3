"""Alerts: the list that the office works through, and the page on which two people decide."""

from calendar import monthrange
from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    DropdownFilter,
)
from unfold.decorators import display
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextareaWidget

from contract import clock, registry, services
from contract.admin.base import ReadOnlyMixin, ScopedAdmin
from contract.admin.display import day_url, model_name, row_url, state, time_left
from contract.admin.evaluation import CheckFilter, with_titles
from contract.choices import UNDECIDED, AlertStatus, Decision, Outcome
from contract.errors import Conflict
from contract.law.references import Language
from contract.models import Alert, Assessment, Clause, Review
from contract.registry import checks

TO_REVIEW = UNDECIDED
DECIDED = (
    AlertStatus.CONFIRMED,
    AlertStatus.DISMISSED,
    AlertStatus.WAIVED,
    AlertStatus.EXCUSED,
)
EVIDENCE_SHOWN = 12


class WorkFilter(DropdownFilter):
    """What is left to do comes first: without a choice the list shows what awaits review."""

    title = _("progress")
    parameter_name = "work"
    all_option = None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("", _("to review")),
            ("second", _("awaiting the second person")),
            ("decided", _("decided")),
            ("cured", _("cured")),
            ("all", _("all alerts")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Alert]) -> QuerySet[Alert]:
        # A filter by status says itself what it wants.
        if any(name.startswith("status") for name in request.GET):
            return queryset
        wanted = {
            "second": [AlertStatus.PROPOSED],
            "decided": DECIDED,
            "cured": [AlertStatus.CURED],
            "all": AlertStatus.values,
        }.get(self.value() or "", TO_REVIEW)
        return queryset.filter(status__in=wanted)


class ProposalForm(forms.Form):
    """What to make of an alert, and why. `version` is the alert as it stood on this page."""

    decision = forms.ChoiceField(label=_("decision"), widget=UnfoldAdminRadioSelectWidget())
    reason = forms.CharField(
        label=_("reason"), max_length=2000, strip=True,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("Say which evidence you looked at. It is kept with the decision."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, outcome: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What is sent is judged by the service: it knows first whether the page is stale.
        cast(forms.ChoiceField, self.fields["decision"]).choices = [
            choice
            for choice in Decision.choices
            if self.is_bound or choice[0] != Decision.CONFIRM or outcome == Outcome.NOT_MET
        ]


class SecondForm(forms.Form):
    """The second person's word on a proposal."""

    second_reason = forms.CharField(
        label=_("reason"), max_length=2000, strip=True, required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=_("Needed for a rejection."),
    )  # fmt: skip
    review = forms.IntegerField(widget=forms.HiddenInput)


@admin.register(Alert)
class AlertAdmin(ReadOnlyMixin, ScopedAdmin):
    list_display = [
        "title", "subject", "outcome_mark", "status_mark", "owed_by", "due_on", "left", "article",
        "contract_number",
    ]  # fmt: skip
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
    ordering = ["-raised_on", "-pk"]

    @display(description=_("check"), ordering="check_id")
    def title(self, alert: Alert) -> str:
        return registry.title(alert.check_id)

    @display(description=_("subject"), ordering="assessment__subject_name")
    def subject(self, alert: Alert) -> str:
        return subject_line(alert.assessment)

    @display(description=_("finding"), ordering="outcome")
    def outcome_mark(self, alert: Alert) -> SafeString:
        return state(alert.outcome, alert.get_outcome_display())

    @display(description=_("progress"), ordering="status")
    def status_mark(self, alert: Alert) -> SafeString:
        return state(alert.status, alert.get_status_display())

    @display(description=_("due on"), ordering="assessment__legal_due_on", empty_value="–")
    def due_on(self, alert: Alert) -> Any:
        return alert.assessment.legal_due_on or alert.assessment.nominal_due_on

    @display(description=_("days left"), ordering="assessment__legal_due_on")
    def left(self, alert: Alert) -> SafeString | str:
        if alert.status not in TO_REVIEW:
            return "–"
        today = clock.today()
        late = alert.assessment.days_late(today)
        return time_left(alert.outcome, self.due_on(alert), today, late)

    @display(description=_("article"), ordering="clause_ref")
    def article(self, alert: Alert) -> str:
        return alert.clause_ref

    @display(description=_("contract"), ordering="contract__number")
    def contract_number(self, alert: Alert) -> str:
        return alert.contract.number

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        rows, distinct = super().get_search_results(request, queryset, search_term)
        return with_titles(rows, queryset, search_term), distinct

    # --- The page of one alert -------------------------------------------------------------

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Everything that the decision rests on, and the form for the next step."""
        alert = self.get_object(request, object_id)
        if alert is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, alert):
            raise PermissionDenied
        forms_of_page = self._forms(request, alert)
        if request.method == "POST" and self._act(request, alert, forms_of_page):
            return HttpResponseRedirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": alert,
            "title": registry.title(alert.check_id),
            **self._facts(request, alert),
            **forms_of_page,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/alert/detail.html", context)

    def _forms(self, request: HttpRequest, alert: Alert) -> dict[str, Any]:
        """The form of the step that comes next, for a user who may take it."""
        data = request.POST if request.method == "POST" else None
        step = request.POST.get("step")
        waiting = (
            alert.reviews.filter(decided_by__isnull=True).select_related("proposed_by").first()
        )
        user = request.user
        if waiting is None:
            may = user.has_perm("contract.add_review") and alert.status != AlertStatus.CURED
            form = ProposalForm(
                data if step == "propose" else None,
                outcome=alert.outcome,
                initial={"version": alert.version},
            )
            return {"waiting": None, "proposal_form": form if may else None}
        own = waiting.proposed_by_id == user.pk
        may = user.has_perm("contract.change_review") and not own
        second = SecondForm(
            data if step in ("approve", "reject") else None, initial={"review": waiting.pk}
        )
        return {"waiting": waiting, "own_proposal": own, "second_form": second if may else None}

    def _act(self, request: HttpRequest, alert: Alert, page: dict[str, Any]) -> bool:
        """Carry out the posted step; False leaves the page with the errors in its form."""
        step = request.POST.get("step")
        if step == "propose":
            return self._propose(request, alert, page)
        if step in ("approve", "reject"):
            return self._decide(request, alert, page, approve=step == "approve")
        return True

    def _propose(self, request: HttpRequest, alert: Alert, page: dict[str, Any]) -> bool:
        form = page.get("proposal_form") or ProposalForm(request.POST, outcome=alert.outcome)
        page["proposal_form"] = form
        if not form.is_valid():
            return False
        try:
            services.propose_review(
                alert=alert, decision=form.cleaned_data["decision"],
                reason=form.cleaned_data["reason"], version=form.cleaned_data["version"],
                actor=request.user, at=clock.now(),
            )  # fmt: skip
        except Conflict as conflict:
            # Nothing was written; the page shown next is the present state.
            messages.error(request, str(conflict))
            return True
        except ValidationError as error:
            return _refuse(form, error)
        messages.success(
            request, gettext("Proposed. It takes effect when a second person approves it.")
        )
        return True

    def _decide(
        self, request: HttpRequest, alert: Alert, page: dict[str, Any], *, approve: bool
    ) -> bool:
        form = page.setdefault("second_form", None) or SecondForm(request.POST)
        if not form.is_valid():
            return False
        review = alert.reviews.filter(pk=form.cleaned_data["review"]).first()
        try:
            if review is None:
                raise Conflict(gettext("This proposal is not of this alert. Reload the page."))
            services.decide_review(
                review=review, approve=approve, reason=form.cleaned_data["second_reason"],
                actor=request.user, at=clock.now(),
            )  # fmt: skip
        except Conflict as conflict:
            messages.error(request, str(conflict))
            return True
        except ValidationError as error:
            if page["second_form"] is None:  # sent by hand: this person is offered no form
                messages.error(request, " ".join(error.messages))
                return True
            return _refuse(form, error)
        messages.success(
            request,
            gettext("Approved: the decision has taken effect.")
            if approve
            else gettext("Rejected: the proposal has no effect."),
        )
        return True

    def _facts(self, request: HttpRequest, alert: Alert) -> dict[str, Any]:
        """What the page shows: clause, figures, evidence, and everything that happened."""
        today = clock.today()
        now = alert.assessment
        check = checks().get(alert.check_id)
        evidence = [
            {
                **item,
                "kind": model_name(item["label"]),
                "url": row_url(request, item["label"], item["pk"])
                or day_url(request, item["label"], alert.contract_id, item["text"]),
            }
            for item in now.evidence
        ]
        series = Assessment.objects.filter(
            contract_id=alert.contract_id, check_id=alert.check_id, key=alert.key
        ).order_by("-pk")
        return {
            "alert": alert,
            "is_decided": alert.status in DECIDED,
            "now": now,
            "subject": subject_line(now),
            "subject_url": row_url(request, now.subject_label, now.subject_pk),
            "clause": Clause.objects.filter(
                contract_id=alert.contract_id, ref=alert.clause_ref
            ).first(),
            "contract_url": row_url(request, "contract.Contract", alert.contract_id),
            "references": [reference.label(_language()) for reference in check.references]
            if check
            else [],
            "outcome_badge": state(alert.outcome, alert.get_outcome_display()),
            "status_badge": state(alert.status, alert.get_status_display()),
            "left": time_left(
                alert.outcome, now.legal_due_on or now.nominal_due_on, today, now.days_late(today)
            ),
            "evidence": evidence[:EVIDENCE_SHOWN],
            "more_evidence": evidence[EVIDENCE_SHOWN:],
            "series": [
                (row, state(row.outcome, row.get_outcome_display())) for row in series[:50]
            ],
            "events": [
                (event, state(event.to_status, event.get_to_status_display()))
                for event in alert.events.select_related("actor").order_by("-pk")[:50]
            ],
            "reviews": [
                (review, _verdict(review))
                for review in alert.reviews.select_related("proposed_by", "decided_by")[:20]
            ],
        }  # fmt: skip


def subject_line(row: Assessment) -> str:
    """The subject of a finding and its period; of a contract's own finding the period alone."""
    period = period_line(row.period_start, row.period_end)
    if row.subject_label == "contract.Contract" and period:
        return period
    name = row.subject_name or model_name(row.subject_label)
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


def _verdict(review: Review) -> SafeString:
    if review.is_approved is None:
        return state(AlertStatus.PROPOSED, gettext("awaiting the second person"))
    if review.is_approved:
        return state(Outcome.MET, gettext("approved"))
    return state(AlertStatus.DISMISSED, gettext("rejected"))


def _refuse(form: forms.Form, error: ValidationError) -> bool:
    """Put what the service refused beside the field that it names."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for field, texts in by_field.items():
        form.add_error(field if field in form.fields else None, texts)
    return False


def _language() -> Language:
    return "en" if (get_language() or "").startswith("en") else "zh-hans"
