"""Posts that stand empty (article 13.4: made good within 15 days), on both sides of each edge."""

from sample.year import papers
from sample.year.events import Away, Joins, Leaves, day

# A departure made good in a week: the headcount is short meanwhile, and covered by the 15 days.
HEADCOUNT_COVERED = (
    Leaves(day(10, 8), 34, day(10, 10), "resignation", notice=day(10, 8)),
    Joins(day(10, 18), 47, "SL", fills=34),
)

# A day late: event 12-02, last day 12-17, the backfill comes on 12-18. The person never comes
# back: the absence runs into a resignation and stays one gap.
ONE_DAY_LATE = (
    Away(25, day(12, 2), day(2, 28), "sick"),
    Joins(day(12, 18), 48, "SL", fills=25, papers=papers.TRAINED_THREE_DAYS),
    Leaves(day(2, 21), 25, day(2, 28), "resignation", notice=day(2, 21)),
)

# Spring Festival 2025: event 01-13, nominal last day 01-28, legal last day 02-05 (the holiday runs
# from 01-28 to 02-04). The backfill comes on it and leaves when the person is back.
SPRING_FESTIVAL = (
    Away(28, day(1, 13), day(7, 19), "maternity"),
    Joins(day(2, 5), 49, "SL", fills=28),
    Leaves(day(7, 19), 49, day(7, 19), "backfill_ended"),
)

# The letter of resignation came on 02-10, the last day in post was 03-11: the 15 days run from
# there, to 03-26. Counted from the letter, the backfill would have been a month late.
RESIGNATION_NOT_NOTICE = (
    Leaves(day(2, 10), 31, day(3, 11), "resignation", notice=day(2, 10)),
    Joins(day(3, 26), 50, "SL", fills=31, papers=papers.IN_TIME_BY_A_DAY),
)

# Labour Day 2025: last day in post 04-16, nominal last day 05-01, legal last day 05-06.
LABOUR_DAY = (Leaves(day(4, 1), 26, day(4, 16), "resignation", notice=day(3, 17)), Joins(day(5, 6), 51, "SL", fills=26))

# Two away at once are two gaps; one backfill closes one of them. The other stays open until the
# person is back on 06-22, two days after its last day.
TWO_AT_ONCE = (
    Away(16, day(6, 3), day(7, 9), "sick"),
    Away(19, day(6, 5), day(6, 21)),
    Joins(day(6, 12), 54, "SL", fills=16),
    Leaves(day(7, 9), 54, day(7, 9), "backfill_ended"),
)

# Dismissed with last day 08-01: nominal last day Saturday 08-16, legal last day Monday 08-18. The
# backfill comes on 08-20: of the 18 empty days the last is covered by nothing.
HEADCOUNT_UNCOVERED = (
    Leaves(day(8, 1), 32, day(8, 1), "dismissal"),
    Joins(day(8, 20), 57, "SL", fills=32, papers=papers.TOO_OLD),
)

# On 2025-09-30 three posts stand empty: one is overdue since 09-23, one has its last day on 09-30
# itself (and nothing was handed over), one runs until 10-09, over National Day 2025.
SEPTEMBER = (
    Away(39, day(9, 8), day(9, 30), "sick"),
    Leaves(day(9, 1), 17, day(9, 15), "resignation", notice=day(8, 15), handed_over=None),
    Away(43, day(9, 22), day(9, 30), "maternity"),
)

EVENTS = (
    *HEADCOUNT_COVERED,
    *ONE_DAY_LATE,
    *SPRING_FESTIVAL,
    *RESIGNATION_NOT_NOTICE,
    *LABOUR_DAY,
    *TWO_AT_ONCE,
    *HEADCOUNT_UNCOVERED,
    *SEPTEMBER,
)
