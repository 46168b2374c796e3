"""What must be thought of in a case beside the finding itself: points of law, with a day where they have one.

Nothing here is a finding: no outcome, no alert. Days are nominal ones, so that nobody relies on a roll.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop as _

from contract.choices import Outcome, Side
from contract.findings import Message
from law.calendar import DEFAULT
from law.periods import Roll, deadline_after
from law.references import CIVIL_CODE_188, CIVIL_CODE_562, CIVIL_CODE_563, CIVIL_CODE_585, CIVIL_CODE_591, Reference

LIMITATION_YEARS = 3
AGREED_DAMAGES = frozenset({"contract.subcontracting"})
"""Checks of clauses that themselves set the damages."""


@dataclass(frozen=True)
class Consideration:
    """A point of law, and the day that it turns on, if any."""

    reference: Reference
    message: Message
    day: date | None = None


def considerations(
    check_id: str, outcome: str, owed_by: str, known_on: date, *, terminates: bool
) -> list[Consideration]:
    """The points of a case about a duty not met. `known_on` is the day on which the office knew of it,
    `terminates` whether the clause itself gives a right to terminate.

    Empty for every other outcome, and for the office's own duties: there the points are the vendor's.
    """
    if outcome != Outcome.NOT_MET or owed_by == Side.OFFICE:
        return []
    last = deadline_after(known_on, years=LIMITATION_YEARS, roll=Roll.NEVER, calendar=DEFAULT).nominal
    points = [
        Consideration(CIVIL_CODE_188, Message(LIMITATION, known=known_on, day=last), last),
        Consideration(CIVIL_CODE_591, Message(MITIGATION)),
    ]
    if check_id in AGREED_DAMAGES:
        points.append(Consideration(CIVIL_CODE_585, Message(ADJUSTMENT)))
    if terminates:
        points.append(Consideration(CIVIL_CODE_562, Message(AGREED)))
    else:
        points.append(Consideration(CIVIL_CODE_563, Message(DEMAND)))
    return points


LIMITATION = _(
    "Claims for this are raised within three years after the office knew (first found on %(known)s): by %(day)s, "
    "unless the time was interrupted by a demand, an acknowledgement or proceedings."
)
MITIGATION = _(
    "The office takes suitable measures to keep the loss from growing, and keeps what they cost; for a loss that grew "
    "without them nothing can be claimed."
)
ADJUSTMENT = _(
    "Agreed damages are raised on request where they lie below the loss, and lowered where they lie far above it: keep "
    "what shows the actual loss."
)
AGREED = _("This clause gives a right to terminate by itself: no demand with a further time is needed first.")
DEMAND = _(
    "This clause gives no right to terminate. By law there is one where a main duty stays undone within a reasonable "
    "time after a demand: a demand comes first, with its time and the proof of its arrival."
)
