"""Transfers and moves (article 13.4: not without the office's consent)."""

from sample.year import papers
from sample.year.events import Joins, Leaves, Moves, day

# The handover was due on 05-23 (article 14).
WITHOUT_CONSENT = (
    Leaves(day(5, 20), 42, day(5, 20), "transfer", handed_over=day(5, 26)),
    Joins(day(5, 21), 53, "SL", fills=42),
)

WITH_CONSENT = (
    Leaves(day(8, 5), 29, day(8, 12), "transfer", consent=("热线办函〔2025〕12号（示例）", day(8, 5))),
    Joins(day(8, 13), 56, "SL", fills=29, papers=papers.INCOMPLETE),
)

# Two people exchange their posts after 03-31. For one the consent is dated that day, for the other
# a day later.
CONSENT_ON_THE_DAY = (Moves(day(4, 1), 14, "GD", consent=("热线办函〔2025〕6号（示例）", day(3, 31))),)
CONSENT_A_DAY_LATE = (Moves(day(4, 1), 7, "ZJ", consent=("热线办函〔2025〕7号（示例）", day(4, 1))),)

EVENTS = (*WITHOUT_CONSENT, *WITH_CONSENT, *CONSENT_ON_THE_DAY, *CONSENT_A_DAY_LATE)
