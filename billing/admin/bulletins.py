"""The report for the leader: a month, a quarter or the whole term on one page, as PDF and for Word."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from billing.documents.bulletin import NUMBERS, TITLES, bulletin_docx, bulletin_pdf, title_of
from billing.selectors.bulletin import Bulletin, bulletin
from contract.admin.display import query_of
from contract.admin.pages import ContractPages
from contract.models import Contract
from kit import clock
from kit.files.documents import CannotPrint
from kit.files.downloads import file_response, pdf_response
from law.periods import contract_quarters, month_windows
from staffing.rules.presence import Span

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
READS = ("contract.view_alert", "contract.view_assessment", "staffing.view_attendance", "billing.view_instalment")


class BulletinPages(ContractPages):
    """The pages of the report, for who may read everything that it tells."""

    page_permission = READS[0]

    def get_urls(self) -> list[URLPattern]:
        site: Any = self.admin_site  # type: ignore[attr-defined]
        own = [
            path("bulletin/", site.admin_view(self.bulletin_view), name="billing_bulletin"),
            path("bulletin.<str:form>", site.admin_view(self.file_view), name="billing_bulletin_file"),
        ]
        return own + super().get_urls()  # type: ignore[misc]

    def bulletin_view(self, request: HttpRequest) -> HttpResponse:
        """The report on the span asked for; without one, on the last month that has begun."""
        contract, offered = self._readable(request)
        context: dict[str, Any] = {"title": _("For the leader"), "offered": offered}
        if contract is not None:
            kind, spans, span = _asked(request, contract)
            report = bulletin(contract, kind, span, clock.today())
            query = query_of(contract=contract.pk, kind=kind, first=span.first)
            context |= {
                "report": report,
                "heading": title_of(report),
                "chapters": list(zip(NUMBERS, report.chapters, strict=False)),
                "kinds": TITLES.items(),
                "spans": spans,
                "span": span,
                "pdf": f"{reverse('admin:billing_bulletin_file', args=['pdf'])}?{query}",
                "word": f"{reverse('admin:billing_bulletin_file', args=['docx'])}?{query}",
            }
        return self.page(request, "billing/admin/bulletin.html", context, contract)

    def file_view(self, request: HttpRequest, form: str) -> HttpResponse:
        """The same report as a file."""
        contract, _offered = self._readable(request)
        if contract is None or form not in ("pdf", "docx"):
            raise Http404
        kind, _spans, span = _asked(request, contract)
        report: Bulletin = bulletin(contract, kind, span, clock.today())
        name = f"{title_of(report)}（{contract.number}）"
        if form == "docx":
            return file_response(bulletin_docx(report), f"{name}.docx", WORD)
        try:
            return pdf_response(bulletin_pdf(report), name)
        except CannotPrint as error:
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(reverse("admin:billing_bulletin"))

    def _readable(self, request: HttpRequest) -> tuple[Contract | None, list[Contract]]:
        if not request.user.has_perms(READS):
            raise PermissionDenied
        return self.chosen(request)


def _asked(request: HttpRequest, contract: Contract) -> tuple[str, list[Span], Span]:
    """The kind of report, the spans of that kind that have begun, and the one asked for."""
    kind = request.GET.get("kind", "month")
    if kind not in TITLES:
        raise Http404
    pieces = {
        "month": month_windows(contract.starts_on, contract.last_day),
        "quarter": contract_quarters(contract.starts_on, contract.last_day),
        "year": [(contract.starts_on, contract.last_day)],
    }[kind]
    spans = [Span(*piece) for piece in pieces if piece[0] <= clock.today()] or [Span(*pieces[0])]
    wanted = request.GET.get("first", "")
    if not wanted:
        return kind, spans, spans[-1]
    try:
        day = date.fromisoformat(wanted)
    except ValueError:
        raise Http404 from None
    span = next((one for one in spans if one.first <= day <= one.last), None)
    # Another kind asked for with the first day of the one before: the last of its spans.
    return kind, spans, span or spans[-1]
