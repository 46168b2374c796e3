"""The rota of a contract: a month of a team in a request, or as a workbook."""

from datetime import timedelta
from typing import Any

import django_filters
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from contract.api.base import MAX_ID, IdFilter, OnContractMixin, StrictSerializer
from contract.models import Contract
from kit import clock
from kit.api.reading import ReadingMixin
from kit.api.rows import RowsField
from kit.api.trial import VALIDATE, tried
from staffing.api.base import DayFilter, NumberFilter
from staffing.api.months import MonthViewSet, of_a_month
from staffing.choices import ShiftKind
from staffing.models import DutyDay, Shift
from staffing.rules.spans import SPANS_AT_MOST, Span, parse
from staffing.services import rota
from staffing.services.attendance import ROWS_AT_MOST
from staffing.services.rota import RotaResult, RotaRow
from staffing.workbooks import rota as workbook

WRITE = ("staffing.add_shift", "staffing.change_shift")


class SpanField(serializers.CharField):
    """The hours of a shift: "20:00-08:00" ends on the next day."""

    default_error_messages = {"span": lazy("Write the hours of a shift as 08:00-20:00.")}

    def run_validation(self, data: Any = empty) -> Any:
        text = super().run_validation(data)
        try:
            return parse(text)
        except ValueError:
            self.fail("span")


class RotaRowSerializer(StrictSerializer):
    """All shifts of a person that begin on a day; none clears the day."""

    operator = serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False)
    employee_number = serializers.CharField(max_length=20, required=False)
    day = serializers.DateField()
    shifts = RowsField(
        child=SpanField(max_length=20),
        max_length=SPANS_AT_MOST,
        help_text="Duty at the hotline, such as 08:00-20:00 or 20:00-08:00 (to the next morning).",
    )
    other_work = RowsField(
        child=SpanField(max_length=20),
        max_length=SPANS_AT_MOST,
        required=False,
        help_text="Other work: counts as working hours, and not as somebody at the hotline.",
    )

    def validate(self, attrs: Any) -> Any:
        if len({"operator", "employee_number"} & set(attrs)) != 1:
            raise serializers.ValidationError({"operator": _("Name the person by “operator” or by “employee_number”.")})
        other = [Span(s.start, s.end, ShiftKind.OFFICE) for s in attrs.pop("other_work", [])]
        return attrs | {"spans": (*attrs.pop("shifts"), *other)}


class RotaMonthSerializer(StrictSerializer):
    rows = RowsField(child=RotaRowSerializer(), allow_empty=False, max_length=ROWS_AT_MOST)


class RotaResultSerializer(serializers.Serializer):
    month = serializers.CharField()
    created = serializers.IntegerField(help_text="Shifts that were not there before.")
    replaced = serializers.IntegerField(help_text="Shifts that were replaced or cleared.")
    unchanged = serializers.IntegerField(help_text="Shifts that stood there already.")
    batch = serializers.IntegerField(allow_null=True, help_text="Empty where nothing changed.")
    message = serializers.CharField()


class RotaFileSerializer(serializers.Serializer):
    file = serializers.FileField(help_text="The template (.xlsx), filled in.")


class ShiftSerializer(ReadingMixin, serializers.ModelSerializer):
    """A shift that stands; times in Beijing time."""

    employee_number = serializers.CharField(source="operator.employee_number", read_only=True)
    operator_name = serializers.CharField(source="operator.name", read_only=True)
    hours = serializers.CharField(read_only=True)
    minutes = serializers.SerializerMethodField()

    class Meta:
        model = Shift
        fields = [
            "day",
            "operator",
            "employee_number",
            "operator_name",
            "kind",
            "hours",
            "starts_at",
            "ends_at",
            "minutes",
        ]
        read_only_fields = fields

    def get_minutes(self, shift: Shift) -> int:
        return (shift.ends_at - shift.starts_at) // timedelta(minutes=1)


