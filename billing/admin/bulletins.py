"""The report for the leader: a month, a quarter or a year as a page, as PDF and for Word; and those that are kept."""

from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from billing import services
from billing.admin.statements import statement_badge
from billing.choices import BulletinKind
from billing.documents.bulletin import NUMBERS, TITLES, bulletin_docx, bulletin_pdf, chart_of, title_of
from billing.models import KeptBulletin
from billing.selectors.bulletin import bulletin, spans_of
from contract.admin.base import ReadOnlyMixin, ScopedAdmin
from contract.admin.display import link, query_of
from contract.admin.pages import ContractPages
from contract.models import Contract
from kit import clock
from kit.errors import Conflict
from kit.files.documents import CannotPrint
from kit.files.downloads import file_response, pdf_response
from staffing.rules.presence import Span

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
READS = ("contract.view_alert", "contract.view_assessment", "staffing.view_attendance", "billing.view_instalment")
PAGE = "admin:billing_bulletin"


@admin.register(KeptBulletin)
class KeptBulletinAdmin(ContractPages, ReadOnlyMixin, ScopedAdmin):
    """The report as it stands today, for who may read everything that it tells, and the list of those kept."""

    page_permission = READS[0]
    list_display = ["number", "kind", "first", "last", "state", "as_of", "made_at", "by", "download"]
    list_select_related = ["contract", "made_by", "corrected_by"]
    list_filter = [("contract", AutocompleteSelectFilter), "kind"]
    search_fields = ["number", "contract__number"]
    search_help_text = _("Document number or contract number")
    fieldsets = [
        (None, {"fields": ["number", "state", "contract", "kind", ("first", "last"), "as_of"]}),
        (_("Kept"), {"fields": [("made_at", "by"), "corrects", "reason"]}),
        (_("Document"), {"fields": ["download", "facts_sha256", "pdf_sha256", "word_sha256"]}),
    ]
    readonly_fields = ["state", "by", "download"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[KeptBulletin]:
        return super().get_queryset(request).defer("facts")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("bulletin/", view(self.bulletin_view), name="billing_bulletin"),
            path("bulletin.<str:form>", view(self.file_view), name="billing_bulletin_file"),
            path("bulletin/keep/", view(self.keep_view), name="billing_bulletin_keep"),
            path("<int:pk>/<str:form>/kept/", view(self.kept_view), name="billing_keptbulletin_file"),
        ]
        return own + super().get_urls()

    @display(description=_("state"))
    def state(self, row: KeptBulletin) -> SafeString:
        return statement_badge(row)

    @display(description=_("made by"), ordering="made_by")
    def by(self, row: KeptBulletin) -> str:
        return str(row.made_by or gettext("the schedule"))

    @display(description=_("document"))
    def download(self, row: KeptBulletin) -> Any:
        files = (("pdf", "PDF"), ("word", "Word"))
        parts = [link(reverse("admin:billing_keptbulletin_file", args=[row.pk, form]), name) for form, name in files]
        return format_html("{} {}", *parts)

    def bulletin_view(self, request: HttpRequest) -> HttpResponse:
        """The report on the span asked for; without one, on the last month that has begun."""
        contract, offered = self._readable(request)
        context: dict[str, Any] = {"title": _("For the leader"), "offered": offered}
        if contract is not None:
            kind, spans, span = _asked(request.GET, contract)
            report = bulletin(contract, kind, span, clock.today())
            query = query_of(contract=contract.pk, kind=kind, first=span.first)
            versions = KeptBulletin.objects.filter(contract=contract, kind=kind, first=span.first)
            context |= {
                "report": report,
                "heading": title_of(report),
                "chapters": list(zip(NUMBERS, report.chapters, strict=False)),
                "chart": chart_of(report),
                "kinds": TITLES.items(),
                "spans": spans,
                "span": span,
                "pdf": f"{reverse('admin:billing_bulletin_file', args=['pdf'])}?{query}",
                "word": f"{reverse('admin:billing_bulletin_file', args=['docx'])}?{query}",
                "versions": list(versions.select_related("made_by", "corrected_by").defer("facts")),
                "may_keep": clock.today() > span.last and request.user.has_perm("billing.add_keptbulletin"),
            }
        return self.page(request, "billing/admin/bulletin.html", context, contract)

    def file_view(self, request: HttpRequest, form: str) -> HttpResponse:
        """The same report as a file."""
        contract, _offered = self._readable(request)
        if contract is None or form not in ("pdf", "docx"):
            raise Http404
        kind, _spans, span = _asked(request.GET, contract)
        report = bulletin(contract, kind, span, clock.today())
        name = f"{title_of(report)}（{contract.number}）"
        if form == "docx":
            return file_response(bulletin_docx(report), f"{name}.docx", WORD)
        try:
            return pdf_response(bulletin_pdf(report), name)
        except CannotPrint as error:
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(reverse(PAGE))

    def keep_view(self, request: HttpRequest) -> HttpResponse:
        """Keeps the report as it is known today, as the first version or beside the one that stands."""
        if not request.user.has_perm("billing.add_keptbulletin"):
            raise PermissionDenied
        contract, _offered = self._readable(request, request.POST.get("contract", ""))
        if request.method != "POST" or contract is None:
            return HttpResponseRedirect(reverse(PAGE))
        kind, _spans, span = _asked(request.POST, contract)
        named = request.POST.get("corrects", "")
        own = (
            KeptBulletin.objects.filter(contract=contract, pk=named) if named.isdecimal() and len(named) < 19 else None
        )
        try:
            kept = services.keep_bulletin(
                contract=contract,
                kind=kind,
                span=span,
                at=clock.now(),
                as_of=clock.today(),
                actor=request.user,
                corrects=own.first() if own is not None else None,
                reason=request.POST.get("reason", ""),
            )
            messages.success(request, gettext("Report %(number)s is kept.") % {"number": kept})
        except (ValidationError, Conflict) as error:
            messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
        query = query_of(contract=contract.pk, kind=kind, first=span.first)
        return HttpResponseRedirect(f"{reverse(PAGE)}?{query}")

    def kept_view(self, request: HttpRequest, pk: int, form: str) -> HttpResponse:
        """A file of a report that is kept, as it was made."""
        row = self.get_object(request, str(pk))
        if row is None or form not in ("pdf", "word"):
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        try:
            content = services.read_bulletin(row, form)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(reverse("admin:billing_keptbulletin_change", args=[pk]))
        name = f"{BulletinKind(row.kind).label} {row.number}"
        return pdf_response(content, name) if form == "pdf" else file_response(content, f"{name}.docx", WORD)

    def _readable(self, request: HttpRequest, wanted: str | None = None) -> tuple[Contract | None, list[Contract]]:
        if not request.user.has_perms(READS):
            raise PermissionDenied
        return self.chosen(request, wanted)


def _asked(query: Any, contract: Contract) -> tuple[str, list[Span], Span]:
    """The kind of report, the spans of that kind that have begun, and the one asked for."""
    kind = query.get("kind", "month")
    if kind not in TITLES:
        raise Http404
    every = spans_of(contract, kind)
    spans = [span for span in every if span.first <= clock.today()] or every[:1]
    wanted = query.get("first", "")
    if not wanted:
        return kind, spans, spans[-1]
    try:
        day = date.fromisoformat(wanted)
    except ValueError:
        raise Http404 from None
    span = next((one for one in spans if one.first <= day <= one.last), None)
    # Another kind asked for with the first day of the one before: the last of its spans.
    return kind, spans, span or spans[-1]
