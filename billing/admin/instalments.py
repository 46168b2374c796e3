"""Instalments: the list that finance works through, and the page from which each is settled."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from billing import selectors, services
from billing.admin.base import acceptance_badge, invoice_badge, money
from billing.admin.exports import ExportMixin
from billing.admin.ledger import LedgerPages
from billing.admin.statements import statement_badge
from billing.choices import StatementStatus, WaitsFor
from billing.models import Acceptance, Instalment, Invoice, Statement
from billing.models.base import fen
from billing.models.invoice import STANDING
from billing.rules.clocks import STARTED_BY
from contract.admin import confirmation
from contract.admin.base import KeptMixin, ServiceAdmin
from contract.admin.display import badge, days_left, state
from contract.models import Assessment
from kit import clock
from kit.errors import Conflict
from kit.files.downloads import pdf_response

PAYMENTS_SHOWN = 50

STANDING_INVOICE = Invoice.objects.filter(STANDING, instalment=OuterRef("pk"))
ACCEPTANCE = Acceptance.objects.filter(instalment=OuterRef("pk"), withdrawn_at=None).order_by("-accepted_on", "-pk")
STATEMENT = Statement.objects.filter(instalment=OuterRef("pk"), corrected_by=None)
DUE = Assessment.objects.filter(
    contract=OuterRef("contract"),
    check_id="billing.payment_due",
    is_current=True,
    is_withdrawn=False,
    subject_label="billing.Instalment",
    subject_pk=OuterRef("pk"),
)


class PaymentFilter(DropdownFilter):
    title = _("payment")
    parameter_name = "payment"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("not settled in full")), ("paid", _("settled in full"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("open", "paid"):
            return queryset
        covered, owed = fen("paid_amount", "deducted_amount"), fen("amount")
        wanted = GreaterThanOrEqual(covered, owed) if self.value() == "paid" else LessThan(covered, owed)
        return queryset.filter(wanted)


class IssueForm(forms.Form):
    """Issue a statement, with a reason where it corrects the one that the page showed."""

    corrects = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("reason of the correction"),
        max_length=300,
        strip=True,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("It is printed on the correcting statement."),
    )


@admin.register(Instalment)
class InstalmentAdmin(LedgerPages, ExportMixin, KeptMixin, ServiceAdmin):
    export_table = "instalments"
    list_display = [
        "period",
        "contract_number",
        "amount_written",
        "open_written",
        "invoice_mark",
        "acceptance_mark",
        "due_on",
        "statement_mark",
    ]
    list_select_related = ["contract"]
    list_filter = [("contract", AutocompleteSelectFilter), PaymentFilter]
    search_fields = ["contract__number", "contract__title"]
    search_help_text = _("Contract number or title")
    ordering = ["-period_start", "contract__number"]
    autocomplete_fields = ["contract"]
    add_fieldsets = [
        (
            None,
            {
                "fields": ["contract"],
                "description": _(
                    "The instalments follow from the fee and the payment cycle among the "
                    "contract's terms. After an amendment, generate them again: what is invoiced, "
                    "accepted or paid stays as it is, and the open ones carry the rest."
                ),
            },
        )
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Instalment]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                invoice_status=Subquery(STANDING_INVOICE.values("status")[:1]),
                acceptance_result=Subquery(ACCEPTANCE.values("result")[:1]),
                statement=Exists(STATEMENT),
                due=Subquery(DUE.values("legal_due_on")[:1]),
            )
        )

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "<int:pk>/preview/", self.admin_site.admin_view(self.preview_view), name="billing_instalment_preview"
        )
        return [own, *super().get_urls()]

    # --- List ---------------------------------------------------------------------------------

    @display(description=_("payment period"), ordering="period_start")
    def period(self, row: Instalment) -> SafeString:
        return format_html(
            '<span class="o-unbroken">{}</span><br><span class="o-unbroken o-note">{} – {}</span>',
            row.label,
            row.period_start,
            row.period_end,
        )

    @display(description=_("contract"), ordering="contract__number")
    def contract_number(self, row: Instalment) -> str:
        return row.contract.number

    @display(description=_("amount (yuan)"), ordering="amount")
    def amount_written(self, row: Instalment) -> str:
        return money(None if row.is_open else row.amount)

    @display(description=_("open (yuan)"))
    def open_written(self, row: Instalment) -> str:
        return money(None if row.is_open else row.outstanding)

    @display(description=_("invoice"))
    def invoice_mark(self, row: Any) -> SafeString | str:
        return invoice_badge(row.invoice_status)

    @display(description=_("acceptance"))
    def acceptance_mark(self, row: Any) -> SafeString | str:
        return acceptance_badge(row.acceptance_result)

    @display(description=_("payment due on"), ordering="due", empty_value="–")
    def due_on(self, row: Any) -> Any:
        if row.due is None or row.payable == 0:
            return row.due
        return format_html("{} {}", row.due.isoformat(), days_left(row.due, clock.today()))

    @display(description=_("settlement statement"))
    def statement_mark(self, row: Any) -> SafeString | str:
        return badge("good", "verified", StatementStatus.ISSUED.label) if row.statement else "–"

    # --- Generating -----------------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.add_fieldsets if obj is None else super().get_fieldsets(request, obj)

    def write(self, request: HttpRequest, obj: Instalment, form: Any, change: bool) -> Instalment:
        """The form names a contract; its instalments follow from its terms."""
        rows = services.generate_instalments(
            contract=form.cleaned_data["contract"], actor=request.user, today=clock.today()
        )
        return rows[0]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        count = Instalment.objects.filter(contract=obj.contract_id).count()
        messages.success(
            request, gettext("The contract has %(count)d instalments, as its terms give them.") % {"count": count}
        )
        return self.response_post_save_add(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # --- The page of one instalment ---------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Everything about one instalment, and the next steps for those who may take them."""
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        form = IssueForm(request.POST) if request.method == "POST" else None
        try:
            if form is not None and self._issue(request, row, form):
                return HttpResponseRedirect(request.path)
        except confirmation.Needed as needed:
            return needed.page(self.admin_site)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": row,
            "title": str(row),
            **self._facts(row),
            "issue_form": form,
            **(extra_context or {}),
        }
        if form is None:
            standing = context["standing"]
            context["issue_form"] = IssueForm(initial={"corrects": standing and standing.pk})
        return TemplateResponse(request, "billing/admin/instalment.html", context)

    def _facts(self, row: Instalment) -> dict[str, Any]:
        today = clock.today()
        statements = list(row.statements.select_related("issued_by", "corrected_by").order_by("-ordinal"))
        standing = next((one for one in statements if not hasattr(one, "corrected_by")), None)
        due = selectors.payment_standing(row, today)
        for one in due.figures.get("clocks", ()) if due else ():
            one["label"] = gettext(STARTED_BY[one["started_by"]])
        return {
            "row": row,
            "due": due,
            "interest": due and {**due.figures, **due.today}.get("late_interest"),
            "awaited": _awaited(row, today),
            "due_badge": due and state(due.outcome, due.outcome.label),
            "due_left": due and row.payable and days_left(due.legal_due_on or due.nominal_due_on, today),
            "invoices": [(one, invoice_badge(one.status)) for one in row.invoices.all()],
            "acceptances": [
                (one, acceptance_badge(one.result))
                for one in row.acceptances.select_related("accepted_by", "withdrawn_by")
            ],
            **_payments(row),
            "statements": [(one, statement_badge(one)) for one in statements],
            "standing": standing,
            "changed": standing and services.has_changed(standing, today),
        }

    def _issue(self, request: HttpRequest, row: Instalment, form: IssueForm) -> bool:
        """Issue a statement; False leaves the page with the errors in its form."""
        if not form.is_valid():
            return False
        wanted = form.cleaned_data["corrects"]
        corrects = row.statements.filter(pk=wanted).first() if wanted else None
        wish: dict[str, Any] = {
            "instalment": row,
            "actor": request.user,
            "as_of": clock.today(),
            "corrects": corrects,
            "reason": form.cleaned_data["reason"],
        }
        try:
            services.check_statement(**wish)
            confirmation.require(request, gettext("Issue a statement"), lambda: _foretold(row, corrects))
            statement = services.issue_statement(**wish, at=clock.now())
        except Conflict as conflict:
            messages.error(request, str(conflict))
            return True
        except ValidationError as error:
            named = error.message_dict if hasattr(error, "error_dict") else {}
            form.add_error("reason" if "reason" in named else None, error.messages)
            return False
        messages.success(request, gettext("Statement %(number)s is issued.") % {"number": statement})
        return True

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        row = self.get_object(request, str(pk))
        if row is None:
            raise Http404
        if not request.user.has_perms(["billing.view_instalment", "billing.view_statement"]):
            raise PermissionDenied
        try:
            content = services.preview_statement(instalment=row, as_of=clock.today())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect("../change/")
        return pdf_response(content, f"服务费结算单（草稿）{row.contract.number}", inline=True)


