"""Invoices: those that come on paper are entered here, all are accepted or returned here."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import flatten
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextInputWidget

from billing import services
from billing.admin.base import OfInstalmentAdmin, invoice_badge, money, verdict_badge
from billing.admin.exports import ExportMixin
from billing.choices import InvoiceStatus
from billing.downloads import invoice_file
from billing.models import Instalment, Invoice
from billing.selectors.comparison import as_rows, invoice_check
from contract.admin.base import entered
from contract.admin.display import link
from contract.models.refusals import GIVE_THE_REASON
from contract.selectors import contract_facts
from kit import clock
from law.money import vat_split

ACCEPT, RETURN = "accept", "return"
ENTRY = (
    "instalment",
    "kind",
    ("code", "number"),
    ("issued_on", "received_on"),
    "gross",
    ("net", "vat_rate", "tax"),
    ("buyer_credit_code", "seller_credit_code"),
    "qr_text",
    "file",
    "reverses",
)
FIELDS = flatten(ENTRY)


class DecisionForm(forms.ModelForm):
    """What the office makes of an invoice."""

    decision = forms.ChoiceField(
        label=_("decision"),
        widget=UnfoldAdminRadioSelectWidget(),
        choices=[
            (ACCEPT, _("Accept: it agrees with contract and instalment")),
            (RETURN, _("Return: the vendor sends another")),
        ],
    )
    why = forms.CharField(
        label=_("reason of the return"),
        max_length=300,
        required=False,
        strip=True,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Say what is wrong and what to do: the vendor reads it."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("decision") == RETURN and not data.get("why"):
            raise ValidationError({"why": GIVE_THE_REASON})
        return data


@admin.register(Invoice)
class InvoiceAdmin(ExportMixin, OfInstalmentAdmin):
    export_table = "invoices"
    list_display = ["number", "status_mark", "gross_written", "issued_on", "received_on", "period", "contract_number"]
    list_filter = [("status", ChoicesDropdownFilter)]
    search_fields = ["number", "code", "instalment__contract__number"]
    autocomplete_fields = ["instalment", "reverses"]
    search_help_text = _("Invoice number or contract number")
    date_hierarchy = "received_on"

    def get_urls(self) -> list[URLPattern]:
        own = path("<int:pk>/file/", self.admin_site.admin_view(self.file_view), name="billing_invoice_file")
        return [own, *super().get_urls()]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kw: Any) -> Any:
        if change and self.has_change_permission(request, obj):
            kw["form"] = DecisionForm
        return super().get_form(request, obj, change=change, **kw)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": list(ENTRY)})]
        sections: list[Any] = [
            (None, {"fields": [*(name for name in ENTRY if name != "file"), "document"]}),
            (_("Check of the invoice"), {"fields": ["line_check"]}),
            (_("State"), {"fields": ["status_mark", ("decided_on", "decided_by"), "reason"]}),
        ]
        if self.has_change_permission(request, obj):
            sections.append((_("Decide"), {"fields": ["decision", "why"]}))
        return sections

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return []
        return [*FIELDS, "document", "line_check", "status_mark", "decided_on", "decided_by", "reason"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What a correct invoice over the instalment would say; the number is typed."""
        initial = {"received_on": clock.today(), **super().get_changeform_initial_data(request)}
        chosen = str(initial.get("instalment", ""))
        instalments = self.admin_site._registry[Instalment].get_queryset(request)
        row = (
            instalments.select_related("contract__office", "contract__vendor")
            .filter(pk=int(chosen[:18]) if chosen.isdecimal() else None)
            .first()
        )
        return {**expected(row), **initial} if row else initial

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.status in (InvoiceStatus.REVERSED, InvoiceStatus.RED_LETTER):
            return False
        if obj is not None and obj.instalment.paid_amount > 0 and obj.status != InvoiceStatus.SUBMITTED:
            return False
        return bool(super().has_change_permission(request, obj))

    @display(description=_("status"), ordering="status")
    def status_mark(self, row: Invoice) -> SafeString | str:
        return invoice_badge(row.status)

    @display(description=_("amount including tax (yuan)"), ordering="gross")
    def gross_written(self, row: Invoice) -> str:
        return money(row.gross)

    @display(description=_("invoice file"))
    def document(self, row: Invoice) -> Any:
        if not row.file:
            return "–"
        address = reverse("admin:billing_invoice_file", args=[row.pk])
        return format_html("{} {}", link(address, gettext("Download")), row.file_sha256)

    @display(description=_("line by line"))
    def line_check(self, row: Invoice) -> SafeString:
        """What was entered, what file and QR code say, what contract and instalment make of it."""
        lines = as_rows(invoice_check(row))
        marks = [(line, verdict_badge(line["verdict"], line["verdict_label"])) for line in lines]
        return SafeString(render_to_string("billing/admin/invoice_check.html", {"lines": marks}))

    def file_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        invoice = self.get_object(request, str(pk))
        if invoice is None:
            raise Http404
        if not self.has_view_permission(request, invoice):
            raise PermissionDenied
        return invoice_file(invoice)

    def write(self, request: HttpRequest, obj: Invoice, form: Any, change: bool) -> Invoice:
        if not change:
            data = entered(form, FIELDS)
            return services.submit_invoice(
                actor=request.user, today=clock.today(), **{**data, "file": data["file"] or None}
            )
        if form.cleaned_data["decision"] == ACCEPT:
            return services.accept_invoice(invoice=obj, actor=request.user, today=clock.today())
        return services.return_invoice(
            invoice=obj, reason=form.cleaned_data["why"], actor=request.user, today=clock.today()
        )


def expected(instalment: Instalment) -> dict[str, Any]:
    """The figures that an invoice over this instalment must have."""
    contract = instalment.contract
    facts = contract_facts(contract.pk, instalment.period_end)
    rate: Decimal = facts.policies.on(instalment.period_end, "vat_rate_percent")
    split = vat_split(instalment.amount, rate / 100)
    return {
        "gross": instalment.amount,
        "net": split.net,
        "tax": split.tax,
        "vat_rate": rate,
        "buyer_credit_code": contract.office.credit_code,
        "seller_credit_code": contract.vendor.credit_code,
    }
