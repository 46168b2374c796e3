"""The contract as data: parties, contracts, clauses, figures, readings."""

from base64 import b64encode
from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldBooleanWidget

from contract.admin.base import KeptMixin, Part, PartsMixin, ReadOnlyMixin, RecordAdmin
from contract.admin.board import BoardPages
from contract.admin.consequences import ForetoldMixin
from contract.admin.deadlines import DeadlinePages
from contract.admin.display import badge, contract_state
from contract.admin.values import DatedRowForm, InWords, PolicyInline, TermForm, TermInline, confirmation_mark
from contract.models import Clause, Contract, Obligation, Party, Policy, Term
from contract.models.agreement import DatedRow
from contract.registry import checks
from contract.selectors import batch_of, calendar, visible_contracts
from contract.services.dates import DATES, dates_changed
from contract.values import NoValue
from kit import clock
from kit.files.inspection import inspect
from kit.files.uploads import kind_of
from law.calendar import ONE_DAY
from law.periods import notice_before

LOGO_BYTES = 24 * 1024


class ClauseInline(ReadOnlyMixin, TabularInline):
    model = Clause
    fields = ["ref", "title", "owed_by"]
    readonly_fields = fields
    ordering = ["position"]
    extra = 0
    tab = True
    show_change_link = True
    verbose_name_plural = _("clauses")


