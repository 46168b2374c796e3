"""How contracts are paid, and the quantities that both sides have to know."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from billing import services
from billing.admin.amended import AmendedAdmin, PairsField
from billing.admin.base import OfInstalmentAdmin
from billing.choices import QuantitySource, WaitsFor
from billing.models import Instalment, PaymentItem, PaymentRule, Quantity
from contract.admin import confirmation
from contract.admin.base import entered
from contract.admin.display import badge
from contract.choices import PartySide
from contract.selectors import visible_contracts
from kit import clock
from law.money import FEN

REPORTED = ["instalment", "item", "quantity", "document"]


class ItemInline(TabularInline):
    model = PaymentItem
    extra = 0
    fields = ["title", "kind", "share", "each", "unit", "quantity", "bands_apply"]
    readonly_fields = fields
    can_delete = False

    @display(description=_("share of the fee (%)"))
    def share(self, row: PaymentItem) -> str:
        return "–" if row.percent is None else f"{row.percent.normalize():f}"

    @display(description=_("price of a unit (yuan)"))
    def each(self, row: PaymentItem) -> str:
        """One price, or the bands with theirs."""
        if row.price is not None:
            return plain_price(row.price)
        bands = [(Decimal(band["above"]), Decimal(band["price"])) for band in row.bands]
        return format_html_join(
            mark_safe("<br>"), "&gt; {}: {}", ((f"{a.normalize():,f}", plain_price(p)) for a, p in bands)
        )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def plain_price(price: Decimal) -> str:
    """3.150000 as 3.15, and 68.000000 as 68.00."""
    return f"{price:,.2f}" if price == price.quantize(FEN) else f"{price.normalize():,f}"


class EnteredItemForm(forms.ModelForm):
    bands = PairsField(
        ("above", "price"),
        label=_("bands"),
        help_text=_("Instead of one price: above which quantity which price, such as “0: 3.20; 10000: 2.80”."),
    )

    class Meta:
        model = PaymentItem
        fields = ("title", "kind", "percent", "price", "unit", "quantity", "bands", "bands_apply")

    def has_changed(self) -> bool:
        """Also what stays as it was in the row before is a part of the new one."""
        return bool(self.data.get(self.add_prefix("title"))) or super().has_changed()


class EnteredItemInline(TabularInline):
    """The items of a rule that is proposed, first as the rule before it has them."""

    model = PaymentItem
    form = EnteredItemForm
    extra = 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.extra = max(1, len(initial_items(request)))
        return formset


def initial_items(request: HttpRequest) -> list[dict[str, Any]]:
    """The items of the rule that the address names, as a new rule begins with them."""
    pk = request.GET.get("replaces", "")
    if not pk.isdecimal() or len(pk) > 18:
        return []
    rows = PaymentItem.objects.filter(rule_id=int(pk), rule__contract__in=visible_contracts(request.user))
    return list(rows.values(*EnteredItemForm.Meta.fields))


class RuleForm(forms.ModelForm):
    waits_for = forms.MultipleChoiceField(
        label=_("waits for"), choices=WaitsFor.choices, required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget()
    )


@admin.register(PaymentRule)
class PaymentRuleAdmin(AmendedAdmin):
    """Rules come with the contract's document; an amendment changes them from its day on."""

    form = RuleForm
    list_display = ["title", "contract", "every_months", "waiting", "due_days", "due_in", "since", "mark"]
    copied = ("title", "every_months", "first_day", "last_day", "waits_for", "not_before", "due_days", "due_in")
    readonly_fields = [*AmendedAdmin.readonly_fields, "waiting"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        days = [("first_day", "last_day"), "waiting" if obj else "waits_for", "not_before", ("due_days", "due_in")]
        if obj is None:
            return ["amendment", "title", "every_months", *days]
        beside = ["amendment", ("proposed_by", "decided_by")]
        return ["contract", "title", ("since", "mark"), "every_months", *days, *beside]

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        return [ItemInline] if obj else [EnteredItemInline]

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, EnteredItemInline) and request.method == "GET":
            kwargs["initial"] = initial_items(request)
        return kwargs

    @display(description=_("waits for"))
    def waiting(self, row: PaymentRule) -> str:
        return "、".join(str(WaitsFor(name).label) for name in row.waits_for) or "–"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Written with its items: see `save_related`."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        items = []
        for formset in formsets:
            formset.save(commit=False)  # fills in what the log of changes asks for
            for one in formset.forms:
                if one.cleaned_data and not one.cleaned_data.get("DELETE"):
                    items.append({name: one.cleaned_data[name] for name in EnteredItemForm.Meta.fields})
        services.propose_rule(rule=form.instance, items=items, actor=request.user)


