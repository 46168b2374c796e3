#!/bin/sh
# Version: ics 0.7.3, icalendar 7.3.2
# Date: 2026-11-28
# Input: a deadline on 1 September 2025, given as midnight in Asia/Shanghai, as an event of a whole day
# Expected: DTSTART;VALUE=DATE:20250901
# Seen: ics writes 20250831: it takes the day in UTC. icalendar, given the date of the same instant, is right
# Why: a whole day has no zone in RFC 5545; a reminder of the last day to pay appears the day before in every
#      country east of Greenwich, and no test in UTC shows it
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q ics==0.7.3 icalendar==7.3.2 tzdata 2>/dev/null
cd "$work"
"$work/env/bin/python" - <<'END'
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import icalendar
import ics

midnight = datetime(2025, 9, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
event = ics.Event(name="付款期限", begin=midnight)
event.make_all_day()
by_ics = next(line for line in ics.Calendar(events=[event]).serialize().splitlines() if line.startswith("DTSTART"))
other = icalendar.Event()
other.add("dtstart", midnight.date())
by_icalendar = next(line for line in other.to_ical().decode().splitlines() if line.startswith("DTSTART"))
print(by_ics, by_icalendar)
sys.exit(0 if (by_ics, by_icalendar) == ("DTSTART;VALUE=DATE:20250831", "DTSTART;VALUE=DATE:20250901") else 1)
END
