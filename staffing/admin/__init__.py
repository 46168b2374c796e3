"""What office staff see of people and attendance in the browser."""

from staffing.admin import attendance, gaps, labour, people, posting, qualification, rota, why

__all__ = ["attendance", "gaps", "labour", "people", "posting", "qualification", "rota", "why"]