@admin.register(Quantity)
class QuantityAdmin(OfInstalmentAdmin):
    """The office reports a quantity, or confirms and disputes what the vendor reported."""

    list_display = ["item", "quantity", "reported_side", "reported_on", "standing", "period", "contract_number"]
    list_select_related = ["instalment__contract", "item"]
    search_fields = ["instalment__contract__number", "item__title"]
    autocomplete_fields = ["instalment"]
    change_form_before_template = "billing/admin/answer_quantity.html"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": REPORTED})]
        answer = [("reported_side", "reported_on"), ("answered_on", "answered_by"), "standing", "answer_reason"]
        if not obj.stands:
            answer += [("withdrawn_at", "withdrawn_by"), "withdrawal_reason"]
        return [(None, {"fields": [*REPORTED, *answer]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        answer = ["reported_side", "reported_on", "answered_on", "answered_by", "standing", "answer_reason"]
        return [*REPORTED, *answer, "withdrawn_at", "withdrawn_by", "withdrawal_reason"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        visible = visible_contracts(request.user)
        if db_field.name == "instalment":
            kwargs["queryset"] = Instalment.objects.filter(contract__in=visible)
        elif db_field.name == "item":
            kwargs["queryset"] = PaymentItem.objects.filter(
                rule__contract__in=visible, quantity=QuantitySource.REPORTED
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @display(description=_("state"))
    def standing(self, row: Quantity) -> SafeString:
        if not row.stands:
            return badge("calm", "undo", gettext("withdrawn"))
        if row.is_confirmed is None:
            return badge("warn", "hourglass_empty", gettext("awaits the other side"))
        if row.is_confirmed:
            return badge("good", "check_circle", gettext("confirmed by both sides"))
        return badge("bad", "gavel", gettext("disputed"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def write(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> Quantity:
        return services.report_quantity(actor=request.user, today=clock.today(), **entered(form, REPORTED))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """On the page itself the office answers what the vendor reported, and takes back what it reported itself."""
        row = self.get_object(request, object_id)
        if row is not None and {"_confirm", "_dispute", "_withdraw"} & set(request.POST):
            try:
                self._step(request, row)
            except confirmation.Needed as needed:
                return needed.page(self.admin_site)
            return HttpResponseRedirect(request.path)
        stands = row is not None and row.stands
        theirs = stands and row is not None and row.reported_side == PartySide.VENDOR
        can = {
            "can_answer": theirs
            and row is not None
            and row.is_confirmed is None
            and request.user.has_perm("billing.answer_quantity"),
            "can_withdraw": stands and not theirs and request.user.has_perm("billing.add_quantity"),
        }
        return super().change_view(request, object_id, form_url, {**can, **(extra_context or {})})

    def _step(self, request: HttpRequest, row: Quantity) -> None:
        confirms, reason = "_confirm" in request.POST, request.POST.get("reason", "")

        def answer() -> Quantity:
            given: dict[str, Any] = {"quantity": row, "reason": reason, "actor": request.user, "today": clock.today()}
            if "_withdraw" in request.POST:
                return services.withdraw_quantity(at=clock.now(), **given)
            return services.answer_quantity(confirm=confirms, **given)

        def foretold() -> list[str]:
            what = {"item": row.item, "quantity": f"{row.quantity.normalize():f}", "period": row.instalment}
            return [gettext("%(item)s of %(period)s: %(quantity)s. The amount of the instalment follows.") % what]

        title = _("Confirm a quantity") if confirms else None
        done = gettext("Withdrawn.") if "_withdraw" in request.POST else gettext("Answered.")
        confirmation.take(request, answer, done=done, title=title, consequences=foretold)
