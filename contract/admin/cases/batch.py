"""Telling the vendor of several alerts at once, from the list."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from contract import registry, services
from contract.admin import confirmation
from contract.admin.cases.forms import TogetherForm, add_errors, by_field
from contract.admin.cases.steps import telling_said
from contract.models import Alert, Notification
from kit import clock


class TogetherMixin(ModelAdmin):
    """One message about several alerts of one contract: all are recorded as told, or none."""

    actions = ["tell_together"]

    def subject(self, alert: Alert) -> str:
        raise NotImplementedError

    def has_tell_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("contract.add_notification"))

    @admin.action(description=_("Record that the vendor was told"), permissions=["tell"])
    def tell_together(self, request: HttpRequest, queryset: QuerySet[Alert]) -> HttpResponse | None:
        alerts = list(queryset.select_related("assessment", "contract").order_by("pk"))
        if len({alert.contract_id for alert in alerts}) > 1:
            messages.error(request, gettext("Choose alerts of one contract: a message goes to one vendor."))
            return None
        sent = "tell" in request.POST
        form = TogetherForm(request.POST if sent else None)
        try:
            if sent and form.is_valid() and self._tell(request, alerts, form):
                return None
        except confirmation.Needed as needed:
            return needed.page(self.admin_site)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Record that the vendor was told"),
            "alerts": [(alert, registry.title(alert.check_id), self.subject(alert)) for alert in alerts],
            "contract": alerts[0].contract if alerts else "",
            "form": form,
            "checkbox": helpers.ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/alert/together.html", context)

    def _tell(self, request: HttpRequest, alerts: list[Alert], form: TogetherForm) -> bool:
        """Record it; False leaves the form with what the service refused."""

        def tell() -> list[Notification]:
            return services.notify_together(
                alerts=alerts, **form.cleaned_data, actor=request.user, at=clock.now(), on=clock.today()
            )

        def foretold() -> list[str]:
            told = confirmation.rehearsed(tell)
            count = ngettext(
                "%(count)d alert is recorded as told.", "%(count)d alerts are recorded as told.", len(told)
            )
            return [count % {"count": len(told)}, *telling_said(told[0])]

        try:
            confirmation.require(request, gettext("Record that the vendor was told"), foretold)
            told = tell()
        except ValidationError as error:
            add_errors(form, by_field(error))
            return False
        said = ngettext(
            "Recorded for %(count)d alert. The vendor answers by %(day)s.",
            "Recorded for %(count)d alerts. The vendor answers by %(day)s.",
            len(told),
        )
        messages.success(request, said % {"count": len(told), "day": told[0].answer_due_on})
        return True
