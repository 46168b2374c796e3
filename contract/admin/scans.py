"""Scans of documents in forms: handed in beside the other fields, read through a view."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget

from contract.admin.display import link
from kit.files.uploads import scan_response


class ScanInput(UnfoldAdminFileFieldWidget):
    """Takes a file. One on record has no address of its own and is replaced, never cleared."""

    def is_initial(self, value: Any) -> bool:
        return False


class ScanMixin:
    """An admin of rows with a scan. Show `scan` among the fields; `copy` takes a new one.

    The scan is given only to those who may see the row, by a view of this admin.
    """

    scan_field = "copy"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == self.scan_field:
            kwargs["widget"] = ScanInput
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new row has no scan on file to show yet."""
        fieldsets = super().get_fieldsets(request, obj)  # type: ignore[misc]
        if obj is not None:
            return fieldsets
        return [
            (title, {**options, "fields": [_without_scan(item) for item in options["fields"]]})
            for title, options in fieldsets
        ]

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "<path:object_id>/scan/",
            self.admin_site.admin_view(self.scan_view),  # type: ignore[attr-defined]
            name=self._scan_url_name,
        )
        return [own, *super().get_urls()]  # type: ignore[misc]

    @property
    def _scan_url_name(self) -> str:
        options = self.opts  # type: ignore[attr-defined]
        return f"{options.app_label}_{options.model_name}_scan"

    def scan_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        row = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row):  # type: ignore[attr-defined]
            raise PermissionDenied
        return scan_response(getattr(row, self.scan_field), f"{row._meta.verbose_name} {row.pk}")

    @display(description=_("scan on file"))
    def scan(self, row: Any) -> Any:
        if not getattr(row, self.scan_field):
            return "–"
        return link(reverse(f"admin:{self._scan_url_name}", args=[row.pk]), gettext("Download"))


def _without_scan(item: Any) -> Any:
    return tuple(name for name in item if name != "scan") if isinstance(item, tuple) else item
