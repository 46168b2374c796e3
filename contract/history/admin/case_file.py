"""The case file of an alert in one click, and the bundle of several."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from contract.admin.base import Part
from contract.admin.cases.alerts import AlertAdmin
from contract.history.casefile.bundle import Built, build
from contract.models import Alert


class CaseFilePart(Part):
    """For who may read the log that the file quotes: the office's people and its auditors."""

    def urls(self) -> list[URLPattern]:
        view = self.model_admin.admin_site.admin_view(self.file_view)
        return [path("<int:pk>/case-file/", view, name="contract_alert_case_file")]

    def actions(self, request: HttpRequest) -> dict[str, tuple[Any, str, Any]]:
        if not may_file(request):
            return {}
        title = _("Case files of the chosen alerts as one bundle")
        return {"case_file_together": (_together, "case_file_together", title)}

    def context(self, request: HttpRequest, row: Alert) -> dict[str, Any]:
        return {"can_file": may_file(request)}

    def file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The file of one alert."""
        rows = self.model_admin.get_queryset(request)
        if pk >= 10**18 or not rows.filter(pk=pk).exists():
            raise Http404
        if not may_file(request):
            raise PermissionDenied
        answer = _built(request, Alert.objects.filter(pk=pk))
        return answer or HttpResponseRedirect(reverse("admin:contract_alert_change", args=[pk]))


def may_file(request: HttpRequest) -> bool:
    return bool(request.user.has_perms(["contract.view_alert", "contract.view_changeentry"]))


def _together(model_admin: Any, request: HttpRequest, queryset: QuerySet[Alert]) -> HttpResponse | None:
    return _built(request, queryset)


def _built(request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
    """The answer with the file; None, and a message, where it cannot be made."""
    alerts = rows.order_by("pk").select_related("assessment", "contract__office", "contract__vendor")
    try:
        return download(build(alerts))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return None


def download(built: Built) -> HttpResponse:
    """The ZIP under its Chinese name (RFC 6266), kept by no cache."""
    answer = HttpResponse(built.content, content_type="application/zip")
    answer["Content-Disposition"] = f"attachment; filename=case-file.zip; filename*=UTF-8''{quote(built.name)}"
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


AlertAdmin.parts.append(CaseFilePart)
