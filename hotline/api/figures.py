"""Figures of days and months, and the files of a platform. The hotline's own platform counts: the office sends them."""

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from contract import records as kept
from contract.api.base import OnContractMixin, StrictSerializer
from hotline.api.files import FileReadSerializer, PlatformFileSerializer, TakenSerializer, looked_at_or_taken_in
from hotline.figures import OF_A_DAY, OF_A_MONTH
from hotline.intake import files
from hotline.intake.sums import DayRead, Read
from hotline.models import ServiceDay, ServiceMonth
from hotline.services import figures
from kit import clock
from kit.api.idempotency import IdempotentMixin
from kit.api.reading import ReadingMixin
from kit.api.rows import RowsField
from kit.api.trial import VALIDATE, tried, written_unless_tried
from staffing.api.base import DayFilter, MonthFilter, month_span

WRITE = ("hotline.add_serviceday", "hotline.change_serviceday")
WRITE_MONTH = ("hotline.add_servicemonth", "hotline.change_servicemonth")
FIGURE: dict[str, Any] = {"min_value": 0, "max_value": 2**31 - 1, "required": False}


class ServiceDaySerializer(ReadingMixin, serializers.ModelSerializer):
    class Meta:
        model = ServiceDay
        fields = ["day", *OF_A_DAY, "halves", "taken_in_on", "updated_at"]
        read_only_fields = fields


class DayRowSerializer(StrictSerializer):
    """Figures of a day; one that is left out stays as it is."""

    day = serializers.DateField()

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {name: serializers.IntegerField(**FIGURE) for name in OF_A_DAY}


class DaysSerializer(StrictSerializer):
    rows = RowsField(child=DayRowSerializer(), max_length=400, allow_empty=False)


class ReadDaySerializer(serializers.Serializer):
    day = serializers.DateField()
    figures = serializers.DictField(child=serializers.IntegerField())


class ReadSerializer(FileReadSerializer):
    calls = serializers.IntegerField()
    unfinished = serializers.IntegerField(help_text="Calls without an end in the file: they count as not answered.")
    begun_before = serializers.IntegerField(help_text="Answers to calls that began before the file: not counted.")
    passed_over = serializers.IntegerField(help_text="Rows of other queues, or of calls that were counted already.")
    days = ReadDaySerializer(many=True)


class ServiceDayFilter(DayFilter):
    class Meta:
        model = ServiceDay
        fields: list[str] = []


@extend_schema(tags=["service"])
class ServiceDayViewSet(IdempotentMixin, OnContractMixin, ListModelMixin, GenericViewSet):
    """What the hotline's platform has counted, day by day."""

    queryset = ServiceDay.objects.all()
    serializer_class = ServiceDaySerializer
    filterset_class = ServiceDayFilter
    ordering_fields = ["day"]
    action_permissions = {"report": WRITE, "take_in": WRITE}

    @extend_schema(parameters=[VALIDATE], request=DaysSerializer, responses=TakenSerializer)
    @tried
    def report(self, request: Request, contract_id: int) -> Response:
        """Figures of days that are over, all of them or, where one is wrong, none. The vendor does not send them."""
        contract = self.contract()
        form = DaysSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        days = [
            DayRead(row["day"], {name: number for name, number in row.items() if name != "day"})
            for row in form.validated_data["rows"]
        ]
        with written_unless_tried(request):
            taken = figures.take_in(contract=contract, days=days, today=clock.today())
        return Response(TakenSerializer(taken.result).data)

    @extend_schema(request={"multipart/form-data": PlatformFileSerializer}, responses=ReadSerializer)
    def take_in(self, request: Request, contract_id: int) -> Response:
        """Show what a file of a platform says; with `confirm` take it in, all of it or nothing."""
        return looked_at_or_taken_in(
            request,
            self.contract(),
            read=lambda platform, file: files.read(platform, [file]),
            told=_told,
            take_in=lambda platform, read: (
                figures.take_in(
                    contract=platform.contract, days=read.days, today=clock.today(), platform=platform
                ).result
            ),
            answer=ReadSerializer,
        )


def _told(read: Read) -> dict[str, Any]:
    names = ("calls", "unfinished", "begun_before", "passed_over")
    days = [{"day": one.day, "figures": one.figures} for one in read.days]
    return {**{name: getattr(read, name) for name in names}, "days": days}


class ServiceMonthSerializer(StrictSerializer, serializers.ModelSerializer):
    class Meta:
        model = ServiceMonth
        fields = ["month", *OF_A_MONTH, "taken_in_on", "updated_at"]
        read_only_fields = ["month", "taken_in_on", "updated_at"]


class ServiceMonthFilter(django_filters.FilterSet):
    month = MonthFilter(field_name="month")


@extend_schema(tags=["service"])
class ServiceMonthViewSet(IdempotentMixin, OnContractMixin, ListModelMixin, GenericViewSet):
    """Work orders, follow-ups, quality and complaints, month by month."""

    queryset = ServiceMonth.objects.all()
    serializer_class = ServiceMonthSerializer
    filterset_class = ServiceMonthFilter
    ordering_fields = ["month"]
    action_permissions = {"report": WRITE_MONTH}

    def report(self, request: Request, contract_id: int, month: str) -> Response:
        """The figures of a month. One that is left out stays as it is; one that differs keeps its old figure."""
        contract, (first, _last) = self.contract(), month_span(month)
        form = ServiceMonthSerializer(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        values = form.validated_data
        row: Any = ServiceMonth.objects.filter(contract=contract, month=first).first()
        if row is None:
            row = figures.enter(
                ServiceMonth(contract=contract, month=first, **values), today=clock.today(), now=clock.now()
            )
        elif values:
            row = kept.correct(row, today=clock.today(), now=clock.now(), **values)
        return Response(ServiceMonthSerializer(row).data)
