"""The case file of an alert in one click, and the bundle of several (article 21)."""

from typing import Any
from urllib.parse import quote

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from contract.casefile.building import Built, build
from contract.models import Alert


class CaseFileMixin(ModelAdmin):
    """For who may read the log that the file quotes: the office's people and its auditors."""

    def has_file_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perms(["contract.view_alert", "contract.view_changeentry"]))

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "<int:pk>/case-file/", self.admin_site.admin_view(self.case_file_view),
            name="contract_alert_case_file",
        )  # fmt: skip
        return [own, *super().get_urls()]

    def case_file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The file of one alert."""
        alert = self.get_queryset(request).filter(pk=pk).first() if pk < 10**18 else None
        if alert is None:
            raise Http404
        if not self.has_file_permission(request):
            raise PermissionDenied
        answer = self._built(request, Alert.objects.filter(pk=pk))
        return answer or HttpResponseRedirect(reverse("admin:contract_alert_change", args=[pk]))

    @admin.action(description=_("Case files of the chosen alerts as one bundle"),
                  permissions=["file"])  # fmt: skip
    def case_file_together(
        self, request: HttpRequest, queryset: QuerySet[Alert]
    ) -> HttpResponse | None:
        return self._built(request, queryset)

    def _built(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        """The answer with the file; None, and a message, where it cannot be made."""
        alerts = rows.order_by("pk").select_related(
            "assessment", "contract__office", "contract__vendor"
        )
        try:
            return download(build(alerts))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return None


def download(built: Built) -> HttpResponse:
    """The ZIP under its Chinese name (RFC 6266), kept by no cache."""
    answer = HttpResponse(built.content, content_type="application/zip")
    answer["Content-Disposition"] = (
        f"attachment; filename=case-file.zip; filename*=UTF-8''{quote(built.name)}"
    )
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
