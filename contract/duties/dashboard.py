"""What the duties add to the board: readings that stand in records of their own, not among the policies."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext

from contract.board import KeptReading, register_reading
from contract.duties.models import AssessmentScheme, ReportSchedule
from contract.models import Contract


@register_reading
def pass_mark(contract: Contract, today: date) -> Iterator[KeptReading]:
    """The pass mark of the newest scheme, until both sides have confirmed it."""
    scheme = AssessmentScheme.objects.filter(contract=contract).order_by("-pk").first()
    if scheme and scheme.office_confirmed_on and scheme.vendor_confirmed_on:
        return
    value = f"{scheme.pass_mark}（{scheme.title}）" if scheme else gettext("not set yet")
    yield KeptReading("contract.renewal_assessment", gettext("Pass mark of the assessment"), value)


@register_reading
def cadence(contract: Contract, today: date) -> Iterator[KeptReading]:
    """Which report is due how often: set by the office, and nowhere confirmed by both."""
    rows = [
        gettext("%(title)s: %(cadence)s, within %(days)d days")
        % {"title": row.title, "cadence": row.get_cadence_display(), "days": row.due_days}
        for row in ReportSchedule.objects.filter(contract=contract).order_by("pk")
        if row.ends_on is None or row.ends_on >= today
    ]
    value = "；".join(rows) or gettext("not set yet")
    yield KeptReading("contract.service_report", gettext("Which report is due how often"), value)
