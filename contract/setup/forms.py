"""The forms of the first hour and of the next year."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from contract.models import Contract, Party
from contract.roles import AUDITOR, FINANCE, REVIEWER, STAFF, VENDOR
from contract.setup import drafting
from contract.terms import TERMS
from law.identity import is_credit_code, normalise_credit_code
from law.periods import last_day_of_term

REFERENCE, EMPTY, DOCUMENT = "reference", "empty", "document"
ROLE_DOES = {
    STAFF: _("keeps the contract and its records, tells the vendor, proposes decisions"),
    REVIEWER: _("approves or rejects as the second person what the handler proposes"),
    FINANCE: _("invoices, payments, settlement statements"),
    AUDITOR: _("reads everything of the contract and changes nothing"),
    VENDOR: _("reports people, rota, leave and attendance, by interface or Excel, and answers alerts"),
}
FIGURES = ("headcount", "annual_fee", "fee_basis", "payment_cycle_months")
BASES = {key: label for key, label in (TERMS["fee_basis"].choices or {}).items() if key != "by_quantity"}


def figure(key: str) -> Any:
    """The name of a figure with its unit."""
    return format_lazy("{}（{}）", TERMS[key].label, TERMS[key].unit)


def text(label: Any, *, required: bool = True, most: int = 120, **more: Any) -> forms.CharField:
    widget = UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, required=required, max_length=most, widget=widget, **more)


def day(label: Any, *, required: bool = True, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=UnfoldAdminDateWidget, **more)


class FiguresForm(forms.Form):
    """The facts of a contract that are its own, and the three figures without which nothing can be settled."""

    number = text(_("contract number"), most=40)
    title = text(_("title"))
    signed_on = day(_("signed on"))
    starts_on = day(_("first day"))
    ends_on = day(_("last day"))
    headcount = text(figure("headcount"), most=12)
    annual_fee = text(figure("annual_fee"), most=20)
    fee_basis = forms.ChoiceField(
        label=TERMS["fee_basis"].label,
        choices=BASES.items(),
        widget=UnfoldAdminSelectWidget,
        help_text=_("Of prices times quantities the contract is made from a document."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for key in FIGURES:
            if data.get(key):
                try:
                    data[key] = TERMS[key].write(TERMS[key].parse(str(data[key])))
                except ValueError as error:
                    self.add_error(key, str(error))
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", gettext("The last day lies before the first day."))
        return data

    def figures(self) -> dict[str, str]:
        return {key: self.cleaned_data[key] for key in FIGURES if self.cleaned_data.get(key)}


class BeginForm(FiguresForm):
    """A new contract: what it is made from, and its own facts. A document has them itself."""

    source = forms.ChoiceField(label=_("made from"), widget=UnfoldAdminSelectWidget)
    file = forms.FileField(
        label=_("document (.json)"),
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        help_text=_("Only where it is made from a document; then the fields below stay empty."),
    )
    office = forms.ModelChoiceField(
        Party.objects.none(), label=_("office"), empty_label=_("Select value"), widget=UnfoldAdminSelectWidget
    )
    vendor = forms.ModelChoiceField(
        Party.objects.none(), label=_("vendor"), empty_label=_("Select value"), widget=UnfoldAdminSelectWidget
    )
    payment_cycle_months = forms.IntegerField(
        label=figure("payment_cycle_months"), initial=3, widget=UnfoldAdminIntegerFieldWidget
    )
    in_use_from = day(
        _("judged from"),
        required=False,
        help_text=_("Only where the contract runs already: nothing before this day is judged."),
    )
    field_order = ["source", "file", "number", "title", "office", "vendor", "signed_on", "starts_on", "ends_on"]

    def __init__(self, contracts: list[Contract], offices: Any, vendors: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["source"].choices = [
            (REFERENCE, gettext("the reference: a hotline contract with all its clauses, checks and readings")),
            *((str(one.pk), gettext("another contract: %(contract)s") % {"contract": one}) for one in contracts),
            (DOCUMENT, gettext("a document that was written down as data")),
            (EMPTY, gettext("nothing: clauses and figures are entered one by one")),
        ]
        fields["office"].queryset, fields["vendor"].queryset = offices, vendors
        for name, parties in (("office", offices), ("vendor", vendors)):
            fields[name].initial = parties[0] if len(parties) == 1 else None
        if self.data.get("source") == DOCUMENT:
            for name, field in fields.items():
                field.required = name in ("source", "file")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("office") and data.get("office") == data.get("vendor"):
            self.add_error("vendor", gettext("Office and vendor must be two parties."))
        return data

    def start(self) -> drafting.Start:
        names = ("number", "title", "office", "vendor", "signed_on", "starts_on", "ends_on", "in_use_from")
        own = {name: self.cleaned_data[name] for name in names}
        return drafting.Start(**own, tender_starts_on=own["starts_on"], figures=self.figures())


class RenewForm(FiguresForm):
    """The facts of the next term. Everything else is taken over from the contract that it continues."""

    def __init__(self, old: Contract, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = old.last_day + timedelta(days=1)
        figures = {row.key: row.value for row in old.term_rows.order_by("effective_from")}
        for name, value in {
            "title": old.title,
            "starts_on": first,
            "ends_on": last_day_of_term(first, years=1),
            **{key: figures.get(key) for key in FIGURES if key in self.fields},
        }.items():
            self.fields[name].initial = value
        if "by_quantity" in figures.values():  # taken over with its prices
            for key in ("annual_fee", "fee_basis"):
                del self.fields[key]
        self.old = old

    def clean_starts_on(self) -> Any:
        given = self.cleaned_data["starts_on"]
        if given <= self.old.last_day:
            raise ValidationError(
                gettext("The contract that it continues runs to %(day)s.") % {"day": self.old.last_day}
            )
        return given

    def start(self) -> drafting.Start:
        names = ("number", "title", "signed_on", "starts_on", "ends_on")
        own = {name: self.cleaned_data[name] for name in names}
        return drafting.Start(
            **own,
            office=self.old.office,
            vendor=self.old.vendor,
            tender_starts_on=self.old.tender_starts_on,
            figures=self.figures(),
        )


class ConfirmForm(forms.Form):
    """Readings that both sides have confirmed in writing: which, on which day, by which letter."""

    confirmed_on = day(_("confirmed by both sides on"))
    confirmation = text(_("written confirmation"), help_text=_("Number or name of the document."))


class PartyForm(forms.Form):
    """One side of a contract, as its business licence names it."""

    name = text(_("name"))
    credit_code = text(_("unified social credit code"), most=24)

    def clean_credit_code(self) -> str:
        code: str = normalise_credit_code(self.cleaned_data["credit_code"])
        if not is_credit_code(code):
            raise ValidationError(
                gettext(
                    "This is no valid unified social credit code: 18 characters of which the "
                    "last is a check character. Compare it with the business licence."
                )
            )
        return code


class PersonForm(forms.Form):
    """A person and what the person does. Everything technical follows from the role."""

    username = text(_("sign-in name"), most=60)
    name = text(_("full name"), most=60)
    role = forms.ChoiceField(label=_("role"), widget=UnfoldAdminSelectWidget)
    telephone = text(_("telephone"), required=False, most=40)
    email = forms.EmailField(
        label=_("e-mail address"),
        required=False,
        max_length=254,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )

    def __init__(self, roles: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["role"]
        choices.choices = [("", "–"), *((role, role) for role in roles)]
