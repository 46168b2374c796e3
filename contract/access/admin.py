"""The locks of sign-in in the browser: read by whoever may, lifted by whoever may lift."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from contract.access import lockout
from contract.access.impact import ImpactPart
from contract.access.models import LoginLock
from contract.admin.base import ReadOnlyMixin, ScopedAdmin
from contract.admin.display import badge
from contract.admin.evaluation import EvaluationRunAdmin
from kit import clock

EvaluationRunAdmin.parts.append(ImpactPart)


@admin.register(LoginLock)
class LoginLockAdmin(ReadOnlyMixin, ScopedAdmin):
    """Which attempts wait, and until when; “unlock” ends the waiting at once."""

    contract_path = None
    list_display = ["scope", "name", "address", "mark", "since", "until", "failures", "lifted_by", "lifted_at"]
    list_select_related = ["lifted_by"]
    list_filter = [("scope", ChoicesDropdownFilter)]
    search_fields = ["name", "address"]
    search_help_text = _("Username or address")
    fields = list_display
    readonly_fields = ["mark"]
    actions = ["unlock"]

    @display(description=_("state"))
    def mark(self, row: LoginLock) -> SafeString:
        if row.lifted_at:
            return badge("good", "lock_open", gettext("lifted"))
        if row.until > clock.now():
            return badge("bad", "lock", gettext("waits"))
        return badge("open", "schedule", gettext("over"))

    def has_unlock_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("contract.change_loginlock")

    @admin.action(description=_("Unlock"), permissions=["unlock"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        count = sum(lockout.lift(lock, request=request, at=clock.now()) for lock in queryset)
        text = ngettext("%(count)d lock was lifted.", "%(count)d locks were lifted.", count)
        messages.success(request, text % {"count": count})