class DutyDaySerializer(ReadingMixin, serializers.ModelSerializer):
    """How many are on duty from which minute of the day on."""

    steps = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="From this minute of the day on: reported on duty, planned and not reported.",
    )

    class Meta:
        model = DutyDay
        fields = ["contract", "day", "planned", "loose", "steps"]
        read_only_fields = fields


class ShiftFilter(DayFilter):
    operator = IdFilter(field_name="operator_id")
    employee_number = NumberFilter(field_name="operator__employee_number")
    kind = django_filters.ChoiceFilter(choices=ShiftKind)

    class Meta:
        model = Shift
        fields: list[str] = []


class DutyDayFilter(DayFilter):
    class Meta:
        model = DutyDay
        fields: list[str] = []


@extend_schema(tags=["rota"])
class RotaViewSet(MonthViewSet):
    """Who is on duty from when to when. What was replaced is kept, and not in this list."""

    queryset = (
        Shift.objects.filter(replaced_by__isnull=True)
        .select_related("operator")
        .only("contract_id", "day", "kind", "starts_at", "ends_at", "operator__name", "operator__employee_number")
    )
    serializer_class = ShiftSerializer
    filterset_class = ShiftFilter
    ordering_fields = ["day", "starts_at", "operator"]
    book = workbook
    action_permissions = {"plan": WRITE, "take_in": WRITE}

    @extend_schema(parameters=[VALIDATE], request=RotaMonthSerializer, responses=RotaResultSerializer)
    @tried
    def plan(self, request: Request, contract_id: int, month: str) -> Response:
        """Send the rota of a month, or of some people and days of it.

        A row holds all shifts of a person that begin on a day and takes the place of what stood
        there; an empty list clears the day. All of it is written or, where one row is wrong,
        nothing: the errors name row (`index`, from 0) and field. Days and people that are not sent
        stay as they are. Days that have passed are corrected in the same way.
        """
        contract = self.contract()
        sent = self.sent(contract, month, RotaMonthSerializer(data=request.data))
        return self.written(contract, month, [RotaRow(person, row["day"], row["spans"]) for person, row in sent])

    @of_a_month
    def template(self, request: Request, contract_id: int) -> HttpResponse:
        """The workbook of a month to fill in: one row a person, one column a day.

        The shifts that are known already stand in it.
        """
        return self.handed_out(request, "rota")

    @extend_schema(
        parameters=[VALIDATE],
        request={"multipart/form-data": RotaFileSerializer},
        responses={200: RotaResultSerializer, 400: OpenApiResponse(description="The errors name the cell as `field`.")},
    )
    @tried
    def take_in(self, request: Request, contract_id: int) -> Response:
        """Take in a filled template, all of it or nothing; errors name the cell."""
        return self.taken_in(RotaFileSerializer(data=request.data))

    def keep(self, contract: Contract, rows: list[RotaRow], **given: Any) -> RotaResult:
        return rota.enter(contract=contract, rows=rows, at=clock.now(), **given)

    def answer(self, contract: Contract, month: str, result: RotaResult) -> Response:
        if result.batch is None:
            message = _("Nothing has changed: everything that was sent stands there already.")
        else:
            message = _("%(created)d shifts new, %(replaced)d replaced or cleared, %(unchanged)d unchanged.") % {
                "created": result.created,
                "replaced": result.replaced,
                "unchanged": result.unchanged,
            }
        answer = {
            "month": month,
            "created": result.created,
            "replaced": result.replaced,
            "unchanged": result.unchanged,
            "batch": result.batch.pk if result.batch else None,
            "message": message,
        }
        return Response(RotaResultSerializer(answer).data)


@extend_schema(tags=["rota"])
class DutyDayViewSet(OnContractMixin, ListModelMixin, GenericViewSet):
    """Who is on duty by the minute, day by day, from rota, attendance and leaves."""

    queryset = DutyDay.objects.all()
    serializer_class = DutyDaySerializer
    filterset_class = DutyDayFilter
    ordering_fields = ["day"]
