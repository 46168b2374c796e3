"""The steps of a case in the browser: which of them a person may take now, and taking one.

Each step names the form it asks for and the service that it calls. What comes next stands first
on the page; the other steps are folded away.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contract import services
from contract.admin import confirmation
from contract.admin.cases import forms as case_forms
from contract.choices import DECIDED_STATUSES, GONE, AlertStatus, Decision, Outcome, Step
from contract.models import Alert, Notification, Review, TimeExtension
from contract.rules.cases import Ball, is_heard
from contract.services.notifications import TELLABLE
from contract.services.reviews import obstacle
from contract.services.steps import who
from kit import clock
from kit.errors import Conflict


@dataclass(frozen=True)
class Button:
    value: str
    label: Any
    icon: str
    is_quiet: bool = False


@dataclass
class Case:
    """An alert with what its steps look at, read once for a page."""

    request: HttpRequest
    alert: Alert
    ball: Ball
    today: date = field(default_factory=clock.today)

    @cached_property
    def proposal(self) -> Review | None:
        """The proposal that awaits a second person."""
        return self.alert.reviews.filter(decided_by__isnull=True).select_related("proposed_by").first()

    @cached_property
    def extension(self) -> TimeExtension | None:
        """The request for more time that the office has not decided."""
        if self.alert.status != AlertStatus.NOTIFIED:
            return None
        return self.alert.extensions.filter(round=self.alert.round, is_granted__isnull=True).first()

    @cached_property
    def obstacle(self) -> Any:
        """Why it cannot be confirmed as a breach yet, in words."""
        return obstacle(self.alert)

    @property
    def is_own_proposal(self) -> bool:
        return self.proposal is not None and self.proposal.proposed_by_id == self.request.user.pk

    def may(self, permission: str) -> bool:
        return bool(self.request.user.has_perm(permission))

    @property
    def by(self) -> dict[str, Any]:
        """Who takes a step, and when."""
        return {"actor": self.request.user, "at": clock.now(), "on": self.today}


@dataclass(frozen=True)
class CaseStep:
    """One step: for whom it is open, its form, and the service that carries it out."""

    step: Step
    title: Any
    permission: str
    buttons: tuple[Button, ...]
    is_open: Callable[[Case], bool]
    form: Callable[..., forms.Form]
    run: Callable[[Case, dict[str, Any], str], str]
    is_multipart: bool = False
    foretell: Callable[[Case, dict[str, Any], str], list[str]] | None = None
    """What is about to happen, for a step on which others rely: shown before it is taken."""

    @property
    def key(self) -> str:
        return self.buttons[0].value


@dataclass
class Offer:
    """A step as a page shows it."""

    step: CaseStep
    form: forms.Form
    is_next: bool = False


def offers(case: Case, sent: tuple[CaseStep, forms.Form] | None = None) -> list[Offer]:
    """The steps that this person may take now, the next one first; `sent` keeps its errors."""
    found = [
        Offer(step, sent[1] if sent and sent[0] is step else step.form(case, None, None), step.step == _next(case))
        for step in STEPS
        if case.may(step.permission) and step.is_open(case)
    ]
    return sorted(found, key=lambda offer: not offer.is_next)


def take(case: Case) -> tuple[str, tuple[CaseStep, forms.Form] | None]:
    """Carry out the posted step: what to say of it, or the form with its errors.

    Conflict where somebody was first, `confirmation.Needed` where the person has not seen yet what is
    about to happen: nothing was written.
    """
    pressed = case.request.POST.get("step", "")
    step = next((s for s in STEPS if pressed in {b.value for b in s.buttons}), None)
    if step is None:
        return "", None
    form = step.form(case, case.request.POST, case.request.FILES)
    if form.is_valid():
        data, foretell = form.cleaned_data, step.foretell
        try:
            if foretell is not None:
                confirmation.require(case.request, step.title, lambda: foretell(case, data, pressed))
            return step.run(case, data, pressed), None
        except ValidationError as error:
            case_forms.add_errors(form, case_forms.by_field(error))
    return "", (step, form)


def _next(case: Case) -> Step:
    """A risk is for the vendor to act on; what the office can do meanwhile is to tell it."""
    return Step.NOTIFY if case.ball.step == Step.PERFORM else case.ball.step


# --- Told -----------------------------------------------------------------------------------


def _tell_form(case: Case, data: Any, files: Any) -> forms.Form:
    return case_forms.NotifyForm(data, initial={"version": case.alert.version})


def _notify(case: Case, data: dict[str, Any]) -> Notification:
    return services.notify(alert=case.alert, **data, **case.by)


def _tell(case: Case, data: dict[str, Any], pressed: str) -> str:
    told = _notify(case, data)
    return gettext("Recorded. The vendor answers by %(day)s.") % {"day": told.answer_due_on}


def _foretell_telling(case: Case, data: dict[str, Any], pressed: str) -> list[str]:
    return telling_said(confirmation.rehearsed(lambda: _notify(case, data)))


def telling_said(told: Notification) -> list[str]:
    """What a record of telling says, and what follows from it."""
    how = {
        "means": told.get_means_display(),
        "day": told.arrived_on,
        "recipient": told.recipient,
        "proof": told.document or told.note,
    }
    return [
        gettext("It is recorded that the vendor was told: %(means)s, arrived on %(day)s, taken by %(recipient)s.")
        % how,
        gettext("Proof of the arrival: %(proof)s.") % how,
        gettext("The vendor's time to answer runs from that day and ends on %(day)s, this day included.")
        % {"day": told.answer_due_on},
        gettext("The record is not deleted. A wrong one is corrected by another, and stays readable."),
    ]


def _told_now(case: Case) -> Notification | None:
    """The record of telling that counts in this round, where a person may correct it."""
    alert = case.alert
    if alert.status not in (AlertStatus.NOTIFIED, AlertStatus.SILENT, AlertStatus.ANSWERED):
        return None
    return alert.notifications.filter(round=alert.round, corrected_by__isnull=True, source_label="").first()


def _correct_form(case: Case, data: Any, files: Any) -> forms.Form:
    told = _told_now(case)
    same = ("arrived_on", "means", "recipient", "document", "note")
    initial = {name: getattr(told, name) for name in same} | {"notification": told.pk} if told else {}
    return case_forms.CorrectForm(data, initial={**initial, "version": case.alert.version})


def _corrected(case: Case, data: dict[str, Any]) -> Notification:
    values = dict(data)
    told = case.alert.notifications.filter(pk=values.pop("notification")).first()
    if told is None:
        raise Conflict(gettext("This record is not of this alert. Reload the page."))
    reason = values.pop("correction_reason")
    return services.correct_notification(notification=told, reason=reason, **values, **case.by)


def _correct(case: Case, data: dict[str, Any], pressed: str) -> str:
    told = _corrected(case, data)
    return gettext("Corrected. The vendor answers by %(day)s.") % {"day": told.answer_due_on}


def _foretell_correcting(case: Case, data: dict[str, Any], pressed: str) -> list[str]:
    return telling_said(confirmation.rehearsed(lambda: _corrected(case, data)))


# --- More time ------------------------------------------------------------------------------


def _extension_form(case: Case, data: Any, files: Any) -> forms.Form:
    asked = case.extension
    initial = {"until_on": asked.until_on, "extension": asked.pk} if asked else {}
    return case_forms.ExtensionForm(data, initial=initial)


def _decide_extension(case: Case, data: dict[str, Any], pressed: str) -> str:
    asked = case.alert.extensions.filter(pk=data["extension"]).first()
    if asked is None:
        raise Conflict(gettext("This request is not of this alert. Reload the page."))
    grant = pressed == "grant"
    decided = services.decide_extension(
        extension=asked,
        grant=grant,
        reason=data["decision_reason"],
        until_on=data["until_on"] if grant else None,
        **case.by,
    )
    said = gettext("Granted. The vendor answers by %(day)s.")
    if not grant:
        said = gettext("Refused. The time to answer goes on to %(day)s.")
    return said % {"day": decided.due_after}


# --- Answered on paper ----------------------------------------------------------------------


def _paper_form(case: Case, data: Any, files: Any) -> forms.Form:
    return case_forms.PaperForm(data, files, initial={"arrived_on": case.today})


def _take_paper(case: Case, data: dict[str, Any], pressed: str) -> str:
    given = services.answer(alert=case.alert, means="paper", **data, **case.by)
    if given.is_late:
        return gettext("Recorded as a late answer.")
    return gettext("The answer is recorded.")


# --- Decided by two ---------------------------------------------------------------------------


def _proposal_form(case: Case, data: Any, files: Any) -> forms.Form:
    return case_forms.ProposalForm(data, initial={"version": case.alert.version}, can_confirm=case.obstacle is None)


def _propose(case: Case, data: dict[str, Any], pressed: str) -> str:
    services.propose_review(alert=case.alert, **data, **case.by)
    return gettext("Proposed. It takes effect when a second person approves it.")


def _second_form(case: Case, data: Any, files: Any) -> forms.Form:
    pk = case.proposal.pk if case.proposal else None
    return case_forms.SecondForm(data, initial={"review": pk, "version": case.alert.version})


def _decide(case: Case, data: dict[str, Any], pressed: str) -> str:
    review = case.alert.reviews.filter(pk=data["review"]).first()
    if review is None:
        raise Conflict(gettext("This proposal is not of this alert. Reload the page."))
    approve = pressed == "approve"
    services.decide_review(
        review=review, approve=approve, reason=data["second_reason"], version=data["version"], **case.by
    )
    if approve:
        return gettext("Approved: the decision has taken effect.")
    return gettext("Rejected: the proposal has no effect.")


def _foretell_deciding(case: Case, data: dict[str, Any], pressed: str) -> list[str]:
    confirmation.rehearsed(lambda: _decide(case, data, pressed))
    review = case.alert.reviews.filter(pk=data["review"]).select_related("proposed_by").first()
    if review is None:
        raise Conflict(gettext("This proposal is not of this alert. Reload the page."))
    what = {"decision": review.get_decision_display(), "who": who(review.proposed_by)}
    if pressed != "approve":
        return [gettext("“%(decision)s”, proposed by %(who)s, is rejected: the proposal has no effect.") % what]
    said = [
        gettext("You are the second person: “%(decision)s”, proposed by %(who)s, takes effect.") % what,
        gettext("Reason of the proposal: %(reason)s") % {"reason": review.reason},
    ]
    if review.decision == Decision.CONFIRM:
        said.append(gettext("The breach stands on record, and claims and letters may rest on it."))
    return [*said, gettext("A decision is not deleted; another decision of two people may correct it.")]


# --- Closed -----------------------------------------------------------------------------------


def _close_form(case: Case, data: Any, files: Any) -> forms.Form:
    return case_forms.CloseForm(data, initial={"version": case.alert.version})


def _close(case: Case, data: dict[str, Any], pressed: str) -> str:
    services.close(alert=case.alert, reason=data["closing_reason"], version=data["version"], **case.by)
    return gettext("The case is closed.")


def _can_be_told(case: Case) -> bool:
    alert = case.alert
    told = alert.status != AlertStatus.OPEN or not is_heard(alert.owed_by)
    return not told and Outcome(alert.outcome) in TELLABLE


STEPS = (
    CaseStep(
        Step.NOTIFY,
        _("Tell the vendor"),
        "contract.add_notification",
        (Button("notify", _("Record the notification"), "outgoing_mail"),),
        _can_be_told,
        _tell_form,
        _tell,
        foretell=_foretell_telling,
    ),
    CaseStep(
        Step.NOTIFY,
        _("Correct the record of telling"),
        "contract.add_notification",
        (Button("correct_notification", _("Record the correction"), "edit_note", True),),
        lambda case: _told_now(case) is not None,
        _correct_form,
        _correct,
        foretell=_foretell_correcting,
    ),
    CaseStep(
        Step.EXTENSION,
        _("More time to answer"),
        "contract.change_timeextension",
        (Button("grant", _("Grant"), "more_time"), Button("refuse", _("Refuse"), "close", True)),
        lambda case: case.extension is not None,
        _extension_form,
        _decide_extension,
    ),
    CaseStep(
        Step.DECIDE,
        _("Decide on the proposal"),
        "contract.change_review",
        (Button("approve", _("Approve"), "check"), Button("reject", _("Reject"), "close", True)),
        lambda case: case.proposal is not None and not case.is_own_proposal,
        _second_form,
        _decide,
        foretell=_foretell_deciding,
    ),
    CaseStep(
        Step.CLOSE,
        _("Close the case"),
        "contract.change_alert",
        (Button("close", _("Close"), "inventory_2"),),
        lambda case: case.alert.status in DECIDED_STATUSES and bool(case.alert.decided_as),
        _close_form,
        _close,
    ),
    CaseStep(
        Step.PROPOSE,
        _("Propose a decision"),
        "contract.add_review",
        (Button("propose", _("Propose"), "send"),),
        lambda case: case.proposal is None and case.alert.status not in GONE,
        _proposal_form,
        _propose,
    ),
    CaseStep(
        Step.ANSWER,
        _("Record an answer that came on paper"),
        "contract.add_response",
        (Button("paper", _("Record the answer"), "mark_email_read"),),
        lambda case: is_heard(case.alert.owed_by) and case.alert.status not in GONE | {AlertStatus.CLOSED},
        _paper_form,
        _take_paper,
        is_multipart=True,
    ),
)
