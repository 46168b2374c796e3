"""The sample year, 2024-10-01 to 2025-09-30, as data.

A file a subject, each with its `EVENTS`. To plant more, add entries or a file (and name it below),
and say in `docs/sample-year.md` what must come of it. `sample.recording` enters them.
"""

from sample.year import (
    absences,
    agreements,
    changes,
    claims,
    employer,
    gaps,
    oversight,
    papers,
    payments,
    replacements,
    reports,
    requests,
    reviews,
    secrecy,
    service,
    team,
)
from sample.year.events import Event


def _in_order(*parts: tuple[Event, ...]) -> tuple[Event, ...]:
    """By day; of one day, in the order given."""
    return tuple(sorted((event for part in parts for event in part), key=lambda event: event.on))


# Entered by the month, ahead of its nights: the checks look at no day later than their own.
PEOPLE = _in_order(
    team.EVENTS,
    absences.EVENTS,
    gaps.EVENTS,
    replacements.EVENTS,
    changes.EVENTS,
    papers.EVENTS,
    reports.EVENTS,
    requests.EVENTS,
    agreements.EVENTS,
    oversight.EVENTS,
    secrecy.EVENTS,
    employer.EVENTS,
    service.EVENTS,
)
# Entered on their days.
OFFICE = _in_order(payments.EVENTS)
# Decisions upon what the nights found.
DECISIONS = _in_order(reviews.EVENTS, claims.EVENTS)