def _foretold(row: Instalment, corrects: Statement | None) -> list[str]:
    """What the issuing of a statement means, before it is issued."""
    period = {"period": row, "contract": row.contract.number, "amount": money(row.amount)}
    said = [
        gettext("A settlement statement for %(period)s of %(contract)s over %(amount)s yuan is numbered and issued.")
        % period,
        gettext("It is a frozen copy of the facts as of %(day)s, and is never changed.") % {"day": clock.today()},
    ]
    if corrects is not None:
        said.append(gettext("It replaces %(number)s, which stays readable.") % {"number": corrects})
    return said


def _awaited(row: Instalment, today: date) -> list[tuple[str, date | None]]:
    """What the payment waits for by the instalment's own rule, by name, with the day on which it came."""
    facts = selectors.of_instalment(row)
    came = facts.awaited(row.contract.signed_on, today)
    names = {**dict(WaitsFor.choices), "day": gettext("the agreed day")}
    return [(str(names[name]), day) for name, day in came.items()]


def _payments(row: Instalment) -> dict[str, Any]:
    """The last payments in their order, and how many came before them."""
    count = row.payments.count()
    last = row.payments.order_by("-paid_on", "-pk")[:PAYMENTS_SHOWN]
    return {"payments": last[::-1], "earlier_payments": max(count - PAYMENTS_SHOWN, 0)}
