"""The forms of a case's steps. `version` is the alert as it stood on the page."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from contract.choices import Decision, NotificationMeans
from contract.services.cases import MAX_FILES


class DayInput(forms.DateInput):
    """The browser's own calendar: the pages load no script for it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(attrs={"class": " ".join(INPUT_CLASSES)}, format="%Y-%m-%d")


class FilesInput(UnfoldAdminFileFieldWidget):
    allow_multiple_selected = True

    def is_initial(self, value: Any) -> bool:
        return False


class FilesField(forms.FileField):
    """Several files; what they are is told by their content, in the model."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        sent = data if isinstance(data, list | tuple) else [data] if data else []
        files = [super(FilesField, self).clean(one, initial) for one in sent]
        if len(files) > MAX_FILES:
            raise forms.ValidationError(_("At most %(limit)d files.") % {"limit": MAX_FILES})
        return files


def text(label: Any, *, rows: int = 3, limit: int = 2000, **options: Any) -> forms.CharField:
    """A text of some lines."""
    return forms.CharField(
        label=label, max_length=limit, strip=True, widget=UnfoldAdminTextareaWidget(attrs={"rows": rows}), **options
    )


def line(label: Any, **options: Any) -> forms.CharField:
    """A text of one line."""
    return forms.CharField(
        label=label, max_length=120, strip=True, required=False, widget=UnfoldAdminTextInputWidget(), **options
    )


def hidden() -> forms.IntegerField:
    return forms.IntegerField(widget=forms.HiddenInput)


class TogetherForm(forms.Form):
    """How and when the other side was told of several alerts."""

    arrived_on = forms.DateField(
        label=_("arrived on"), widget=DayInput(), help_text=_("The time to answer runs from this day.")
    )
    means = forms.ChoiceField(
        label=_("means"), choices=[("", "–"), *NotificationMeans.choices], widget=UnfoldAdminSelectWidget()
    )
    recipient = line(_("recipient"), help_text=_("The person or the office that took it."))
    document = line(
        _("document"), help_text=_("What proves the arrival: the number of the letter, the receipt or the mail.")
    )
    note = text(_("note"), rows=2, required=False, help_text=_("Where no document has a number: what proves it."))


class NotifyForm(TogetherForm):
    """How and when the other side was told of this alert."""

    answer_by = forms.DateField(
        label=_("answer by"),
        widget=DayInput(),
        required=False,
        help_text=_("Only where the notice gives more time than was agreed."),
    )
    version = hidden()


class CorrectForm(NotifyForm):
    """What the record of telling should have said, and why it was wrong."""

    correction_reason = text(
        _("reason of the correction"), rows=2, limit=300, help_text=_("The wrong record stays readable beside it.")
    )
    notification = hidden()


class PaperForm(forms.Form):
    """An answer that came on paper."""

    statement = text(_("statement"), limit=4000)
    arrived_on = forms.DateField(label=_("arrived on"), widget=DayInput())
    document = line(_("document"))
    files = FilesField(  # type: ignore[assignment]
        label=_("files"), required=False, help_text=_("PDF, PNG or JPEG; several at once.")
    )


class ExtensionForm(forms.Form):
    """The office's word on a request for more time."""

    until_on = forms.DateField(label=_("answer until"), widget=DayInput(), required=False)
    decision_reason = text(_("reason"), rows=2, required=False, help_text=_("Needed for a refusal."))
    extension = hidden()


class ProposalForm(forms.Form):
    """What to make of an alert, and why."""

    decision = forms.ChoiceField(label=_("decision"), widget=UnfoldAdminRadioSelectWidget())
    reason = text(_("reason"), help_text=_("Say which evidence you looked at. It is kept with the decision."))
    document = line(_("document"), help_text=_("A waiver names the writing that gives it."))
    version = hidden()

    def __init__(self, *args: Any, can_confirm: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What is sent is judged by the service: it knows first whether the page is stale.
        cast(forms.ChoiceField, self.fields["decision"]).choices = [
            choice for choice in Decision.choices if self.is_bound or choice[0] != Decision.CONFIRM or can_confirm
        ]


class SecondForm(forms.Form):
    """The second person's word on a proposal."""

    second_reason = text(_("reason"), rows=2, required=False, help_text=_("Needed for a rejection."))
    review = hidden()
    version = hidden()


class CloseForm(forms.Form):
    """Why nothing more is to be done."""

    closing_reason = text(_("reason"), rows=2)
    version = hidden()


def add_errors(form: forms.Form, by_field: Mapping[str, Sequence[str]]) -> None:
    """Put what a service refused beside the field that it names."""
    aliases = {"reason": ("decision_reason", "closing_reason", "correction_reason")}
    for field, texts in by_field.items():
        names = [name for name in (field, *aliases.get(field, ())) if name in form.fields]
        form.add_error(names[0] if names else None, list(texts))


def by_field(error: ValidationError) -> Mapping[str, Sequence[str]]:
    """What a service refused, by field; "" for what concerns them all."""
    if hasattr(error, "error_dict"):
        return error.message_dict
    return {"": error.messages}
