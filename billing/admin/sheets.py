"""Acceptance sheets: group, office, vendor; the page shows whose turn it is."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminSingleDateWidget, UnfoldAdminTextareaWidget

from billing import services
from billing.admin.base import acceptance_badge
from billing.choices import AcceptanceResult
from billing.documents.papers import acceptance_sheet_pdf
from billing.models import AcceptanceMember, AcceptanceSheet, Instalment, SheetScore
from billing.selectors.sheets import sheet_facts
from billing.selectors.tariffs import deductions_of
from billing.states import ClaimStatus, SheetStatus
from contract.admin.base import KeptMixin, ServiceAdmin, entered
from contract.admin.display import badge
from contract.admin.pages import RowPage
from contract.duties.models import AssessmentScheme
from contract.selectors import visible_contracts
from kit import clock
from kit.errors import Conflict
from kit.files.downloads import pdf_response

BADGES = {
    SheetStatus.DRAFT: ("calm", "edit_note"),
    SheetStatus.GROUP: ("open", "groups"),
    SheetStatus.PURCHASER: ("open", "task_alt"),
    SheetStatus.CONFIRMED: ("good", "handshake"),
    SheetStatus.OBJECTED: ("bad", "gavel"),
    SheetStatus.WITHDRAWN: ("calm", "undo"),
}


def sheet_badge(status: str) -> SafeString:
    return badge(*BADGES[SheetStatus(status)], SheetStatus(status).label)


class DecideForm(forms.Form):
    """The office's decision upon the group's opinion."""

    result = forms.ChoiceField(
        label=_("acceptance result"), widget=UnfoldAdminRadioSelectWidget(), choices=AcceptanceResult.choices
    )
    accepted_on = forms.DateField(label=_("date of acceptance"), widget=UnfoldAdminSingleDateWidget())
    purchaser_opinion = forms.CharField(
        label=_("opinion of the office"),
        max_length=2000,
        strip=True,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("The figures of the period are frozen with the decision."),
    )


class MemberInline(TabularInline):
    model = AcceptanceMember
    extra = 0
    fields = ["name", "unit", "role", "opinion", "signed_on"]


class ScoreInline(TabularInline):
    model = SheetScore
    extra = 0
    fields = ["criterion", "points", "remark"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "criterion":
            kwargs["queryset"] = db_field.remote_field.model.objects.filter(
                scheme__contract__in=visible_contracts(request.user)
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(AcceptanceSheet)
class AcceptanceSheetAdmin(KeptMixin, RowPage, ServiceAdmin):
    row_template = "billing/admin/sheet.html"
    contract_path = "instalment__contract"
    list_display = ["number", "status_mark", "result_mark", "period", "group_on", "score"]
    list_select_related = ["instalment__contract"]
    list_filter = [("status", ChoicesDropdownFilter)]
    search_fields = ["number", "instalment__contract__number"]
    search_help_text = _("Document number or contract number")
    autocomplete_fields = ["instalment"]
    inlines = [MemberInline, ScoreInline]
    fieldsets = [(None, {"fields": ["instalment", "scheme", "group_opinion"]})]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/edit/", view(self.edit_view), name="billing_acceptancesheet_edit"),
            path("<int:pk>/pdf/", view(self.pdf_view), name="billing_acceptancesheet_pdf"),
        ]
        return [*own, *super().get_urls()]

    @display(description=_("status"), ordering="status")
    def status_mark(self, row: AcceptanceSheet) -> SafeString:
        return sheet_badge(row.status)

    @display(description=_("acceptance result"), ordering="result")
    def result_mark(self, row: AcceptanceSheet) -> SafeString | str:
        return acceptance_badge(row.result)

    @display(description=_("payment period"), ordering="instalment__sequence")
    def period(self, row: AcceptanceSheet) -> str:
        return f"{row.instalment.contract.number} {row.instalment}"

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "scheme":
            kwargs["queryset"] = AssessmentScheme.objects.filter(
                contract__in=visible_contracts(request.user),
                office_confirmed_on__isnull=False,
                vendor_confirmed_on__isnull=False,
            )
        elif db_field.name == "instalment":
            kwargs["queryset"] = Instalment.objects.filter(contract__in=visible_contracts(request.user))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = ["instalment", "scheme", "group_opinion"] if obj else ["instalment", "scheme"]
        return [(None, {"fields": fields})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["instalment"] if obj else []

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        found = super().get_inline_instances(request, obj) if obj else []
        if obj is not None and obj.scheme_id is None:
            return [one for one in found if not isinstance(one, ScoreInline)]
        return found

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and not obj.is_open:
            return False
        return bool(super().has_change_permission(request, obj))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new sheet is written at once; a changed one with its rows: see save_related."""
        if not change:
            written = services.open_sheet(
                actor=request.user, today=clock.today(), **entered(form, ["instalment", "scheme"])
            )
            obj.__dict__.update(written.__dict__)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if not change:
            return
        rows: dict[Any, list[dict[str, Any]]] = {}
        for formset in formsets:
            formset.save(commit=False)  # fills in what the log of changes asks for
            names = MemberInline.fields if formset.model is AcceptanceMember else ScoreInline.fields
            rows[formset.model] = [
                {name: one.cleaned_data.get(name) for name in names}
                for one in formset.forms
                if one.cleaned_data and not one.cleaned_data.get("DELETE")
            ]
        services.save_group(
            sheet=form.instance,
            actor=request.user,
            members=rows.get(AcceptanceMember),
            scores=rows.get(SheetScore),
            **entered(form, ["scheme", "group_opinion"]),
        )

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        return HttpResponseRedirect(reverse("admin:billing_acceptancesheet_edit", args=[obj.pk]))

    def response_change(self, request: HttpRequest, obj: Any) -> Any:
        return HttpResponseRedirect(reverse("admin:billing_acceptancesheet_change", args=[obj.pk]))

    # --- The page of one sheet ------------------------------------------------------------------

    def edit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form of group, points and opinion."""
        return self.changeform_view(request, str(pk))

    def answer(self, request: HttpRequest, row: AcceptanceSheet) -> dict[str, Any] | HttpResponse:
        form = None
        may_change = self.has_change_permission(request, row)
        if may_change and row.status == SheetStatus.GROUP:
            decides = request.method == "POST" and request.POST.get("do") == "decide"
            form = DecideForm(request.POST if decides else None, initial={"accepted_on": clock.today()})
        if request.method == "POST" and self._act(request, row, form):
            return HttpResponseRedirect(request.path)
        return {
            "row": row,
            "mark": sheet_badge(row.status),
            "result": acceptance_badge(row.result),
            "facts": sheet_facts(row, clock.today()),
            "decide_form": form,
            "deductions": deductions_of(row, clock.today()),
            "drafted": row.deductions.exclude(status=ClaimStatus.WITHDRAWN),
            "may_deduct": row.status not in (SheetStatus.DRAFT, SheetStatus.WITHDRAWN)
            and request.user.has_perm("billing.add_claim"),
            "may_edit": may_change,
            "may_conclude": may_change and row.status == SheetStatus.DRAFT,
        }

    def _act(self, request: HttpRequest, row: AcceptanceSheet, form: DecideForm | None) -> bool:
        """Take a step; False leaves the page with the errors in its form."""
        what = request.POST.get("do", "")
        try:
            if what == "conclude" and row.status == SheetStatus.DRAFT:
                services.conclude_group(sheet=row, actor=request.user, today=clock.today())
                messages.success(request, gettext("The group's opinion is recorded."))
            elif what == "deduct":
                made = services.draft_deductions(sheet=row, actor=request.user, at=clock.now(), on=clock.today())
                numbers = {"numbers": "、".join(claim.number for claim in made)}
                messages.success(request, gettext("Drafted: %(numbers)s. Two people put it forward.") % numbers)
            elif what == "decide" and form is not None:
                if not form.is_valid():
                    return False
                data = form.cleaned_data
                services.decide_sheet(
                    sheet=row,
                    accepted_on=data["accepted_on"],
                    result=data["result"],
                    opinion=data["purchaser_opinion"],
                    actor=request.user,
                    today=clock.today(),
                )
                messages.success(request, gettext("Decided. The vendor confirms or objects over the API."))
            else:
                raise Conflict(gettext("This step is not possible (any more). Look again."))
        except Conflict as conflict:
            messages.error(request, str(conflict))
        except ValidationError as error:
            if what != "decide" or form is None:
                messages.error(request, " ".join(error.messages))
                return True
            told = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            for field, texts in told.items():
                form.add_error(field if field in form.fields else None, texts)
            return False
        return True

    def pdf_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        row = self.get_object(request, str(pk))
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        try:
            content = acceptance_sheet_pdf(sheet_facts(row, clock.today()))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(reverse("admin:billing_acceptancesheet_change", args=[pk]))
        return pdf_response(content, f"履约验收单 {row.number}", inline=True)
