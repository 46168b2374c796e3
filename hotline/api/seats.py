"""The seat log over the API: the office takes it in and says whose login is whose; the vendor reads both.

What differs from the vendor's reports is asked in a case (`alerts`), which the vendor answers there.
"""

from typing import Any

import django_filters
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from contract.api.base import OnContractMixin, StrictSerializer
from contract.api.records import WITHDRAWAL, WithdrawableViewSet, WithdrawnFilter
from hotline.api.files import FileReadSerializer, PlatformFileSerializer, TakenSerializer, looked_at_or_taken_in
from hotline.intake import files
from hotline.intake.seats import DAY_SECONDS, SeatDayRead, SeatsRead
from hotline.models import SeatDay, SeatLogin
from hotline.services import seats
from kit import clock
from kit.api.idempotency import IdempotentMixin
from kit.api.rows import RowsField
from kit.api.trial import VALIDATE, tried, written_unless_tried
from staffing.api.base import DayFilter, OnContractSerializer, PersonFilter

WRITE = ("hotline.add_seatday", "hotline.change_seatday")
SECONDS: dict[str, Any] = {"min_value": 0, "max_value": 2 * DAY_SECONDS, "allow_null": True, "required": False}


class SessionSerializer(StrictSerializer):
    """A session in seconds of the day on which it began; null: the log does not tell."""

    login = serializers.CharField(max_length=80)
    seat = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    begins = serializers.IntegerField(**SECONDS)
    ends = serializers.IntegerField(help_text="Beyond 86400: on the next day.", **SECONDS)
    paused = serializers.IntegerField(min_value=0, max_value=2 * DAY_SECONDS, default=0)

    def validate(self, attrs: Any) -> Any:
        begins, ends = attrs.get("begins"), attrs.get("ends")
        if begins is None and ends is None:
            raise serializers.ValidationError({"begins": _("A session has a beginning or an end.")})
        if begins is not None and (begins >= DAY_SECONDS or (ends is not None and ends < begins)):
            raise serializers.ValidationError({"ends": _("A session begins within its day and ends later.")})
        return attrs


class SeatDayRowSerializer(StrictSerializer):
    day = serializers.DateField()
    sessions = serializers.ListField(child=SessionSerializer(), max_length=2_000)


class SeatDaysSerializer(StrictSerializer):
    rows = RowsField(child=SeatDayRowSerializer(), max_length=62, allow_empty=False)


class SeatDayReadSerializer(serializers.Serializer):
    day = serializers.DateField()
    told_from = serializers.IntegerField(help_text="The second of the day from which the file speaks of it.")
    told_to = serializers.IntegerField()
    logins = serializers.IntegerField(help_text="Logins that were signed in.")
    sessions = serializers.IntegerField()
    without_sign_in = serializers.IntegerField(help_text="Logins that answered calls and were not signed in.")


class SeatsReadSerializer(FileReadSerializer):
    unended = serializers.IntegerField(help_text="Sessions without a sign-out: no end is made up.")
    unbegun = serializers.IntegerField(help_text="Sessions without a sign-in.")
    repeated = serializers.IntegerField(help_text="Sign-ins of somebody who was signed in.")
    logins = serializers.ListField(
        child=serializers.CharField(), help_text="All of them; those that are an employee number are entered as theirs."
    )
    days = SeatDayReadSerializer(many=True)


class SeatDaySerializer(serializers.ModelSerializer):
    """`sessions`: [login, seat, begins, ends, paused]; `calls`: by login how many, the first, the last."""

    class Meta:
        model = SeatDay
        fields = ["day", "sessions", "calls", "told_from", "told_to", "taken_in_on", "updated_at"]
        read_only_fields = fields


class SeatDayFilter(DayFilter):
    class Meta:
        model = SeatDay
        fields: list[str] = []


@extend_schema(tags=["service"])
class SeatDayViewSet(IdempotentMixin, OnContractMixin, ListModelMixin, GenericViewSet):
    """Who was signed in on the hotline's platform, day by day."""

    queryset = SeatDay.objects.all()
    serializer_class = SeatDaySerializer
    filterset_class = SeatDayFilter
    ordering_fields = ["day"]
    action_permissions = {"report": WRITE, "take_in": WRITE}

    @extend_schema(parameters=[VALIDATE], request=SeatDaysSerializer, responses=TakenSerializer)
    @tried
    def report(self, request: Request, contract_id: int) -> Response:
        """Sessions of days that are over, all of them or, where one is wrong, none. The vendor does not send them."""
        contract = self.contract()
        form = SeatDaysSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        days = [
            SeatDayRead(
                row["day"],
                tuple(
                    (one["login"].strip(), one["seat"].strip(), one.get("begins"), one.get("ends"), one["paused"])
                    for one in row["sessions"]
                ),
            )
            for row in form.validated_data["rows"]
        ]
        with written_unless_tried(request):
            taken = seats.take_in(contract=contract, days=days, today=clock.today())
        return Response(TakenSerializer(taken).data)

    @extend_schema(request={"multipart/form-data": PlatformFileSerializer}, responses=SeatsReadSerializer)
    def take_in(self, request: Request, contract_id: int) -> Response:
        """Show what a seat log of a platform says; with `confirm` take it in, all of it or nothing."""
        return looked_at_or_taken_in(
            request,
            self.contract(),
            read=files.read_seats,
            told=_told,
            take_in=lambda platform, read: seats.take_in_file(platform=platform, read=read, today=clock.today()).result,
            answer=SeatsReadSerializer,
        )


def _told(read: SeatsRead) -> dict[str, Any]:
    return {
        "unended": read.unended,
        "unbegun": read.unbegun,
        "repeated": read.repeated,
        "logins": sorted(read.logins),
        "days": [
            {
                "day": one.day,
                "told_from": one.told[0],
                "told_to": one.told[1],
                "logins": len(signed := {session[0] for session in one.sessions}),
                "sessions": len(one.sessions),
                "without_sign_in": len(set(one.calls) - signed),
            }
            for one in read.days
        ],
    }


class SeatLoginSerializer(OnContractSerializer):
    class Meta:
        model = SeatLogin
        fields = [
            *("id", "updated_at", "contract", "login", "operator", "employee_number", "operator_name"),
            *("from_day", "to_day", "is_static", *WITHDRAWAL),
        ]
        read_only_fields = WITHDRAWAL
        fixed = ("contract", "login", "operator", "employee_number")


class SeatLoginFilter(WithdrawnFilter, PersonFilter):
    login = django_filters.CharFilter()

    class Meta:
        model = SeatLogin
        fields: list[str] = []


@extend_schema(tags=["service"])
class SeatLoginViewSet(WithdrawableViewSet):
    """Whose login of the platform is whose, from when to when. The office writes it."""

    queryset = SeatLogin.objects.select_related("operator")
    serializer_class = SeatLoginSerializer
    filterset_class = SeatLoginFilter
    ordering_fields = ["id", "login"]
    http_method_names = ["get", "head", "options", "post", "patch"]
    action_permissions = {"withdraw": ("hotline.change_seatlogin",)}
    writer = seats
