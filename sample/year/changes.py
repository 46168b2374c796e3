"""Transfers (article 13.4: not without the office's consent); each post is filled the next day."""

from sample.year.events import Joins, Leaves, day

WITHOUT_CONSENT = (
    Leaves(day(5, 20), 42, day(5, 20), "transfer"),
    Joins(day(5, 21), 52, "SL", fills=42),
)

WITH_CONSENT = (
    Leaves(
        day(8, 5), 29, day(8, 12), "transfer", consent=("热线办函〔2025〕12号（示例）", day(8, 5))
    ),
    Joins(day(8, 13), 55, "SL", fills=29, signed=None),
)

EVENTS = (*WITHOUT_CONSENT, *WITH_CONSENT)
