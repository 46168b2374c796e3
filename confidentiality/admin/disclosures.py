"""What was given to third parties, with the consent that allowed it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from confidentiality.models import Disclosure
from contract.admin.display import badge
from contract.admin.records import StandingFilter, WithdrawableAdmin
from contract.choices import ConsentDecision, ConsentKind
from contract.duties.models import Consent
from contract.selectors import visible_contracts


@admin.register(Disclosure)
class DisclosureAdmin(WithdrawableAdmin):
    list_display = ["recipient", "disclosed_on", "consent_mark", "document", "standing", "contract_number"]
    list_select_related = ["contract", "consent"]
    list_filter = [StandingFilter, ("contract", AutocompleteSelectFilter)]
    search_fields = ["recipient", "content", "document"]
    search_help_text = _("Recipient, contents or document number")
    date_hierarchy = "disclosed_on"
    autocomplete_fields = ["contract"]
    ordering = ["-disclosed_on", "-pk"]
    entry = [
        (None, {"fields": ["contract", ("recipient", "disclosed_on"), "content", "purpose"]}),
        (_("Consent and record"), {"fields": [("consent", "document")]}),
    ]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "consent":
            kwargs["queryset"] = Consent.objects.filter(
                kind=ConsentKind.DISCLOSURE, contract__in=visible_contracts(request.user)
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @display(description=_("consent"))
    def consent_mark(self, row: Disclosure) -> SafeString:
        if row.consent is None:
            return badge("bad", "block", gettext("none"))
        if row.consent.decision == ConsentDecision.GRANTED:
            return badge("good", "task_alt", row.consent.get_decision_display())
        if row.consent.decision:
            return badge("bad", "block", row.consent.get_decision_display())
        return badge("warn", "schedule", gettext("not answered"))
