"""The on-post rates of a period against the contract's floor, as inline SVG.

One row for each month: a bar from the worst to the best case, a mark at the best, a dashed line at
the floor. The axis begins below the lowest figure and says so by its scale; bars that began
there would lie about proportions, marks do not.
"""

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import Any, NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from contract.choices import Outcome

WIDTH = 680
LEFT, RIGHT = 90, 505
ROW, TOP, BOTTOM = 24, 26, 22
FONT = "Noto Sans CJK SC, Noto Serif CJK SC, sans-serif"
LEAST_SPAN = 4
STEPS = (1, 2, 5, 10, 20)
TICKS_AT_MOST = 8

GOOD, BAD, OPEN = "#1b5e3a", "#a61b1b", "#8a6d00"
TONES = {Outcome.MET: GOOD, Outcome.EXCUSED: GOOD, Outcome.NOT_MET: BAD}


class Chart(NamedTuple):
    """The drawing, and whether its axis begins above zero."""

    svg: SafeString
    truncated: bool


BLOCKS = 16
"""Of a whole bar in text: as wide as its column of a page."""


def on_post_chart(on_post: Mapping[str, Any]) -> Chart:
    """The chart of the facts' on-post table; empty where nothing was evaluated."""
    rows = on_post["rows"]
    if not rows or on_post["floor"] is None:
        return Chart(SafeString(""), False)
    floor = Decimal(str(on_post["floor"]))
    low = _axis_start(floor, [_percent(row["worst"], row["required"]) for row in rows])

    def x(percent: Decimal) -> str:
        return f"{LEFT + (RIGHT - LEFT) * (percent - low) / (100 - low):.1f}"

    height = TOP + ROW * len(rows) + BOTTOM
    base = height - BOTTOM
    svg = format_html(
        '<svg class="rates" viewBox="0 0 {} {}" font-family="{}" font-size="11">{}{}{}</svg>',
        WIDTH,
        height,
        FONT,
        _grid(low, base, x),
        _rows(rows, x),
        format_html(
            '<line x1="{0}" x2="{0}" y1="{1}" y2="{2}" stroke="{3}" stroke-width="1.4" '
            'stroke-dasharray="5 3"/><text x="{0}" y="{4}" text-anchor="middle" fill="{3}">'
            "合同下限 {5}%</text>",
            x(floor),
            TOP - 6,
            base,
            BAD,
            TOP - 11,
            f"{floor.normalize():f}",
        ),
    )
    return Chart(svg, low > 0)


def bars(on_post: Mapping[str, Any]) -> tuple[Decimal, list[tuple[str, str, str]]]:
    """The same for a document that is edited: where the bars begin (percent), and by month its name, bar and rate.

    A bar is text of blocks, light where it is not proven. On the floor itself stands a line.
    """
    rows, floor = on_post["rows"], Decimal(str(on_post["floor"]))
    low = _axis_start(floor, [_percent(row["worst"], row["required"]) for row in rows])

    def place(percent: Decimal) -> int:
        return int((percent - low) * BLOCKS / (100 - low))

    found = []
    for row in rows:
        best, worst = (place(_percent(row[key], row["required"])) for key in ("best", "worst"))
        bar = list("█" * worst + "░" * (best - worst) + "　" * (BLOCKS - best))
        bar[min(place(floor), BLOCKS - 1)] = "┃"
        found.append((_label(row), "".join(bar).rstrip("　"), str(row["rate"])))
    return low, found


def _grid(low: Decimal, base: int, x: Any) -> SafeString:
    span = int(100 - low)
    step = next((step for step in STEPS if span / step <= TICKS_AT_MOST), STEPS[-1])
    ticks = [Decimal(value) for value in range(100, int(low) - 1, -step)]
    return format_html_join(
        "",
        '<line x1="{0}" x2="{0}" y1="{1}" y2="{2}" stroke="#cfcfcf" stroke-width="0.7"/>'
        '<text x="{0}" y="{3}" text-anchor="middle" fill="#555">{4}%</text>',
        ((x(tick), TOP - 6, base, base + 15, tick) for tick in ticks),
    )


def _rows(rows: list[Mapping[str, Any]], x: Any) -> SafeString:
    parts = []
    for number, row in enumerate(rows):
        middle = TOP + ROW * number + ROW // 2
        best, worst = (_percent(row[key], row["required"]) for key in ("best", "worst"))
        tone = TONES.get(Outcome(row["outcome"]), OPEN)
        parts.append(
            format_html(
                '<text x="{}" y="{}" text-anchor="end">{}</text>'
                '<line x1="{}" x2="{}" y1="{}" y2="{}" stroke="#ededed" stroke-width="0.7"/>'
                '<line x1="{}" x2="{}" y1="{}" y2="{}" stroke="{}" stroke-width="4" '
                'stroke-opacity="0.35"/>'
                '<circle cx="{}" cy="{}" r="4.5" fill="{}" stroke="{}" stroke-width="1.6"/>'
                '<text x="{}" y="{}" fill="{}">{}</text>',
                LEFT - 12,
                middle + 4,
                _label(row),
                LEFT,
                RIGHT,
                middle,
                middle,
                x(worst),
                x(best),
                middle,
                middle,
                tone,
                x(best),
                middle,
                tone if tone == GOOD else "#ffffff",
                tone,
                RIGHT + 14,
                middle + 4,
                tone,
                f"{row['rate']}（{row['outcome_label']}）",
            )
        )
    return SafeString("".join(parts))


def _label(row: Mapping[str, Any]) -> str:
    year, month, day = str(row["start"]).split("-")
    whole = str(row["end"])[:7] == f"{year}-{month}"
    return f"{year}年{int(month)}月" if whole else f"{year}年{int(month)}月{int(day)}日起"


def _percent(part: int, whole: int) -> Decimal:
    return Decimal(part) * 100 / Decimal(whole)


def _axis_start(floor: Decimal, worst: list[Decimal]) -> Decimal:
    """A whole percentage below every figure, with room enough for the floor to be seen."""
    lowest = min([*worst, floor, Decimal(100 - LEAST_SPAN)])
    return max(lowest.to_integral_value(ROUND_FLOOR) - 1, Decimal(0))
