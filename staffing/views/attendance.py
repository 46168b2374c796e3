"""Attendance of a contract: a month in one request, as JSON or as a workbook."""

import hashlib

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from contract import clock, spreadsheets
from contract.errors import RowErrors
from contract.idempotency import IdempotentMixin
from contract.models import Contract
from contract.problems import Problem
from contract.renderers import workbook_response
from contract.views.base import OnContractMixin
from staffing import services
from staffing.choices import AttendanceRoute
from staffing.excel import attendance as workbook
from staffing.filters import AttendanceFilter, month_span
from staffing.models import Attendance
from staffing.selectors import over_leave
from staffing.serializers import (
    AttendanceFileSerializer,
    AttendanceMonthSerializer,
    AttendanceResultSerializer,
    AttendanceSerializer,
)
from staffing.services import AttendanceFile, AttendanceResult, AttendanceRow
from staffing.views.rows import with_people

WRITE = ("staffing.add_attendance", "staffing.change_attendance")


@extend_schema(tags=["attendance"])
class AttendanceViewSet(IdempotentMixin, OnContractMixin, ListModelMixin, GenericViewSet):
    """What was reported of the people on a contract, day by day."""

    queryset = (
        Attendance.objects.select_related("operator").annotate(over_leave=over_leave())
        .only("contract_id", "day", "status", "operator__name", "operator__employee_number")
    )  # fmt: skip
    serializer_class = AttendanceSerializer
    filterset_class = AttendanceFilter
    ordering_fields = ["day", "operator"]
    action_permissions = {"report": WRITE, "take_in": WRITE}

    @extend_schema(request=AttendanceMonthSerializer, responses=AttendanceResultSerializer)
    def report(self, request: Request, contract_id: int, month: str) -> Response:
        """Report a month, or some days of it.

        What is sent is written, all of it or, where one row is wrong, nothing; the errors name
        row (`index`, from 0) and field. Days and people that are not sent stay as they are.
        Sending the same again changes nothing.
        """
        contract = self.contract()
        first, last = month_span(month)
        form = AttendanceMonthSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        rows = [
            AttendanceRow(person, row["day"], row["status"])
            for person, row in with_people(contract, form.validated_data["rows"], first, last)
        ]
        result = services.record_attendance(
            contract=contract, rows=rows, actor=request.user, route=AttendanceRoute.API,
            at=clock.now(), today=clock.today(),
        )  # fmt: skip
        return _answer(contract, month, result)

    @extend_schema(
        parameters=[
            OpenApiParameter("month", str, required=True, description="For example 2025-03.")
        ],
        responses={(200, spreadsheets.MEDIA_TYPE): OpenApiTypes.BINARY},
        filters=False,
    )
    def template(self, request: Request, contract_id: int) -> HttpResponse:
        """The workbook of a month to fill in: one row a person, one column a day.

        What is known already (reported days, leaves) stands in it.
        """
        contract = self.contract()
        first, last = month_span(request.query_params.get("month", ""))
        if first > contract.last_day or last < contract.starts_on:
            raise Problem(
                status.HTTP_400_BAD_REQUEST, "outside_term",
                detail=_("The contract is not in force in that month."),
            )  # fmt: skip
        content = workbook.template(contract, first, last, clock.today())
        return workbook_response(content, f"attendance-{contract.pk}-{first:%Y-%m}.xlsx")

    @extend_schema(
        request={"multipart/form-data": AttendanceFileSerializer},
        responses={
            200: AttendanceResultSerializer,
            400: OpenApiResponse(description="The errors name the cell as `field`."),
        },
    )
    def take_in(self, request: Request, contract_id: int) -> Response:
        """Take in a filled template, all of it or nothing; errors name the cell."""
        contract = self.contract()
        form = AttendanceFileSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        file = form.validated_data["file"]
        try:
            filled = workbook.read(file, contract)
        except spreadsheets.SpreadsheetError as error:
            raise Problem(400, "bad_file", detail=str(error)) from error
        file.seek(0)
        try:
            result = services.record_attendance(
                contract=contract, rows=[row for row, _cell in filled.rows], actor=request.user,
                route=AttendanceRoute.FILE, at=clock.now(), today=clock.today(),
                file=AttendanceFile(file.name, hashlib.sha256(file.read()).hexdigest()),
            )  # fmt: skip
        except RowErrors as error:
            raise filled.by_cell(error) from error
        return _answer(contract, filled.month, result)


def _answer(contract: Contract, month: str, result: AttendanceResult) -> Response:
    first, last = month_span(month)
    contradicting = (
        Attendance.objects.filter(over_leave(), contract=contract, day__range=(first, last)).count()
    )  # fmt: skip
    if result.batch is None:
        message = _("Nothing has changed: everything that was sent stands there already.")
    else:
        message = _("%(created)d new, %(changed)d changed, %(unchanged)d unchanged.") % {
            "created": result.created, "changed": result.changed, "unchanged": result.unchanged,
        }  # fmt: skip
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
