"""Taking over the State Council's holiday notice into the office's own calendar."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract import records
from contract.models import CalendarDay, CalendarYear
from law.schedule import Schedule


@transaction.atomic
def take_over(schedule: Schedule) -> CalendarYear:
    """Write every day that a complete notice names, and its year as published.

    Days that stand already are corrected to what the notice says; days of the table that it does not
    name stay. ValidationError for a notice with problems: nothing is written.
    """
    if schedule.year is None or schedule.problems:
        raise ValidationError(_("The notice was not read without fault; nothing was written."))
    known = {row.day: row for row in CalendarDay.objects.filter(day__in=[one.day for one in schedule.days])}
    for one in schedule.days:
        row = known.get(one.day) or CalendarDay(day=one.day)
        values = {"name": one.name, "is_rest_day": one.is_rest_day, "is_statutory": one.is_statutory}
        records.enter_or_correct(row, values)
    year = CalendarYear.objects.filter(year=schedule.year).first() or CalendarYear(year=schedule.year)
    records.enter_or_correct(year, {"source": schedule.number})
    return CalendarYear.objects.get(year=schedule.year)
