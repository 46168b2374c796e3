"""The rota of a contract (article 7): a month of a team in a request, or as a workbook."""

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
from contract.problems import Problem
from contract.renderers import workbook_response
from contract.views.base import OnContractMixin
from staffing import services
from staffing.choices import AttendanceRoute
from staffing.excel import rota as workbook
from staffing.filters import DutyDayFilter, ShiftFilter, month_span
from staffing.models import DutyDay, Shift
from staffing.serializers_rota import (
    DutyDaySerializer,
    RotaFileSerializer,
    RotaMonthSerializer,
    RotaResultSerializer,
    ShiftSerializer,
)
from staffing.services import AttendanceFile, RotaResult, RotaRow
from staffing.views.rows import with_people

WRITE = ("staffing.add_shift", "staffing.change_shift")


@extend_schema(tags=["rota"])
class RotaViewSet(IdempotentMixin, OnContractMixin, ListModelMixin, GenericViewSet):
    """Who is on duty from when to when. What was replaced is kept, and not in this list."""

    queryset = (
        Shift.objects.filter(replaced_by__isnull=True).select_related("operator")
        .only("contract_id", "day", "kind", "starts_at", "ends_at", "operator__name",
              "operator__employee_number")
    )  # fmt: skip
    serializer_class = ShiftSerializer
    filterset_class = ShiftFilter
    ordering_fields = ["day", "starts_at", "operator"]
    action_permissions = {"plan": WRITE, "take_in": WRITE}

    @extend_schema(request=RotaMonthSerializer, responses=RotaResultSerializer)
    def plan(self, request: Request, contract_id: int, month: str) -> Response:
        """Send the rota of a month, or of some people and days of it.

        A row holds all shifts of a person that begin on a day and takes the place of what stood
        there; an empty list clears the day. All of it is written or, where one row is wrong,
        nothing: the errors name row (`index`, from 0) and field. Days and people that are not sent
        stay as they are. Days that have passed are corrected in the same way.
        """
        contract = self.contract()
        first, last = month_span(month)
        form = RotaMonthSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        rows = [
            RotaRow(person, row["day"], row["spans"])
            for person, row in with_people(contract, form.validated_data["rows"], first, last)
        ]
        result = services.record_rota(
            contract=contract, rows=rows, actor=request.user, route=AttendanceRoute.API,
            at=clock.now(),
        )  # fmt: skip
        return _answer(month, result)

    @extend_schema(
        parameters=[
            OpenApiParameter("month", str, required=True, description="For example 2025-03.")
        ],
        responses={(200, spreadsheets.MEDIA_TYPE): OpenApiTypes.BINARY},
        filters=False,
    )
    def template(self, request: Request, contract_id: int) -> HttpResponse:
        """The workbook of a month to fill in: one row a person, one column a day.

        The shifts that are known already stand in it.
        """
        contract = self.contract()
        first, last = month_span(request.query_params.get("month", ""))
        if first > contract.last_day or last < contract.starts_on:
            raise Problem(
                status.HTTP_400_BAD_REQUEST, "outside_term",
                detail=_("The contract is not in force in that month."),
            )  # fmt: skip
        content = workbook.template(contract, first, last)
        return workbook_response(content, f"rota-{contract.pk}-{first:%Y-%m}.xlsx")

    @extend_schema(
        request={"multipart/form-data": RotaFileSerializer},
        responses={
            200: RotaResultSerializer,
            400: OpenApiResponse(description="The errors name the cell as `field`."),
        },
    )
    def take_in(self, request: Request, contract_id: int) -> Response:
        """Take in a filled template, all of it or nothing; errors name the cell."""
        contract = self.contract()
        form = RotaFileSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        file = form.validated_data["file"]
        try:
            filled = workbook.read(file, contract)
        except spreadsheets.SpreadsheetError as error:
            raise Problem(400, "bad_file", detail=str(error)) from error
        file.seek(0)
        try:
            result = services.record_rota(
                contract=contract, rows=[row for row, _cell in filled.rows], actor=request.user,
                route=AttendanceRoute.FILE, at=clock.now(),
                file=AttendanceFile(file.name, hashlib.sha256(file.read()).hexdigest()),
            )  # fmt: skip
        except RowErrors as error:
            raise filled.by_cell(error) from error
        return _answer(filled.month, result)


@extend_schema(tags=["rota"])
class DutyDayViewSet(OnContractMixin, ListModelMixin, GenericViewSet):
    """Who is on duty by the minute, day by day, from rota, attendance and leaves."""

    queryset = DutyDay.objects.all()
    serializer_class = DutyDaySerializer
    filterset_class = DutyDayFilter
    ordering_fields = ["day"]


def _answer(month: str, result: RotaResult) -> Response:
    if result.batch is None:
        message = _("Nothing has changed: everything that was sent stands there already.")
    else:
        message = _(
            "%(created)d shifts new, %(replaced)d replaced or cleared, %(unchanged)d unchanged."
        ) % {
            "created": result.created, "replaced": result.replaced, "unchanged": result.unchanged,
        }  # fmt: skip
    answer = {
        "month": month,
        "created": result.created,
        "replaced": result.replaced,
        "unchanged": result.unchanged,
        "batch": result.batch.pk if result.batch else None,
        "message": message,
    }
    return Response(RotaResultSerializer(answer).data)
