"""The rota of a month on one page, on paper and in Excel, and by the half hour who was on duty against the minimum."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contract.admin.pages import ContractPages
from kit import clock
from kit.files.downloads import file_response
from kit.files.spreadsheets import MEDIA_TYPE
from staffing.admin.sheets import head_cells, month_of, name_cells
from staffing.selectors.sheets import RotaSheet, rota_sheet
from staffing.workbooks import monthly


class RotaPages(ContractPages):
    """The pages of the rota sheet, for the admin of shifts."""

    page_permission = "staffing.view_shift"

    def get_urls(self) -> list[URLPattern]:
        site: Any = self.admin_site  # type: ignore[attr-defined]
        own = [
            path("sheet/", site.admin_view(self.sheet_view), name="staffing_shift_sheet"),
            path("sheet.xlsx", site.admin_view(self.workbook_view), name="staffing_shift_workbook"),
        ]
        return own + super().get_urls()  # type: ignore[misc]

    def sheet_view(self, request: HttpRequest) -> HttpResponse:
        """People by days with their shifts, and half hours by days with who was on duty."""
        contract, offered = self.chosen(request)
        context: dict[str, Any] = {"title": _("Rota sheet"), "offered": offered}
        if contract is not None:
            span, beside = month_of(request, contract)
            found = rota_sheet(contract, span, clock.today())
            day_page = f"../../attendance/day/?contract={contract.pk}&amp;day="
            context |= {
                "beside": beside,
                "heads": head_cells(found.days, found.batch.calendar, day_page),
                "body": _body(found, day_page),
                "halves": _halves(found),
                "codes": found.codes.items(),
                "short": sum(
                    sure < asked for day in found.coverage for (sure, _maybe), asked in zip(*day, strict=True)
                ),
            }
        return self.page(request, "admin/rota/sheet.html", context, contract)

    def workbook_view(self, request: HttpRequest) -> HttpResponse:
        """The same month as a workbook."""
        contract, _offered = self.chosen(request)
        if contract is None:
            raise Http404
        span, _beside = month_of(request, contract)
        found = rota_sheet(contract, span, clock.today())
        name = gettext("Rota sheet %(number)s %(month)s") % {"number": contract.number, "month": f"{span.first:%Y-%m}"}
        legend = "  ".join(f"{code} {hours}" for code, hours in found.codes.items())
        return file_response(monthly.rota(name, found, legend), f"{name}.xlsx", MEDIA_TYPE)


def _body(found: RotaSheet, day_page: str) -> SafeString:
    rows = []
    for person, cells in found.rows:
        own = "".join(
            f'<td class="o-m-{"warn" if cell.away else "none"}" title="{conditional_escape(cell.hours)}">'
            f'<a href="{day_page}{cell.day}&amp;operator={person.pk}">{_struck(cell.code, cell.away)}</a></td>'
            if cell.code
            else "<td></td>"
            for cell in cells
        )
        hours = sum(cell.minutes for cell in cells if not cell.away) / 60
        rows.append(f'<tr>{name_cells(person)}{own}<td class="o-sum">{hours:g}</td></tr>')
    return mark_safe("".join(rows))


def _struck(code: str, away: bool) -> str:
    return f"<s>{code}</s>" if away else code


def _halves(found: RotaSheet) -> SafeString:
    """A line for each half hour: the fewest on duty on each day, marked where they were below the minimum."""
    lines = []
    for half in range(48):
        cells = []
        for own, asked in found.coverage:
            (sure, maybe), least = own[half], asked[half]
            tone = "good" if sure >= least else "bad" if maybe < least else "open"
            cells.append(f'<td class="o-m-{tone}">{sure if sure >= least else f"{sure}!"}</td>')
        lines.append(f'<tr><th scope="row">{half // 2:02d}:{half % 2 * 30:02d}</th>{"".join(cells)}</tr>')
    return mark_safe("".join(lines))