@admin.register(Contract)
class ContractAdmin(ForetoldMixin, PartsMixin, KeptMixin, RecordAdmin):
    parts: list[type[Part]] = []
    actions_detail = ["open_guide", "evaluate_now", "open_renewal"]
    contract_path = ""
    list_display = ["number", "title", "office", "vendor", "starts_on", "ends_on", "in_force"]
    list_display_links = ["number", "title"]
    list_select_related = ["office", "vendor"]
    search_fields = ["number", "title", "office__name", "vendor__name"]
    search_help_text = _("Contract number, title or party")
    autocomplete_fields = ["office", "vendor"]
    date_hierarchy = "starts_on"
    inlines = [TermInline, PolicyInline, ClauseInline]
    fieldsets = [
        (None, {"fields": [("number", "title"), ("office", "vendor")]}),
        (
            _("Term"),
            {"fields": [("signed_on", "tender_starts_on"), ("starts_on", "ends_on"), ("in_use_from", "terminated_on")]},
        ),
        (
            _("Service and signatures"),
            {"fields": [("place_of_service", "arbitration_body"), ("office_agent", "vendor_agent")]},
        ),
    ]

    def save_model(self, request: HttpRequest, obj: Contract, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and DATES.intersection(form.changed_data):
            dates_changed(contract=obj)
            request.dates_changed = True  # type: ignore[attr-defined]

    def needs_preview(self, request: HttpRequest, row: Contract) -> bool:
        """A termination, and any other change of the first or the last day."""
        return getattr(request, "dates_changed", False)

    def foretold(self, row: Contract) -> list[str]:
        if row.terminated_on is None:
            return []
        (facts,) = batch_of(row, clock.today()).contracts
        lines = [
            gettext(
                "By declaration the contract ends when the notice arrives (Civil Code, art. 565); by agreement a "
                "month of notice is due as for an amendment."
            )
        ]
        with suppress(NoValue):
            months = facts.terms.on(row.starts_on, "amendment_notice_months")
            found = notice_before(row.terminated_on + ONE_DAY, months=months, calendar=calendar())
            text = gettext("The notice arrives safely by %(safe)s, and at the latest arguably by %(arguable)s.")
            lines.append(text % {"safe": found.latest_safe or found.latest_clear, "arguable": found.latest_arguable})
        return lines

    @action(description=_("Set up, and what is covered"), url_path="to-setup", icon="checklist", permissions=["view"])
    def open_guide(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("admin:contract_contract_setup", object_id)

    @action(description=_("Evaluate now"), url_path="to-evaluate", icon="play_arrow", permissions=["change"])
    def evaluate_now(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("admin:contract_contract_evaluate", object_id)

    @action(description=_("Renew"), url_path="to-renew", icon="event_repeat", permissions=["change"])
    def open_renewal(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("admin:contract_contract_renew", object_id)

    @display(description=_("state"))
    def in_force(self, contract: Contract) -> SafeString:
        return contract_state(contract)


class PartyForm(forms.ModelForm):
    """A party; the logo is sent as a small picture and kept with the row."""

    picture = forms.FileField(
        label=_("logo"),
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        help_text=_("PNG or JPEG, at most 24 KB; it stands above the menu of the office's people."),
    )
    without = forms.BooleanField(label=_("remove the logo"), required=False, widget=UnfoldBooleanWidget)

    def clean_picture(self) -> Any:
        file = self.cleaned_data["picture"]
        if not file:
            return file
        kind = kind_of(file)
        if kind is None or kind[0] not in ("png", "jpg"):
            raise ValidationError(gettext("The logo must be a PNG or JPEG."))
        if file.size > LOGO_BYTES:
            text = gettext("The logo has %(size)d KB; at most %(limit)d are taken. Make it smaller.")
            raise ValidationError(text % {"size": file.size // 1024 + 1, "limit": LOGO_BYTES // 1024})
        inspect(kind[0], file)
        file.seek(0)
        self.instance.logo = f"data:{kind[1]};base64,{b64encode(file.read()).decode()}"
        return file

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("without") and not data.get("picture"):
            self.instance.logo = ""
        return data


@admin.register(Party)
class PartyAdmin(KeptMixin, RecordAdmin):
    form = PartyForm
    contract_path = None
    list_display = ["name", "credit_code", "region", "is_small_enterprise", "telephone"]
    search_fields = ["name", "credit_code", "region"]
    search_help_text = _("Name, credit code or region")
    fieldsets = [
        (None, {"fields": [("name", "credit_code"), "region", "is_small_enterprise"]}),
        (_("Contact"), {"fields": [("legal_representative", "telephone"), "address"]}),
        (_("Bank"), {"fields": [("bank_name", "bank_account")]}),
        (_("Above the menu"), {"fields": ["short_name", ("picture", "without")]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who reads is not asked for a picture."""
        sections = list(super().get_fieldsets(request, obj))
        if obj is not None and not self.has_change_permission(request, obj):
            sections[-1] = (sections[-1][0], {"fields": ["short_name"]})
        return sections

    def get_queryset(self, request: HttpRequest) -> QuerySet[Party]:
        """The user's own parties, and those that they have contracts with."""
        parties = super().get_queryset(request)
        if request.user.is_superuser:
            return parties
        contracts = visible_contracts(request.user)
        return parties.filter(
            Q(pk__in=contracts.values("office"))
            | Q(pk__in=contracts.values("vendor"))
            | Q(memberships__user=request.user)
        ).distinct()


class ObligationInline(KeptMixin, TabularInline):
    model = Obligation
    fields = ["check_code", "check_title"]
    readonly_fields = ["check_code", "check_title"]
    extra = 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        self.parent = obj
        return super().get_formset(request, obj, **kwargs)

    @display(description=_("code of the check"))
    def check_code(self, row: Obligation) -> SafeString:
        return format_html("<code>{}</code>", row.check_id)

    @display(description=_("check"))
    def check_title(self, row: Obligation) -> str:
        check = checks().get(row.check_id)
        return str(check.title) if check else "–"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Clause)
class ClauseAdmin(BoardPages, DeadlinePages, KeptMixin, RecordAdmin):
    list_display = ["ref", "title", "owed_by", "contract", "check_count"]
    list_display_links = ["ref", "title"]
    list_select_related = ["contract"]
    list_filter = [("contract", AutocompleteSelectFilter), ("owed_by", ChoicesDropdownFilter)]
    search_fields = ["=ref", "title", "summary"]
    search_help_text = _("Article, title or words of the summary")
    ordering = ["contract", "position"]
    autocomplete_fields = ["contract"]
    inlines = [ObligationInline]
    fieldsets = [
        (None, {"fields": ["contract", ("ref", "position"), "owed_by", "terminates"]}),
        (_("In Chinese"), {"fields": ["title", "summary", "exemption"]}),
        (_("In English"), {"fields": ["title_en", "summary_en", "exemption_en"]}),
    ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial = super().get_changeform_initial_data(request)
        last = (
            visible_contracts(request.user).filter(pk=initial.get("contract") or 0).aggregate(Max("clauses__position"))
        )
        return {"position": (last["clauses__position__max"] or 0) + 1, **initial}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Clause]:
        return super().get_queryset(request).prefetch_related("obligations")

    @display(description=_("checks"))
    def check_count(self, clause: Clause) -> SafeString | str:
        count = len(clause.obligations.all())
        if count:
            return str(count)
        if clause.exemption:
            return badge("calm", "remove", gettext("exempt"))
        return badge("bad", "error", gettext("not checked"))


class DatedAdmin(InWords, KeptMixin, RecordAdmin):
    """Figures and readings of all contracts, in one list."""

    form = DatedRowForm
    list_filter = [("contract", AutocompleteSelectFilter)]
    list_select_related = ["contract"]
    search_fields = ["key", "note", "contract__number"]
    autocomplete_fields = ["contract"]
    readonly_fields = ["name", "reading"]
    ordering = ["contract", "key", "-effective_from"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("contract__obligations__clause")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find a key by its Chinese name too."""
        rows, distinct = super().get_search_results(request, queryset, search_term)
        if search_term:
            named = [key for key, d in self.model.DEFINITIONS.items() if search_term in str(d.label)]
            rows |= queryset.filter(key__in=named)
        return rows, distinct

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        sections = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return sections
        return [(title, {**section, "fields": self.in_words(section["fields"])}) for title, section in sections]

    @display(description=_("article"))
    def article(self, row: DatedRow) -> str:
        """The clause of the contract that carries the check which reads the figure."""
        if row.key not in row.DEFINITIONS or not row.contract_id:
            return "–"
        check = row.definition.check
        return next((o.clause.ref for o in row.contract.obligations.all() if o.check_id == check), "–")


@admin.register(Term)
class TermAdmin(DatedAdmin):
    form = TermForm
    list_display = ["name", "reading", "effective_from", "article", "contract", "note"]
    fieldsets = [(None, {"fields": ["contract", ("key", "value"), "effective_from", "note"]})]


class ConfirmedFilter(admin.SimpleListFilter):
    title = _("written confirmation")
    parameter_name = "confirmed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("awaits written confirmation")), ("yes", _("confirmed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in ("yes", "no"):
            return queryset.filter(confirmed_on__isnull=self.value() == "no")
        return queryset


@admin.register(Policy)
class PolicyAdmin(DatedAdmin):
    list_display = ["name", "reading", "effective_from", "mark", "article", "contract"]
    list_filter: Any = [("contract", AutocompleteSelectFilter), ConfirmedFilter]
    fieldsets = [
        (None, {"fields": ["contract", ("key", "value"), "effective_from", "note"]}),
        (_("Written confirmation"), {"fields": [("confirmed_on", "confirmation")]}),
    ]

    @display(description=_("state"), ordering="confirmed_on")
    def mark(self, row: Policy) -> SafeString:
        return confirmation_mark(row.confirmed_on is not None)
