"""Buttons that hand out what a list shows as a file for WPS or Excel."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.translation import gettext

from billing import exports
from billing.downloads import table_response


class ExportMixin:
    """A list with the buttons Excel and CSV: what it shows, with its filters, all pages of it."""

    list_before_template = "billing/admin/export.html"
    export_table = ""

    def get_urls(self) -> list[URLPattern]:
        site, name = self.admin_site, f"billing_{self.opts.model_name}_export"  # type: ignore[attr-defined]
        own = path("export/<str:kind>/", site.admin_view(self.export_view), name=name)
        return [own, *super().get_urls()]  # type: ignore[misc]

    def export_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        if kind not in exports.FORMATS:
            raise Http404
        try:
            listed = self.get_changelist_instance(request)  # type: ignore[attr-defined]
        except IncorrectLookupParameters:
            return HttpResponseRedirect("../../?e=1")
        table = exports.table_for(self.export_table, listed.queryset.none(), listed.queryset)
        try:
            return table_response(table, kind)
        except exports.TooManyRows:
            messages.error(request, too_many())
            return HttpResponseRedirect("../../")


def too_many() -> Any:
    return gettext("The list has more rows than a spreadsheet is good for. Narrow it by a filter.")
