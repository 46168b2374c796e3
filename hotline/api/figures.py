"""Figures of days and months, and the files of a platform. The hotline's own platform counts: the office sends them."""

import hashlib
from typing import Any

import django_filters
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from contract import records as kept
from contract.api.base import OnContractMixin, StrictSerializer
from hotline.figures import OF_A_DAY, OF_A_MONTH
from hotline.intake import files
from hotline.intake.sums import DayRead, Read
from hotline.models import Platform, ServiceDay, ServiceMonth
from hotline.services import figures
from kit import clock
from kit.api.idempotency import IdempotentMixin
from kit.api.problems import Problem
from kit.api.reading import ReadingMixin
from kit.api.rows import RowsField
from kit.api.trial import VALIDATE, tried, written_unless_tried
from kit.errors import RowErrors
from kit.files.spreadsheets import SpreadsheetError
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


class TakenSerializer(serializers.Serializer):
    created = serializers.IntegerField(help_text="Days that were not on record before.")
    changed = serializers.IntegerField(help_text="Days with other figures; the old ones are kept.")
    unchanged = serializers.IntegerField()


class PlatformFileSerializer(StrictSerializer):
    platform = serializers.IntegerField(min_value=1)
    file = serializers.FileField(help_text="The file as the platform wrote it; what is larger goes by manage.py.")
    confirm = serializers.CharField(
        max_length=64, required=False, help_text="The `sha256` of the answer that was looked at: now it counts."
    )


class ReadDaySerializer(serializers.Serializer):
    day = serializers.DateField()
    figures = serializers.DictField(child=serializers.IntegerField())


class ReadSerializer(TakenSerializer):
    """What a file says. Nothing is written unless `counted`."""

    sha256 = serializers.CharField()
    counted = serializers.BooleanField()
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
        contract = self.contract()
        form = PlatformFileSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        platform = Platform.objects.filter(contract=contract, pk=form.validated_data["platform"]).first()
        if platform is None or not platform.stands:
            raise serializers.ValidationError({"platform": _("There is no such platform of this contract.")})
        file, confirm = form.validated_data["file"], form.validated_data.get("confirm")
        sha256 = hashlib.sha256(file.read()).hexdigest()
        file.seek(0)
        try:
            read = files.read(platform, [file])
        except SpreadsheetError as error:
            raise Problem(400, "bad_file", detail=str(error)) from error
        except RowErrors as error:
            raise by_line(error) from error
        answer = _answer(read, sha256)
        if confirm is None:
            return Response(ReadSerializer(answer).data)
        if confirm != sha256:
            raise Problem(400, "bad_file", detail=_("This is not the file that was looked at. Look at it first."))
        try:
            taken = figures.take_in(contract=contract, days=read.days, today=clock.today(), platform=platform)
        except RowErrors as error:
            raise by_line(error, days=True) from error
        return Response(ReadSerializer(answer | vars(taken.result) | {"counted": True}).data)


def by_line(error: RowErrors, *, days: bool = False) -> Problem:
    """Faults by the line of the file, or by the day."""
    errors = [
        {
            "field": row.field if days else f"{row.index + 1} {row.field}".strip(),
            "message": str(row.message),
            "code": row.code,
        }
        for row in error.errors
    ]
    return Problem(400, "bad_rows", errors=errors)


def _answer(read: Read, sha256: str) -> dict[str, Any]:
    return {
        "sha256": sha256,
        "counted": False,
        "calls": read.calls,
        "unfinished": read.unfinished,
        "begun_before": read.begun_before,
        "passed_over": read.passed_over,
        "days": [{"day": one.day, "figures": one.figures} for one in read.days],
        "created": 0,
        "changed": 0,
        "unchanged": 0,
    }


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
