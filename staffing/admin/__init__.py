"""What office staff see of people and attendance in the browser."""

from staffing.admin import attendance, gaps, people, posting, qualification

__all__ = ["attendance", "gaps", "people", "posting", "qualification"]
