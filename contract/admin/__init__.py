"""What office staff see of the core in the browser."""

from contract.admin import agreement, alerts, calendar, evaluation, people

__all__ = ["agreement", "alerts", "calendar", "evaluation", "people"]
