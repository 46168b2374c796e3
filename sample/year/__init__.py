"""The sample year, 2024-10-01 to 2025-09-30, as data.

A file a subject, each with its `EVENTS`. To plant more, add entries or a file (and name it below),
and say in `docs/sample-year.md` what must come of it.
"""

from sample.year import absences, changes, gaps, payments, replacements, reports, team
from sample.year.events import Event

EVENTS: tuple[Event, ...] = tuple(
    sorted(
        (
            *team.EVENTS,
            *absences.EVENTS,
            *gaps.EVENTS,
            *replacements.EVENTS,
            *changes.EVENTS,
            *reports.EVENTS,
            *payments.EVENTS,
        ),
        key=lambda event: event.on,  # of one day: in the order above
    )
)
