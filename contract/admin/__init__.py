"""What office staff see of the core in the browser."""

from contract.admin import agreement, calendar, evaluation, opening, people
from contract.admin.cases import alerts, excuses

__all__ = ["agreement", "alerts", "calendar", "evaluation", "excuses", "opening", "people"]
