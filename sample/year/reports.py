"""Days for which nothing, or something unexpected, was reported."""

from sample.year.events import Reports, day

# Three people of 03-20: the month is met even if all three had been away.
DOES_NOT_MATTER = (Reports(day(3, 20), day(3, 20), None, (16, 17, 18)),)

# The whole of 07-26: the best case of the month is above the floor, the worst below it.
DECIDES_THE_MONTH = (Reports(day(7, 26), day(7, 26), None),)

# The same day decides about one gap: sick without a leave on record from 07-11 (last day 07-28),
# nothing known of 07-26, still sick until 07-29. Back in between, or away for 19 days?
DECIDES_A_GAP = (Reports(day(7, 11), day(7, 25), "sick", (24,)), Reports(day(7, 27), day(7, 29), "sick", (24,)))

EVENTS = (*DOES_NOT_MATTER, *DECIDES_THE_MONTH, *DECIDES_A_GAP)
