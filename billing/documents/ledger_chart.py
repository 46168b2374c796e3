"""The ledger of a contract as inline SVG: for each instalment what is paid, waits, and is open.

Bars of one scale from zero, so that lengths may be compared; each carries its figure in writing,
and so does what is set off or withheld, which may be too little to see. No meaning rests on colour
alone.
"""

from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from billing.selectors.ledger import Ledger, LedgerRow

WIDTH, LEFT, RIGHT = 760, 110, 420
LABEL_AT_MOST = 7
ROW, TOP, BOTTOM = 30, 34, 8
BAR = 14
ROWS_AT_MOST = 60

PARTS: tuple[tuple[str, str, str], ...] = (
    ("paid", "#1b5e3a", "none"),
    ("deducted", "#5b6472", "none"),
    ("withheld", "#a61b1b", "2 2"),
    ("payable", "#ffffff", "none"),
)


def ledger_chart(ledger: Ledger) -> SafeString:
    """The drawing; empty where the contract has no instalments."""
    rows = ledger.rows[:ROWS_AT_MOST]
    largest = max((row.amount for row in rows), default=Decimal(0))
    if not largest:
        return SafeString("")
    height = TOP + ROW * len(rows) + BOTTOM
    return format_html(
        '<svg class="o-chart" role="img" aria-label="{}" viewBox="0 0 {} {}" font-size="12">{}{}</svg>',
        _("Paid, set off, withheld and open of each instalment"),
        WIDTH,
        height,
        _legend(),
        format_html_join("", "{}", ((_row(number, row, largest),) for number, row in enumerate(rows))),
    )


def _legend() -> SafeString:
    labels = {"paid": _("paid"), "deducted": _("set off"), "withheld": _("withheld"), "payable": _("still payable")}
    return format_html_join(
        "",
        '<rect x="{}" y="6" width="12" height="12" fill="{}" stroke="#5b6472" '
        'stroke-dasharray="{}"/><text x="{}" y="16" fill="currentColor">{}</text>',
        (
            (LEFT + 130 * place, fill, dashes, LEFT + 130 * place + 18, labels[name])
            for place, (name, fill, dashes) in enumerate(PARTS)
        ),
    )


def _row(number: int, row: LedgerRow, largest: Decimal) -> SafeString:
    top = TOP + ROW * number
    x = Decimal(LEFT)
    parts = []
    for name, fill, dashes in PARTS:
        value: Decimal = getattr(row, name)
        if value <= 0:
            continue
        width = (RIGHT - LEFT) * value / largest
        parts.append(
            format_html(
                '<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="#5b6472" '
                'stroke-dasharray="{}"><title>{} {}</title></rect>',
                f"{x:.1f}",
                top,
                f"{width:.1f}",
                BAR,
                fill,
                dashes,
                row.name,
                f"{value:,.2f}",
            )
        )
        x += width
    return format_html(
        '<text x="{}" y="{}" text-anchor="end" fill="currentColor">{}</text>{}'
        '<text x="{}" y="{}" fill="currentColor">{}</text>',
        LEFT - 10,
        top + BAR - 2,
        row.label if len(row.label) <= LABEL_AT_MOST + 3 else f"{row.label[:LABEL_AT_MOST]}…",
        SafeString("".join(parts)),
        RIGHT + 12,
        top + BAR - 2,
        _figures(row),
    )


def _figures(row: LedgerRow) -> str:
    beside = {_("set off"): row.deducted, _("withheld"): row.withheld}
    written = [f"{label} {value:,.2f}" for label, value in beside.items() if value]
    return " · ".join((f"{row.amount:,.2f}", *written))
