"""Dated figures and readings: forms that know what a key means."""

from contextlib import suppress
from typing import Any, cast

from django import forms
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from contract.admin.base import KeptMixin
from contract.admin.display import badge
from contract.models import Policy, Term
from contract.models.agreement import DatedRow
from contract.terms import Definition

YES_NO = {"true": _("Yes"), "false": _("No")}


class DatedRowForm(forms.ModelForm):
    """A key by its name; a value as the key's kind wants it, or by the wording of a choice."""

    key = forms.ChoiceField(label=_("key"), widget=UnfoldAdminSelectWidget())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        definitions = self._meta.model.DEFINITIONS
        if "key" in self.fields:
            cast(forms.ChoiceField, self.fields["key"]).choices = [
                ("", gettext("Select value")),
                *((d.key, _label(d)) for d in definitions.values()),
            ]
        definition = definitions.get(self.instance.key)
        if definition is None or "value" not in self.fields:
            return
        choices = YES_NO if definition.kind == "boolean" else definition.choices
        if choices:
            self.fields["value"] = forms.ChoiceField(
                label=_("value"), choices=[*choices.items()], widget=UnfoldAdminSelectWidget()
            )
        else:
            self.fields["value"].help_text = _accepted(definition)
            with suppress(ValueError):  # what stands there and cannot be read is shown as it is
                self.initial["value"] = definition.typed(definition.parse(self.instance.value))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        definition = self._meta.model.DEFINITIONS.get(data.get("key", self.instance.key))
        if definition is not None and definition.choices and data.get("value"):
            codes = {str(label): code for code, label in definition.choices.items()}
            data["value"] = codes.get(data["value"].strip(), data["value"])
        elif definition is not None and data.get("value"):
            with suppress(ValueError):  # said by the model, with what is right
                data["value"] = definition.write(definition.parse(data["value"]))
        return data


class TermForm(DatedRowForm):
    """A figure of the contract as it was signed. What changes it later is a record of its own."""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        contract, day = data.get("contract"), data.get("effective_from")
        if contract is None or day is None or not self.instance._state.adding:
            return data
        if day != contract.starts_on:
            self.add_error(
                "effective_from",
                gettext(
                    "After the contract's first day (%(day)s) a figure changes by an amendment "
                    "that both sides agree to, the headcount by an order too: enter that."
                )
                % {"day": contract.starts_on},
            )
        return data


class InWords:
    """Who only reads, now or an old version, reads names and wordings, never keys."""

    def in_words(self, fields: Any) -> Any:
        """The same fields with key and value in words."""
        words = {"key": "name", "value": "reading"}
        return [
            tuple(words.get(one, one) for one in field) if isinstance(field, tuple) else words.get(field, field)
            for field in fields
        ]

    @display(description=_("figure"), ordering="key")
    def name(self, row: DatedRow) -> str:
        return str(row.definition.label) if row.key in row.DEFINITIONS else row.key

    @display(description=_("value"))
    def reading(self, row: DatedRow) -> str:
        return written(row)


class DatedInline(InWords, KeptMixin, TabularInline):
    """The dated values of a contract, as tabs of its page. A row once kept is only corrected."""

    form = DatedRowForm
    extra = 0
    tab = True
    hide_title = True
    ordering = ["key", "effective_from"]
    fields = ["key", "value", "effective_from", "note"]
    readonly_fields = ["name", "reading"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        return fields if self.has_change_permission(request, obj) else self.in_words(fields)


class TermInline(DatedInline):
    model = Term
    form = TermForm


class PolicyInline(DatedInline):
    model = Policy
    fields = ["key", "value", "effective_from", "confirmed_on", "confirmation", "mark"]
    readonly_fields = [*DatedInline.readonly_fields, "mark"]

    @display(description=_("state"))
    def mark(self, row: Policy) -> SafeString | str:
        return confirmation_mark(row.confirmed_on is not None) if row.pk else "–"


def confirmation_mark(confirmed: bool) -> SafeString:
    """Whether both sides have confirmed a reading in writing."""
    if confirmed:
        return badge("good", "verified", gettext("confirmed by both sides"))
    return badge("warn", "pending", gettext("awaits written confirmation by both sides"))


def written(row: DatedRow) -> str:
    """A dated value as a person reads it, with its unit."""
    if not row.pk or row.key not in row.DEFINITIONS:
        return "–"
    try:
        return row.definition.display(row.typed)
    except ValueError:
        return row.value


def _label(definition: Definition) -> str:
    return f"{definition.label} / {definition.unit}" if definition.unit else str(definition.label)


def _accepted(definition: Definition) -> str | SafeString:
    if definition.choices:
        return " / ".join(str(label) for label in definition.choices.values())
    parts = [str(definition.unit)] if definition.unit else []
    if definition.minimum is not None:
        parts.append(gettext("at least %(limit)s") % {"limit": definition.minimum})
    if definition.maximum is not None:
        parts.append(gettext("at most %(limit)s") % {"limit": definition.maximum})
    return format_html("{}", ", ".join(parts))
