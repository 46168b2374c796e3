#!/bin/sh
# Version: holidays 0.109, chinesecalendar 1.11.0
# Date: 2026-11-28
# Input: Wednesday 6 October 2027, for which neither package has the State Council's schedule
# Expected: an error, or at least nothing: what is not published is not known
# Seen: holidays answers that it is a working day, and fills the year with guessed days "(observed)" such as
#       Monday 4 October; chinesecalendar raises NotImplementedError
# Why: the days from 1 to 7 October have been off every year since 2000. A term counted in working days over a
#      year without a schedule ends too early, and nothing tells that the year was guessed
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q holidays==0.109 chinesecalendar==1.11.0 2>/dev/null
cd "$work"
"$work/env/bin/python" - <<'END'
import sys
from datetime import date

import chinese_calendar
import holidays

china = holidays.CN(language="en_US")
days = [date(2026, 10, 6), date(2027, 10, 6)]
by_holidays = [china.is_working_day(day) for day in days]
guessed = china.get(date(2027, 10, 4))
try:
    by_chinesecalendar = chinese_calendar.is_workday(days[1])
except NotImplementedError:
    by_chinesecalendar = "NotImplementedError"
print(by_holidays, guessed, by_chinesecalendar)
sys.exit(0 if (by_holidays, guessed, by_chinesecalendar) == ([False, True], "National Day (observed)", "NotImplementedError") else 1)
END
