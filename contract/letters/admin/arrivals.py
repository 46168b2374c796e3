"""The form of a letter's arrival, and of a correction of it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from contract.letters.choices import NoticeMeans
from contract.letters.models import Notice, NoticeArrival
from contract.letters.services import arrivals
from kit import clock
from kit.errors import Conflict


class ArrivalForm(forms.Form):
    """How and when a letter reached the vendor."""

    arrived_on = forms.DateField(label=_("arrived on"), widget=UnfoldAdminSingleDateWidget())
    means = forms.ChoiceField(
        label=_("means"),
        widget=UnfoldAdminSelectWidget(),
        choices=[choice for choice in NoticeMeans.choices if choice[0] != NoticeMeans.SYSTEM],
    )
    received_by = forms.CharField(
        label=_("received by"),
        max_length=60,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("The person or the office that took it."),
    )
    note = forms.CharField(
        label=_("note"),
        max_length=300,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Without a scan: what proves the arrival, such as the number of the postal receipt."),
    )
    proof = forms.FileField(
        label=_("proof (scan)"),
        required=False,
        widget=UnfoldAdminFileFieldWidget(),
        help_text=_("The postal receipt or the signed copy: PDF, PNG or JPEG."),
    )

    proof_on_file = False

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.proof_on_file and not given.get("proof") and not given.get("note", "").strip() and not self.errors:
            self.add_error("proof", _("What proves the arrival? Attach the receipt, or name it in the note."))
        return given


class CorrectionForm(ArrivalForm):
    """The right record of an arrival, beside the wrong one that it names."""

    reason = forms.CharField(
        label=_("reason of the correction"),
        max_length=300,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("What was wrong. The wrong record stays readable."),
    )


def arrival_form(request: HttpRequest, arrival: NoticeArrival | None) -> ArrivalForm | None:
    """The form of the arrival, or of its correction; None for who may not record it."""
    if not request.user.has_perm("contract.add_noticearrival"):
        return None
    sent: Any = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    if arrival is None:
        return ArrivalForm(sent[0], sent[1], initial={"means": NoticeMeans.LETTER})
    names = ("arrived_on", "means", "received_by", "note")
    form = CorrectionForm(sent[0], sent[1], initial={name: getattr(arrival, name) for name in names})
    form.proof_on_file = bool(arrival.proof)
    return form


def record(request: HttpRequest, notice: Notice, form: ArrivalForm) -> bool:
    """Record what the form says; False leaves it with what is wrong."""
    said: dict[str, Any] = {"actor": request.user, "at": clock.now(), "on": clock.today(), **form.cleaned_data}
    try:
        if notice.arrival is None:
            arrival = arrivals.record_arrival(notice=notice, **said)
        else:
            arrival = arrivals.correct_arrival(arrival=notice.arrival, **said)
    except Conflict as conflict:
        messages.error(request, str(conflict))
        return True
    except ValidationError as error:
        refuse(form, error)
        return False
    messages.success(
        request,
        gettext("Recorded: the time that the letter sets ends on %(day)s.")
        % {"day": arrival.legal_due_on or arrival.nominal_due_on},
    )
    return True


def refuse(form: forms.Form, error: ValidationError) -> None:
    """Put what the service refused beside the field that it names."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for field, texts in by_field.items():
        form.add_error(field if field in form.fields else None, texts)
