"""Small charts as inline SVG: bars with a mark, what is left day by day, spans on a time line.

No script, no request. Every figure stands in writing too: nothing rests on colour alone, and each chart has a
title that a screen reader says. Bars begin at zero.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT = 720, 190
LEFT, RIGHT, TOP, BASE = 38, 8, 26, 160


@dataclass(frozen=True)
class Bar:
    """`value` from zero up; `mark`: what is allowed of it; `text` stands above, `label` below; `url`: its evidence."""

    label: str
    value: int
    text: str
    tone: str = "calm"
    mark: int | None = None
    url: str = ""
    title: str = ""


def bar_chart(title: str, bars: Sequence[Bar]) -> SafeString:
    """Upright bars; a short line across each shows its mark. Empty without bars."""
    if not bars:
        return SafeString("")
    highest = max(max(bar.value, bar.mark or 0) for bar in bars) or 1
    step = (WIDTH - LEFT - RIGHT) / len(bars)

    def y(value: int) -> float:
        return BASE - (BASE - TOP) * value / highest

    drawn = [_bar(bar, LEFT + step * place, step, y) for place, bar in enumerate(bars)]
    axis = format_html('<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>', LEFT, WIDTH - RIGHT, BASE, BASE)
    return _svg(title, HEIGHT, [axis, *drawn])


def _bar(bar: Bar, x: float, step: float, y: Callable[[int], float]) -> SafeString:
    middle, width = x + step / 2, step * 0.62
    mark = ""
    if bar.mark is not None:
        mark = format_html(
            '<line class="mark" x1="{}" x2="{}" y1="{}" y2="{}"/>', _n(x + 2), _n(x + step - 2), *[_n(y(bar.mark))] * 2
        )
    body = format_html(
        '<rect class="t-{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>{}'
        '<text x="{}" y="{}">{}</text><text class="quiet" x="{}" y="{}">{}</text>',
        bar.tone,
        _n(middle - width / 2),
        _n(y(bar.value)),
        _n(width),
        _n(BASE - y(bar.value)),
        bar.title or f"{bar.label} {bar.text}",
        mark,
        _n(middle),
        _n(min(y(bar.value), y(bar.mark or 0)) - 5),
        bar.text,
        _n(middle),
        BASE + 16,
        bar.label,
    )
    return format_html('<a href="{}">{}</a>', bar.url, body) if bar.url else body


def step_chart(title: str, have: Sequence[int], need: Sequence[int], titles: Sequence[str]) -> SafeString:
    """Two levels step by step: what there is as an area, what is needed as a line, what is lacking filled in.

    Both have a number for each part of a day, from midnight on. Every step says its own title.
    """
    highest = max(*have, *need, 1)
    step = (WIDTH - LEFT - RIGHT) / len(have)

    def y(value: int) -> float:
        return BASE - (BASE - TOP) * value / highest

    parts, line = [], []
    for place, (has, needs, told) in enumerate(zip(have, need, titles, strict=True)):
        x = LEFT + step * place
        for tone, low, high in (("calm", 0, has), ("bad", has, max(has, needs))):
            if high > low:
                parts.append(
                    format_html(
                        '<rect class="t-{}" x="{}" y="{}" width="{}" height="{}"/>',
                        *(tone, _n(x), _n(y(high)), _n(step + 0.2), _n(y(low) - y(high))),
                    )
                )
        line += [f"{_n(x)},{_n(y(needs))}", f"{_n(x + step)},{_n(y(needs))}"]
        size = _n(x), TOP, _n(step), BASE - TOP
        parts.append(
            format_html(
                '<rect fill="transparent" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>', *size, told
            )
        )
    parts.append(format_html('<polyline class="need" points="{}"/>', " ".join(line)))
    for value in sorted({0, highest, highest // 2}):
        parts.append(format_html('<text class="quiet end" x="{}" y="{}">{}</text>', LEFT - 6, _n(y(value) + 4), value))
    for hours in range(0, 25, 4):
        x = LEFT + (WIDTH - LEFT - RIGHT) * hours / 24
        parts.append(format_html('<text class="quiet" x="{}" y="{}">{}</text>', _n(x), BASE + 18, hours))
    return _svg(title, HEIGHT, parts)


def burn_chart(title: str, days: Sequence[date], left: Sequence[int], budget: int, until: date | None) -> SafeString:
    """What is left of a budget at the end of each day that has passed, and on which day it is used up at this pace."""
    if not left or not days:
        return SafeString("")
    low = min(0, *left)
    scale = max(budget, 1) - low

    def point(place: float, value: float) -> str:
        x = LEFT + (WIDTH - LEFT - RIGHT) * place / len(days)
        return f"{_n(x)},{_n(BASE - (BASE - TOP) * (value - low) / scale)}"

    line = " ".join([point(0, budget), *(point(n + 1, value) for n, value in enumerate(left))])
    parts = [
        format_html(
            '<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>',
            LEFT,
            WIDTH - RIGHT,
            *[point(0, 0).split(",")[1]] * 2,
        ),
        format_html('<polyline class="pace even" points="{} {}"/>', point(0, budget), point(len(days), 0)),
        format_html('<polyline class="left t-{}" points="{}"/>', "bad" if left[-1] < 0 else "calm", line),
    ]
    if until is not None:
        here, there = point(len(left), left[-1]), point((until - days[0]).days + 1, 0)
        parts.append(format_html('<polyline class="pace" points="{} {}"/>', here, there))
    for value in sorted({budget, 0, left[-1]}):
        at = point(0, value).split(",")[1]
        parts.append(format_html('<text class="quiet end" x="{}" y="{}">{}</text>', LEFT - 6, float(at) + 4, value))
    for place, day in enumerate(days):
        if day.day in (1, 8, 15, 22, 29):
            x = point(place + 0.5, 0).split(",")[0]
            parts.append(
                format_html('<text class="quiet" x="{}" y="{}">{}-{}</text>', x, BASE + 22, day.month, day.day)
            )
    return _svg(title, HEIGHT, parts)


@dataclass(frozen=True)
class Stretch:
    """A line of the time line: days from first to last (None: still going on), the last day of its limit."""

    name: str
    text: str
    first: date
    last: date | None
    tone: str = "calm"
    due_on: date | None = None
    url: str = ""


ROW = 26
NAMES = 170
MONTHS_NAMED = 9
"""On a time line: more names would run into each other."""
_WEEK = timedelta(days=7)


def time_line(title: str, rows: Sequence[Stretch], first: date, last: date, today: date) -> SafeString:
    """Spans one below the other between two days, with today, the months and each limit. Empty without rows."""
    if not rows:
        return SafeString("")
    height = TOP + ROW * len(rows) + 10

    def x(day: date) -> float:
        share = ((min(max(day, first), last) - first).days) / max((last - first).days, 1)
        return NAMES + (WIDTH - NAMES - RIGHT) * share

    parts = [_months(first, last, x, height)]
    if first <= today <= last:
        parts.append(
            format_html('<line class="now" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>', _n(x(today)), TOP - 6, height)
        )
    for place, row in enumerate(rows):
        y = TOP + ROW * place
        end = x(row.last or today) if (row.last or today) >= row.first else x(row.first)
        limit = ""
        if row.due_on is not None and first <= row.due_on <= last:
            limit = format_html(
                '<path class="limit" d="M{0} {1}v{2}"><title>{3}</title></path>',
                _n(x(row.due_on)),
                y,
                ROW - 6,
                row.due_on,
            )
        body = format_html(
            '<text class="start" x="0" y="{}">{}</text><rect class="t-{}" x="{}" y="{}" width="{}" height="{}" rx="2">'
            "<title>{}</title></rect>{}",
            y + 13,
            row.name,
            row.tone,
            _n(x(row.first)),
            y + 2,
            _n(max(end - x(row.first), 3)),
            ROW - 10,
            f"{row.name} {row.text} {row.first} – {row.last or ''}",
            limit,
        )
        parts.append(format_html('<a href="{}">{}</a>', row.url, body) if row.url else body)
    return _svg(title, height, parts)


def _months(first: date, last: date, x: Callable[[date], float], height: int) -> SafeString:
    marks = []
    day = first.replace(day=1)
    every = -(-((last - first).days // 30) // MONTHS_NAMED) or 1
    count = 0
    while day <= last:
        if day >= first and count % every == 0 and x(day) < WIDTH - RIGHT - 30:  # its name fits beside it
            marks.append((_n(x(day)), TOP - 6, height, TOP - 10, f"{day:%y-%m}"))
        count += 1
        day = (day.replace(day=28) + _WEEK).replace(day=1)
    return format_html_join(
        "",
        '<line class="grid" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/><text class="quiet start" x="{0}" y="{3}">{4}</text>',
        marks,
    )


def _svg(title: str, height: float, parts: Iterable[str]) -> SafeString:
    return format_html(
        '<div class="o-scroll" tabindex="0">'
        '<svg class="o-plot" role="group" aria-label="{}" viewBox="0 0 {} {}">{}</svg></div>',
        title,
        WIDTH,
        height,
        mark_safe("".join(parts)),
    )


def _n(value: float) -> str:
    return f"{value:.1f}"
