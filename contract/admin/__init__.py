"""What office staff see of the core in the browser."""

from contract.admin import (
    agreement,
    alerts,
    calendar,
    changes,
    duties,
    duties_changes,
    evaluation,
    letters,
    notices,
    outbox,
    people,
)

__all__ = [
    "agreement",
    "alerts",
    "calendar",
    "changes",
    "duties",
    "duties_changes",
    "evaluation",
    "letters",
    "notices",
    "outbox",
    "people",
]
