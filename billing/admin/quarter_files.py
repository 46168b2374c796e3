"""Quarterly files: asked for at the instalment, watched while made, downloaded when ready."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from billing import services
from billing.downloads import zip_response
from billing.models import Instalment, QuarterFile
from billing.states import FileStatus
from billing.tasks import send_to_worker
from contract.admin.base import ReadOnlyMixin, ScopedAdmin
from contract.admin.display import badge
from contract.admin.pages import RowPage
from kit import clock
from kit.errors import Conflict
from kit.files.downloads import pdf_response

BADGES = {
    FileStatus.QUEUED: ("calm", "hourglass_empty"),
    FileStatus.RUNNING: ("open", "progress_activity"),
    FileStatus.READY: ("good", "check_circle"),
    FileStatus.FAILED: ("bad", "error"),
}


def file_badge(status: str) -> SafeString:
    return badge(*BADGES[FileStatus(status)], FileStatus(status).label)


class AskForm(forms.Form):
    """Ask for the file of an instalment, with a reason where it takes an earlier one's place."""

    replaces = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("reason of the new file"),
        max_length=300,
        strip=True,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("It is printed on the cover of the new file."),
    )


@admin.register(QuarterFile)
class QuarterFileAdmin(ReadOnlyMixin, RowPage, ScopedAdmin):
    row_template = "billing/admin/quarter_file.html"
    list_display = ["number", "status_mark", "period", "as_of", "requested_at", "requested_by"]
    list_select_related = ["instalment", "requested_by"]
    list_filter = [("status", ChoicesDropdownFilter), ("contract", AutocompleteSelectFilter)]
    search_fields = ["number", "contract__number"]
    search_help_text = _("Document number or contract number")

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuarterFile]:
        return super().get_queryset(request).defer("facts")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("ask/<int:pk>/", view(self.ask_view), name="billing_quarterfile_ask"),
            path("<int:pk>/make/", view(self.make_view), name="billing_quarterfile_make"),
            path("<int:pk>/pdf/", view(self.pdf_view), name="billing_quarterfile_pdf"),
            path("<int:pk>/zip/", view(self.zip_view), name="billing_quarterfile_zip"),
        ]
        return [*own, *super().get_urls()]

    @display(description=_("status"), ordering="status")
    def status_mark(self, row: QuarterFile) -> SafeString:
        return file_badge(row.status)

    @display(description=_("payment period"), ordering="instalment__sequence")
    def period(self, row: QuarterFile) -> str:
        return str(row.instalment)

    # --- Asking -------------------------------------------------------------------------------

    def ask_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One click on the instalment's page: facts frozen, file in the queue, page of its making.

        Where a file exists and facts have changed, the page asks for the reason of another.
        """
        instalments = self.admin_site._registry[Instalment].get_queryset(request)
        row = instalments.filter(pk=pk).first()
        if row is None:
            raise Http404
        if not request.user.has_perm("billing.add_quarterfile"):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:billing_instalment_change", args=[pk]))
        form = AskForm(request.POST)
        if form.is_valid():
            wanted = form.cleaned_data["replaces"]
            earlier = row.files.filter(pk=wanted).first() if wanted else None
            try:
                with transaction.atomic():
                    file = services.request_file(
                        instalment=row,
                        actor=request.user,
                        at=clock.now(),
                        as_of=clock.today(),
                        replaces=earlier,
                        reason=form.cleaned_data["reason"],
                    )
                    transaction.on_commit(send_to_worker)
                return HttpResponseRedirect(reverse("admin:billing_quarterfile_change", args=[file.pk]))
            except (Conflict, ValidationError) as error:
                messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
        last = row.files.filter(replaced_by=None).first()
        if last is not None:
            return HttpResponseRedirect(reverse("admin:billing_quarterfile_change", args=[last.pk]))
        return HttpResponseRedirect(reverse("admin:billing_instalment_change", args=[pk]))

    # --- The page of one file -----------------------------------------------------------------

    def answer(self, request: HttpRequest, row: QuarterFile) -> dict[str, Any] | HttpResponse:
        silent = clock.now() - timedelta(seconds=settings.QUARTER_FILE_WAIT)
        latest = not hasattr(row, "replaced_by")
        may_ask = request.user.has_perm("billing.add_quarterfile")
        return {
            "row": row,
            "mark": file_badge(row.status),
            "percent": 100 * row.done // row.steps if row.steps else 0,
            "may_make": (may_ask and row.status == FileStatus.QUEUED and row.requested_at < silent)
            or (may_ask and row.status == FileStatus.FAILED),
            "ask_form": AskForm(initial={"replaces": row.pk})
            if may_ask and latest and not row.is_under_way and services.has_changed_since(row, clock.today())
            else None,
            "facts": row.facts,
        }

    def make_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make the file here, where no worker does (or once more, where it failed)."""
        row = self._row(request, pk)
        if not request.user.has_perm("billing.add_quarterfile"):
            raise PermissionDenied
        if request.method == "POST":
            failed = QuarterFile.objects.filter(pk=row.pk, status=FileStatus.FAILED)
            failed.update(status=FileStatus.QUEUED, error="", attempts=0, done=0)
            services.requeue_dead_files(clock.now())
            row.refresh_from_db()
            if not services.make_file(row, clock.now):
                messages.info(request, gettext("Others are being made; this one comes next."))
        return HttpResponseRedirect(reverse("admin:billing_quarterfile_change", args=[pk]))

    def pdf_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return self._hand_out(request, pk, "pdf")

    def zip_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return self._hand_out(request, pk, "bundle")

    def _hand_out(self, request: HttpRequest, pk: int, form: str) -> HttpResponseBase:
        row = self._row(request, pk)
        try:
            content = services.read_file(row, form)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(reverse("admin:billing_quarterfile_change", args=[pk]))
        if form == "pdf":
            return pdf_response(content, f"付款材料 {row.number}", inline=True)
        return zip_response(content, f"付款材料 {row.number}")

    def _row(self, request: HttpRequest, pk: int) -> QuarterFile:
        row: QuarterFile | None = self.get_object(request, str(pk))
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        return row
