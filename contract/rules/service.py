"""Whether service is owed on a day. Pure.

On weekdays "without holidays" a day off of the State Council's calendar is not owed, and a make-up working weekend
is not owed either, unless its weekday is named; "working days" follow that calendar alone. Of a year whose
calendar nobody has published the weekdays are read: such a day lies ahead, and its rate is not yet judged.
"""

from datetime import date

from law.calendar import ONE_DAY, Calendar, CalendarNotPublished

LAST_WEEKDAY = {"monday_to_friday": 4, "monday_to_saturday": 5}


def is_service_day(kind: str, day: date, calendar: Calendar) -> bool:
    """Whether a day is one of those on which the contract asks for service."""
    if kind == "every_day":
        return True
    if kind == "working_days":
        return _works(day, calendar)
    named = day.weekday() <= LAST_WEEKDAY[kind.removesuffix("_no_holidays")]
    if not named or not kind.endswith("_no_holidays"):
        return named
    return _works(day, calendar) or (day.weekday() > LAST_WEEKDAY["monday_to_friday"] and not _holiday(day, calendar))


def _works(day: date, calendar: Calendar) -> bool:
    try:
        return not calendar.is_rest_day(day)
    except CalendarNotPublished:
        return day.weekday() <= LAST_WEEKDAY["monday_to_friday"]


def _holiday(day: date, calendar: Calendar) -> bool:
    """Whether a Saturday belongs to the days off of a holiday: it is one itself, or its Friday is off."""
    try:
        return calendar.is_statutory_holiday(day) or calendar.is_rest_day(day - ONE_DAY)
    except CalendarNotPublished:
        return False
