"""Attendance of a contract: a month in one request, as JSON or as a workbook."""

import re
from datetime import date
from typing import Any

import django_filters
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contract.api.base import MAX_ID, IdFilter, StrictSerializer
from contract.models import Contract
from kit import clock
from kit.api.reading import ReadingMixin
from kit.api.rows import RowsField
from kit.api.trial import VALIDATE, tried
from staffing.api.base import DayFilter, NumberFilter, month_span
from staffing.api.months import MonthViewSet, of_a_month
from staffing.choices import AttendanceStatus
from staffing.models import Attendance
from staffing.selectors import over_leave
from staffing.services import attendance
from staffing.services.attendance import ROWS_AT_MOST, AttendanceResult, AttendanceRow
from staffing.workbooks import attendance as workbook

STATUSES = frozenset(AttendanceStatus.values)
_ISO_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
WRITE = ("staffing.add_attendance", "staffing.change_attendance")


class AttendanceSerializer(ReadingMixin, serializers.ModelSerializer):
    over_leave = serializers.BooleanField(
        read_only=True, help_text="“On duty” was reported on a day of a recorded leave."
    )
    employee_number = serializers.CharField(source="operator.employee_number", read_only=True)
    operator_name = serializers.CharField(source="operator.name", read_only=True)

    class Meta:
        model = Attendance
        fields = ["day", "operator", "employee_number", "operator_name", "status", "over_leave"]
        read_only_fields = fields


class AttendanceRowSerializer(StrictSerializer):
    """One person and day; the person by `operator` or by `employee_number`."""

    operator = serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False)
    employee_number = serializers.CharField(max_length=20, required=False)
    day = serializers.DateField()
    status = serializers.ChoiceField(choices=AttendanceStatus.choices)

    def quickly(self, row: Any) -> dict[str, Any] | None:
        """What validation gives of a row in the ordinary form; None for any other."""
        if type(row) is not dict or len(row) != 3:
            return None
        number, day, status = row.get("employee_number"), row.get("day"), row.get("status")
        if type(number) is not str or type(day) is not str or type(status) is not str:
            return None
        if not (0 < len(number) <= 20 and number.isascii() and number.isprintable() and number == number.strip()):
            return None
        if status not in STATUSES or _ISO_DAY.fullmatch(day) is None:
            return None
        try:
            return {"employee_number": number, "day": date.fromisoformat(day), "status": status}
        except ValueError:
            return None

    def validate(self, attrs: Any) -> Any:
        if len({"operator", "employee_number"} & set(attrs)) != 1:
            raise serializers.ValidationError({"operator": _("Name the person by “operator” or by “employee_number”.")})
        return attrs


class AttendanceMonthSerializer(StrictSerializer):
    rows = RowsField(child=AttendanceRowSerializer(), allow_empty=False, max_length=ROWS_AT_MOST)


class AttendanceResultSerializer(serializers.Serializer):
    month = serializers.CharField()
    created = serializers.IntegerField(help_text="Person-days that were not reported before.")
    changed = serializers.IntegerField(help_text="Person-days whose earlier value was replaced.")
    unchanged = serializers.IntegerField(help_text="Person-days that stood there already.")
    over_leave = serializers.IntegerField(
        help_text="Person-days of the month reported “on duty” over a recorded leave."
    )
    batch = serializers.IntegerField(allow_null=True, help_text="Empty where nothing changed.")
    message = serializers.CharField()


class AttendanceFileSerializer(serializers.Serializer):
    file = serializers.FileField(help_text="The template (.xlsx), filled in.")


class AttendanceFilter(DayFilter):
    operator = IdFilter(field_name="operator_id")
    employee_number = NumberFilter(field_name="operator__employee_number")
    status = django_filters.MultipleChoiceFilter(choices=AttendanceStatus)

    class Meta:
        model = Attendance
        fields: list[str] = []


@extend_schema(tags=["attendance"])
class AttendanceViewSet(MonthViewSet):
    """What was reported of the people on a contract, day by day."""

    queryset = (
        Attendance.objects.select_related("operator")
        .annotate(over_leave=over_leave())
        .only("contract_id", "day", "status", "operator__name", "operator__employee_number")
    )
    serializer_class = AttendanceSerializer
    filterset_class = AttendanceFilter
    ordering_fields = ["day", "operator"]
    book = workbook
    action_permissions = {"report": WRITE, "take_in": WRITE}

    @extend_schema(parameters=[VALIDATE], request=AttendanceMonthSerializer, responses=AttendanceResultSerializer)
    @tried
    def report(self, request: Request, contract_id: int, month: str) -> Response:
        """Report a month, or some days of it.

        What is sent is written, all of it or, where one row is wrong, nothing; the errors name
        row (`index`, from 0) and field. Days and people that are not sent stay as they are.
        Sending the same again changes nothing.
        """
        contract = self.contract()
        sent = self.sent(contract, month, AttendanceMonthSerializer(data=request.data))
        return self.written(contract, month, [AttendanceRow(person, row["day"], row["status"]) for person, row in sent])

    @of_a_month
    def template(self, request: Request, contract_id: int) -> HttpResponse:
        """The workbook of a month to fill in: one row a person, one column a day.

        What is known already (reported days, leaves) stands in it.
        """
        return self.handed_out(request, "attendance")

    @extend_schema(
        parameters=[VALIDATE],
        request={"multipart/form-data": AttendanceFileSerializer},
        responses={
            200: AttendanceResultSerializer,
            400: OpenApiResponse(description="The errors name the cell as `field`."),
        },
    )
    @tried
    def take_in(self, request: Request, contract_id: int) -> Response:
        """Take in a filled template, all of it or nothing; errors name the cell."""
        return self.taken_in(AttendanceFileSerializer(data=request.data))

    def keep(self, contract: Contract, rows: list[AttendanceRow], **given: Any) -> AttendanceResult:
        return attendance.enter(contract=contract, rows=rows, at=clock.now(), today=clock.today(), **given)

    def filled_from(self, contract: Contract, first: date, last: date) -> bytes:
        return workbook.template(contract, first, last, clock.today())

    def answer(self, contract: Contract, month: str, result: AttendanceResult) -> Response:
        first, last = month_span(month)
        contradicting = Attendance.objects.filter(over_leave(), contract=contract, day__range=(first, last)).count()
        if result.batch is None:
            message = _("Nothing has changed: everything that was sent stands there already.")
        else:
            message = _("%(created)d new, %(changed)d changed, %(unchanged)d unchanged.") % {
                "created": result.created,
                "changed": result.changed,
                "unchanged": result.unchanged,
            }
        if contradicting:
            message += " " + _(
                "On %(count)d person-days of the month “on duty” is reported over a recorded leave: "
                "correct the leave or the report."
            ) % {"count": contradicting}
        answer = {
            "month": month,
            "created": result.created,
            "changed": result.changed,
            "unchanged": result.unchanged,
            "over_leave": contradicting,
            "batch": result.batch.pk if result.batch else None,
            "message": message,
        }
        return Response(AttendanceResultSerializer(answer).data)
