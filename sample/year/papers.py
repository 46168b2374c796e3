"""What is on file of people: undertakings, hiring, training, trial, employment (13.1, 13.2, 14).

Hiring conditions and training bind people who were hired during the contract.
"""

from sample.year.events import Assessed, Employed, Papers, day

# HT050: the undertaking is signed on the last day before, the trial begins on the day on which a
# month of training is over.
IN_TIME_BY_A_DAY = Papers(signed=day(3, 25), trained_from=day(2, 26))

# HT052: the trial begins a day before the month of training is over.
TRAINED_A_DAY_SHORT = Papers(trained_from=day(4, 17))

# HT048: trained for three days, long before the trial: that was no month of training.
TRAINED_THREE_DAYS = Papers(trained_from=day(11, 3), trained_until=day(11, 5))

# HT055: 35 at hire, which is allowed; the undertaking is signed on the first day, which is late.
AGE_35_SIGNED_LATE = Papers(signed=day(7, 18), age=35)

# HT056: no undertaking, and no proof of the command of office software.
INCOMPLETE = Papers(signed=None, missing=("office_software",))

# HT057: 36 at hire.
TOO_OLD = Papers(age=36)

# Of the first 45: HT021 signs a week after the first day. Two labour contracts run out; that of
# HT011 is followed by another one, that of HT010 is not.
OF_THE_FIRST = {
    21: Papers(signed=day(10, 8)),
    10: Papers(employed_until=day(8, 31)),
    11: Papers(employed_until=day(6, 30)),
}
RENEWED = (Employed(day(7, 1), 11, until=day(9, 30).replace(year=2027)),)

# HT054 fails twice in a row on 07-07 and leaves the post within three days; HT051 fails twice and
# stays; HT053 fails twice, but not in a row.
TRIALS = (
    Assessed(day(6, 30), 54, passed=False),
    Assessed(day(7, 7), 54, passed=False),
    Assessed(day(6, 9), 51, passed=False),
    Assessed(day(6, 23), 51, passed=False),
    Assessed(day(6, 13), 53, passed=False),
    Assessed(day(6, 20), 53, passed=True),
    Assessed(day(6, 27), 53, passed=False),
)

EVENTS = (*RENEWED, *TRIALS)
