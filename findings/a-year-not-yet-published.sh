#!/bin/sh
# Version: holidays 0.109, chinesecalendar 1.11.0
# Date: 2026-11-28
# Input: the days off of 2026, whose notice of the State Council is in both packages, and of 2027, whose notice is in
#        neither
# Expected: of a year without a notice both say that they do not know it
# Seen: chinesecalendar raises NotImplementedError; holidays answers for 2027 as for any year, with 19 days off
#       reckoned from the regulation, not one working weekend, and nothing that tells them from published ones
# Why: 2026 has six working weekends: a term reckoned in working days over a spring festival not yet published is wrong
#      in silence; a calendar has to know by itself which years are published
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q holidays==0.109 chinesecalendar==1.11.0 2>/dev/null
cd "$work"
"$work/env/bin/python" -W error - <<'END'
import sys
from datetime import date, timedelta

import chinese_calendar
import holidays


def by_holidays(year: int) -> tuple[int, int]:
    """The days off, and the weekends that are worked."""
    known = holidays.CN(years=year)
    days = (date(year, 1, 1) + timedelta(days=number) for number in range(365))
    return len(known), sum(day.weekday() >= 5 and known.is_working_day(day) for day in days)


def known_to_chinese_calendar(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 2, 8))
    except NotImplementedError:
        return False
    return True


seen = {year: (*by_holidays(year), known_to_chinese_calendar(year)) for year in (2026, 2027)}
for year, (off, worked, known) in seen.items():
    print(f"{year}: holidays {off} days off, {worked} working weekends; chinesecalendar knows the year: {known}")
sys.exit(0 if seen == {2026: (22, 6, True), 2027: (19, 0, False)} else 1)
END
