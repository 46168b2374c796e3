"""Reports delivered and remarks answered as lists: all of a list or nothing."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract import records
from contract.choices import PartySide
from contract.duties.models import Inspection, InspectionRemark, ReportSchedule, ServiceReport
from contract.duties.services.service import answer_remark, save_report
from contract.models import Contract
from contract.models.refusals import ahead, refuse
from kit.workbooks.taking_in import ListResult, Taken, take_in

Row = Mapping[str, Any]

REPORT_TEXTS = ("title", "document", "summary")
REMARK_FIELDS = ("text", "due_on", "answer", "answered_on", "checked_on", "is_settled", "check_note")


def deliver_reports(*, contract: Contract, rows: Sequence[Row], side: PartySide, today: date) -> ListResult:
    """Deliver the reports of a list (schedule by its title, first day of the period, texts).

    What says the same as an earlier delivery is that delivery. The vendor delivers on the day on
    which the list arrives; the office may enter the day on which a report came on paper. Raises
    RowErrors with every fault of every row; then nothing is written.
    """
    with transaction.atomic():
        records.lock_contract(contract.pk)
        schedules = {row.title: row for row in ReportSchedule.objects.filter(contract=contract)}
        delivered: dict[tuple[int, date], list[ServiceReport]] = {}
        for report in ServiceReport.objects.filter(contract=contract).order_by("pk"):
            delivered.setdefault((report.schedule_id, report.period_start), []).append(report)

        def write(row: Row) -> Taken:
            schedule = schedules.get(row["schedule"])
            if schedule is None:
                raise ValidationError({"schedule": _("The contract asks for no report of this name.")})
            earlier = delivered.get((schedule.pk, row["period_start"]), [])
            if any(_says_the_same(report, row) for report in earlier):
                return Taken.UNCHANGED
            if earlier and earlier[-1].returned_on is None:
                raise ValidationError(
                    {
                        "title": _(
                            "Delivered on %(day)s with another content. It is delivered again only "
                            "after the office has returned it."
                        )
                        % {"day": earlier[-1].delivered_on}
                    }
                )
            save_report(
                report=ServiceReport(
                    contract=contract,
                    schedule=schedule,
                    period_start=row["period_start"],
                    delivered_on=_day_of_delivery(row, side, today),
                    **{name: row.get(name, "") for name in REPORT_TEXTS},
                )
            )
            return Taken.CREATED

        return take_in(rows, write)


def answer_remarks(*, contract: Contract, rows: Sequence[Row], today: date) -> ListResult:
    """The vendor answers remarks of a list; an answer that stands already is left as it is."""
    with transaction.atomic():
        records.lock_contract(contract.pk)
        known = _remarks(contract)

        def write(row: Row) -> Taken:
            remark = known.get((row["inspection"], row["number"]))
            if remark is None:
                raise ValidationError({"number": _("There is no such remark.")})
            answer = row.get("answer", "").strip()
            if answer == remark.answer:
                return Taken.UNCHANGED
            answer_remark(remark=remark, answer=answer, on=today)
            return Taken.CHANGED

        return take_in(rows, write)


def take_in_remarks(*, contract: Contract, rows: Sequence[Row], today: date) -> ListResult:
    """The office's list: new remarks, answers as they came on paper, second looks."""
    with transaction.atomic():
        records.lock_contract(contract.pk)
        inspections = {row.pk: row for row in Inspection.objects.filter(contract=contract)}
        known = _remarks(contract)

        def write(row: Row) -> Taken:
            inspection = inspections.get(row["inspection"])
            if inspection is None:
                raise ValidationError({"inspection": _("There is no such inspection.")})
            remark = known.get((inspection.pk, row["number"])) or InspectionRemark(
                inspection=inspection, number=row["number"]
            )
            entered = {name: row[name] for name in REMARK_FIELDS if name in row}
            if remark._state.adding or any(getattr(remark, name) != value for name, value in entered.items()):
                refuse(ahead({name: entered.get(name) for name in ("answered_on", "checked_on")}, today))
            return records.enter_or_correct(remark, entered)

        return take_in(rows, write)


def _remarks(contract: Contract) -> dict[tuple[int, int], InspectionRemark]:
    rows = InspectionRemark.objects.filter(inspection__contract=contract)
    return {(row.inspection_id, row.number): row for row in rows.select_related("inspection__contract")}


def _says_the_same(report: ServiceReport, row: Row) -> bool:
    day = row.get("delivered_on", report.delivered_on)
    texts = all(getattr(report, name) == row.get(name, "") for name in REPORT_TEXTS)
    return texts and day == report.delivered_on


def _day_of_delivery(row: Row, side: PartySide, today: date) -> date:
    day: date = row.get("delivered_on", today)
    if side == PartySide.VENDOR and day != today:
        raise ValidationError(
            {"delivered_on": _("A report is delivered on the day on which this list arrives. Leave the cell empty.")}
        )
    refuse(ahead({"delivered_on": day}, today))
    return day
