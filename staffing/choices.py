"""The closed vocabularies of staffing."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Sex(models.TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")


class Education(models.TextChoices):
    """The highest degree, lowest first: the order is the rank."""

    SECONDARY = "secondary", _("Senior secondary or below")
    COLLEGE = "college", _("Junior college")
    BACHELOR = "bachelor", _("Bachelor")
    MASTER = "master", _("Master or above")


class EndReason(models.TextChoices):
    """Why an assignment ended."""

    TRANSFER = "transfer", _("Transfer")
    RESIGNATION = "resignation", _("Resignation")
    DISMISSAL = "dismissal", _("Dismissal")
    REPLACED = "replaced", _("Replaced")
    BACKFILL_ENDED = "backfill_ended", _("Backfill ended")
    REDUCTION = "reduction", _("Reduction of the headcount")
    TERM_END = "term_end", _("End of the contract's term")


class LeaveKind(models.TextChoices):
    PERSONAL = "personal", _("Personal leave")
    SICK = "sick", _("Sick leave")
    MATERNITY = "maternity", _("Maternity leave")
    INJURY = "injury", _("Work injury leave")
    OTHER = "other", _("Other leave")


class AttendanceStatus(models.TextChoices):
    """What was reported for a person and a day."""

    ON_DUTY = "on_duty", _("On duty")
    REST = "rest", _("Rota rest day")
    LEAVE = "leave", _("On leave")
    SICK = "sick", _("Sick")
    ABSENT = "absent", _("Absent without leave")


class AttendanceRoute(models.TextChoices):
    """How a set of attendance came in."""

    API = "api", _("API")
    FILE = "file", pgettext_lazy("route", "File")
    ADMIN = "admin", _("Admin")
    SAMPLE = "sample", _("Sample data")


class GapCause(models.TextChoices):
    """What left a post empty; article 13.4 names most of them."""

    LEAVE = "leave", _("Leave")
    SICKNESS = "sickness", _("Sickness")
    ABSENCE = "absence", _("Absence without leave")
    TRANSFER = "transfer", _("Transfer")
    RESIGNATION = "resignation", _("Resignation")
    DISMISSAL = "dismissal", _("Dismissal")
    REPLACED = "replaced", _("Replaced")
    BACKFILL_ENDED = "backfill_ended", _("Backfill ended")
    OTHER = "other", _("Other departure")


class ProofKind(models.TextChoices):
    """What a document shows of a person who is newly hired."""

    DEGREE = "degree", _("Degree certificate")
    CLEAN_RECORD = "clean_record", _("Certificate of no criminal record")
    OFFICE_SOFTWARE = "office_software", _("Command of office software")
    CONDUCT = "conduct", _("Reference on conduct")


class ShiftKind(models.TextChoices):
    """What a shift is for: only duty at the hotline keeps it answered."""

    DUTY = "duty", _("Hotline duty")
    OFFICE = "office", _("Other work")


class MatterKind(models.TextChoices):
    """What article 20, and article 18 for injuries and damage, leave to the vendor."""

    WAGE_ARREARS = "wage_arrears", _("Wage arrears")
    DISPUTE = "dispute", _("Labour dispute")
    INJURY = "injury", _("Injury at work")
    DAMAGE = "damage", _("Damage to others")


class PayKind(models.TextChoices):
    """What the vendor proves to have paid; the office keeps no pay slips."""

    WAGES = "wages", _("Wages")
    OVERTIME = "overtime", _("Overtime and holiday pay")
