"""Statements that were issued: to read and to download, never to change."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from billing.admin.base import money
from billing.choices import StatementStatus
from billing.downloads import statement_pdf
from billing.models import KeptBulletin, Statement
from contract.admin.base import ReadOnlyMixin, ScopedAdmin
from contract.admin.display import badge, link


def statement_badge(statement: Statement | KeptBulletin) -> SafeString:
    if statement.status == StatementStatus.REPLACED:
        return badge("calm", "history", StatementStatus.REPLACED.label)
    return badge("good", "verified", StatementStatus.ISSUED.label)


@admin.register(Statement)
class StatementAdmin(ReadOnlyMixin, ScopedAdmin):
    list_display = ["number", "state", "period", "amount", "issued_at", "issued_by", "download"]
    list_select_related = ["instalment", "contract", "issued_by", "corrected_by"]
    list_filter = [("contract", AutocompleteSelectFilter)]
    search_fields = ["number", "contract__number"]
    search_help_text = _("Document number or contract number")
    date_hierarchy = "issued_at"
    fieldsets = [
        (None, {"fields": ["number", "state", "contract", "instalment", "amount", "as_of"]}),
        (_("Issued"), {"fields": [("issued_at", "issued_by"), "corrects", "reason"]}),
        (_("Document"), {"fields": ["download", "facts_sha256", "pdf_sha256"]}),
    ]
    readonly_fields = ["state", "amount", "download"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Statement]:
        return super().get_queryset(request).defer("facts")

    def get_urls(self) -> list[URLPattern]:
        own = path("<int:pk>/pdf/", self.admin_site.admin_view(self.pdf_view), name="billing_statement_pdf")
        return [own, *super().get_urls()]

    @display(description=_("state"))
    def state(self, row: Statement) -> SafeString:
        return statement_badge(row)

    @display(description=_("payment period"), ordering="instalment__sequence")
    def period(self, row: Statement) -> str:
        return str(row.instalment)

    @display(description=_("amount (yuan)"), ordering="instalment__amount")
    def amount(self, row: Statement) -> str:
        return money(row.instalment.amount)

    @display(description=_("document"))
    def download(self, row: Statement) -> Any:
        return link(reverse("admin:billing_statement_pdf", args=[row.pk]), gettext("Download PDF"))

    def pdf_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        statement = self.get_object(request, str(pk))
        if statement is None:
            raise Http404
        if not self.has_view_permission(request, statement):
            raise PermissionDenied
        try:
            return statement_pdf(statement)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            page = reverse("admin:billing_statement_change", args=[pk])
            return HttpResponseRedirect(page)
