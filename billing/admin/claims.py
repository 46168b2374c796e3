"""Claims: drafted, put before a second person, answered by the vendor, set off or given up."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from billing import services
from billing.admin.base import money
from billing.models import Claim, ClaimFile, ClaimLine, ClaimStep, Deposit, Instalment
from billing.selectors.claims import confirmed_breaches
from billing.services.claims.allowed import allowed_steps
from billing.states import ClaimKind, ClaimStatus, ClaimStepKind
from contract.admin import confirmation
from contract.admin.base import KeptMixin, ServiceAdmin
from contract.admin.display import badge
from contract.admin.pages import RowPage
from contract.choices import PartySide
from contract.models.base import STANDING
from contract.selectors import visible_contracts
from kit import clock
from kit.errors import Conflict
from kit.files.uploads import scan_response

BADGES = {
    ClaimStatus.DRAFT: ("calm", "edit_note"),
    ClaimStatus.ISSUED: ("open", "schedule_send"),
    ClaimStatus.ACCEPTED: ("good", "thumb_up"),
    ClaimStatus.DISPUTED: ("bad", "gavel"),
    ClaimStatus.SILENT: ("warn", "volume_off"),
    ClaimStatus.SETTLED: ("good", "handshake"),
    ClaimStatus.RECOVERED: ("good", "check_circle"),
    ClaimStatus.WITHDRAWN: ("calm", "undo"),
}
LINE_FIELDS = ("title", "quantity", "unit", "unit_price", "calculation")


def claim_badge(status: str) -> SafeString:
    return badge(*BADGES[ClaimStatus(status)], ClaimStatus(status).label)


class StepForm(forms.Form):
    """What to do about a claim next, and why. `version` is the claim as this page showed it."""

    kind = forms.ChoiceField(label=_("step"), widget=UnfoldAdminRadioSelectWidget())
    amount = forms.DecimalField(
        label=_("amount (yuan)"),
        max_digits=14,
        decimal_places=2,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Of a settlement, a set-off or money received; else leave it empty."),
    )
    instalment = forms.ModelChoiceField(
        label=_("instalment"),
        queryset=Instalment.objects.none(),
        required=False,
        widget=UnfoldAdminSelectWidget(),
        help_text=_("Only for a set-off."),
    )
    deposit = forms.ModelChoiceField(
        label=_("deposit or guarantee"),
        queryset=Deposit.objects.none(),
        required=False,
        widget=UnfoldAdminSelectWidget(),
        help_text=_("Only for drawing on it."),
    )
    document = forms.CharField(
        label=_("written document"),
        max_length=120,
        required=False,
        strip=True,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("The settlement that both signed, the demand on the deposit, or the voucher of the money."),
    )
    reason = forms.CharField(
        label=_("reason"), max_length=2000, strip=True, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, claim: Claim, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = allowed_steps(claim.status)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            choice for choice in ClaimStepKind.choices if self.is_bound or choice[0] in kinds
        ]
        instalments: Any = self.fields["instalment"]
        instalments.queryset = Instalment.objects.filter(contract=claim.contract_id)
        deposits: Any = self.fields["deposit"]
        deposits.queryset = Deposit.objects.filter(STANDING, contract=claim.contract_id, given_on__isnull=False)
        if not deposits.queryset:
            del self.fields["deposit"]


class SecondForm(forms.Form):
    second_reason = forms.CharField(
        label=_("reason"),
        max_length=2000,
        strip=True,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=_("Needed for a rejection."),
    )
    step_id = forms.IntegerField(widget=forms.HiddenInput)


class EvidenceForm(forms.Form):
    title = forms.CharField(label=_("title"), max_length=120, strip=True, widget=UnfoldAdminTextInputWidget())
    file = forms.FileField(
        label=_("file"), max_length=200, widget=UnfoldAdminFileFieldWidget(), help_text=_("PDF, PNG or JPEG.")
    )


class LineInline(TabularInline):
    model = ClaimLine
    extra = 0
    fields = [*LINE_FIELDS, "amount"]
    readonly_fields = ["amount"]


@admin.register(Claim)
class ClaimAdmin(KeptMixin, RowPage, ServiceAdmin):
    row_template = "billing/admin/claim.html"
    list_display = [
        "number",
        "status_mark",
        "kind",
        "amount_written",
        "remaining_written",
        "article",
        "answer_due_on",
        "contract_number",
    ]
    list_select_related = ["contract"]
    list_filter = [
        ("status", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        ("contract", AutocompleteSelectFilter),
    ]
    search_fields = ["number", "contract__number"]
    search_help_text = _("Document number or contract number")
    inlines = [LineInline]
    fieldsets = [
        (
            None,
            {
                "fields": ["breach", ("kind", "article"), "grounds", "instalment"],
                "description": _(
                    "A claim rests on a breach that two people have confirmed. Its first lines "
                    "follow from the figures of the breach; change them as you find right. Nothing "
                    "is deducted before the vendor accepts a line, or both settle in writing."
                ),
            },
        )
    ]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/edit/", view(self.edit_view), name="billing_claim_edit"),
            path("<int:pk>/files/<int:file>/", view(self.file_view), name="billing_claim_file"),
        ]
        return [*own, *super().get_urls()]

    # --- List and form ------------------------------------------------------------------------

    @display(description=_("status"), ordering="status")
    def status_mark(self, row: Claim) -> SafeString:
        return claim_badge(row.status)

    @display(description=_("amount (yuan)"), ordering="amount")
    def amount_written(self, row: Claim) -> str:
        return money(row.amount)

    @display(description=_("still asked for (yuan)"))
    def remaining_written(self, row: Claim) -> str:
        return money(row.remaining if row.status != ClaimStatus.WITHDRAWN else None)

    @display(description=_("contract"), ordering="contract__number")
    def contract_number(self, row: Claim) -> str:
        return str(row.contract.number)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        visible = visible_contracts(request.user)
        if db_field.name == "breach":
            kwargs |= {"queryset": confirmed_breaches(visible), "required": True}
        elif db_field.name == "instalment":
            kwargs["queryset"] = Instalment.objects.filter(contract__in=visible).order_by("contract", "sequence")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["breach", "kind"] if obj else []

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The lines of a new claim follow from its breach: they are changed afterwards."""
        return super().get_inline_instances(request, obj) if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.status != ClaimStatus.DRAFT:
            return False
        return bool(super().has_change_permission(request, obj))

    def save_model(self, request: HttpRequest, obj: Claim, form: Any, change: bool) -> None:
        """A new claim is written at once; a changed one with its lines: see save_related."""
        if not change:
            data = form.cleaned_data
            written = services.open_claim(
                breach=data["breach"],
                kind=data["kind"],
                article=data["article"],
                grounds=data["grounds"],
                instalment=data["instalment"],
                actor=request.user,
                at=clock.now(),
                on=clock.today(),
            )
            obj.__dict__.update(written.__dict__)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if not change:
            return
        lines = []
        for formset in formsets:
            formset.save(commit=False)  # fills in what the log of changes asks for
            lines += [
                {name: one.cleaned_data.get(name) for name in LINE_FIELDS}
                for one in formset.forms
                if one.cleaned_data and not one.cleaned_data.get("DELETE")
            ]
        data = form.cleaned_data
        services.change_claim(
            claim=form.instance,
            actor=request.user,
            at=clock.now(),
            on=clock.today(),
            lines=lines,
            **{name: data[name] for name in ("article", "grounds", "instalment") if name in data},
        )

    def response_add(self, request: HttpRequest, obj: Claim, post_url_continue: Any = None) -> Any:
        messages.success(request, gettext("Claim %(number)s is drafted.") % {"number": obj})
        return HttpResponseRedirect(reverse("admin:billing_claim_change", args=[obj.pk]))

    def response_change(self, request: HttpRequest, obj: Claim) -> Any:
        return HttpResponseRedirect(reverse("admin:billing_claim_change", args=[obj.pk]))

    # --- The page of one claim ----------------------------------------------------------------

    def edit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form of a draft."""
        return self.changeform_view(request, str(pk))

    def answer(self, request: HttpRequest, row: Claim) -> dict[str, Any] | HttpResponse:
        forms_ = self._forms(request, row)
        try:
            if request.method == "POST" and self._act(request, row, forms_):
                return HttpResponseRedirect(request.path)
        except confirmation.Needed as needed:
            return needed.page(self.admin_site)
        return {**self._facts(request, row), **forms_}

    def _facts(self, request: HttpRequest, row: Claim) -> dict[str, Any]:
        waiting = row.steps.filter(decided_by=None).select_related("proposed_by").first()
        return {
            "row": row,
            "mark": claim_badge(row.status),
            "lines": row.lines.all(),
            "files": row.files.all(),
            "events": row.events.select_related("actor", "instalment"),
            "steps": row.steps.exclude(decided_by=None).select_related("proposed_by", "decided_by"),
            "waiting": waiting,
            "own_proposal": waiting is not None and waiting.proposed_by_id == request.user.pk,
            "may_edit": self.has_change_permission(request, row) and waiting is None,
            "may_record_silence": row.status == ClaimStatus.ISSUED
            and row.answer_due_on is not None
            and row.answer_due_on < clock.today()
            and request.user.has_perm("billing.change_claim"),
        }

    def _forms(self, request: HttpRequest, row: Claim) -> dict[str, Any]:
        """The forms of the steps that this person may take now, filled with what was sent."""
        sent: Any = request.POST if request.method == "POST" else None
        kind = sent.get("do") if sent is not None else ""
        waiting = row.steps.filter(decided_by=None).first()
        found: dict[str, Any] = {}
        may_decide = request.user.has_perm("billing.change_claimstep")
        if waiting is not None and may_decide and waiting.proposed_by_id != request.user.pk:
            found["second_form"] = SecondForm(
                sent if kind in ("approve", "reject") else None, initial={"step_id": waiting.pk}
            )
        if waiting is None and request.user.has_perm("billing.add_claimstep") and allowed_steps(row.status):
            initial: dict[str, Any] = {"version": row.version, "instalment": row.instalment_id}
            if row.deductible:
                step = ClaimStepKind.DRAW if row.kind == ClaimKind.DEPOSIT else ClaimStepKind.SET_OFF
                initial |= {"kind": step, "amount": row.deductible}
            elif row.status == ClaimStatus.DRAFT:
                initial |= {"kind": ClaimStepKind.ISSUE}
            found["step_form"] = StepForm(sent if kind == "propose" else None, claim=row, initial=initial)
        if request.user.has_perm("billing.add_claimfile"):
            bound = (sent, request.FILES) if kind == "file" else (None, None)
            found["evidence_form"] = EvidenceForm(*bound)
        return found

    def _act(self, request: HttpRequest, row: Claim, forms_: dict[str, Any]) -> bool:
        """Take a step; False leaves the page with the errors in its form."""
        what = request.POST.get("do", "")
        names = {"propose": "step_form", "approve": "second_form", "reject": "second_form", "file": "evidence_form"}
        form = forms_.get(names.get(what, ""))
        if what != "silence" and form is None:
            messages.error(request, gettext("This step is not possible (any more). Look again."))
            return True
        if form is not None and not form.is_valid():
            return False
        try:
            messages.success(request, self._take(request, row, what, form))
        except Conflict as conflict:
            messages.error(request, str(conflict))
        except ValidationError as error:
            if form is None:
                messages.error(request, " ".join(error.messages))
                return True
            told = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            for field, texts in told.items():
                form.add_error(field if field in form.fields else None, texts)
            return False
        return True

    def _take(self, request: HttpRequest, row: Claim, what: str, form: Any) -> str:
        who: dict[str, Any] = {"actor": request.user, "at": clock.now()}
        if what == "silence":
            services.record_silence(claim=row, on=clock.today(), **who)
            return gettext("It is recorded that the vendor did not answer in time.")
        data = form.cleaned_data
        if what == "file":
            services.add_claim_file(claim=row, side=PartySide.OFFICE, title=data["title"], file=data["file"], **who)
            return gettext("The document is with the claim.")
        if what == "propose":
            services.propose_step(claim=row, on=clock.today(), **data, **who)
            return gettext("Proposed. A second person decides.")
        step = ClaimStep.objects.filter(pk=data["step_id"], claim=row).first()
        if step is None:
            raise Conflict(gettext("This step is not possible (any more). Look again."))

        def decide() -> ClaimStep:
            return services.decide_step(
                step=step, approve=what == "approve", reason=data["second_reason"], on=clock.today(), **who
            )

        def foretold() -> list[str]:
            confirmation.rehearsed(decide)
            return _foretold(row, step)

        if what == "approve":
            confirmation.require(request, gettext("Approve a step of a claim"), foretold)
        decide()
        return gettext("Approved.") if what == "approve" else gettext("Rejected.")

    def file_view(self, request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
        row = self.get_object(request, str(pk))
        if row is None:
            raise Http404
        if not request.user.has_perm("billing.view_claimfile"):
            raise PermissionDenied
        found: QuerySet[ClaimFile] = row.files.filter(pk=file)
        one = found.first()
        if one is None:
            raise Http404
        return scan_response(one.file, one.title, known=one.sha256)


def _foretold(row: Claim, step: ClaimStep) -> list[str]:
    """What the approval of a step means, before it is given."""
    what = {"step": step.get_kind_display(), "claim": row, "who": step.proposed_by, "amount": money(step.amount)}
    said = [
        gettext("You are the second person: “%(step)s” of claim %(claim)s, proposed by %(who)s, takes effect.") % what
    ]
    if step.amount is not None:
        said.append(gettext("Amount: %(amount)s yuan.") % what)
    if step.kind == ClaimStepKind.ISSUE:
        said.append(gettext("The vendor is told of the claim, and its time to answer begins."))
    return [*said, gettext("The step is not deleted; a later one corrects it.")]
