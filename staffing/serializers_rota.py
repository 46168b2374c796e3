"""The rota over the API: hours as text, a person's day in a row, a month of a team at once."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from rest_framework import serializers
from rest_framework.fields import empty

from contract.filters import MAX_ID
from contract.serializers import StrictSerializer
from staffing.choices import ShiftKind
from staffing.models import DutyDay, Shift
from staffing.rules.spans import SPANS_AT_MOST, Span, parse
from staffing.services.attendance import ROWS_AT_MOST


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
    shifts = serializers.ListField(
        child=SpanField(max_length=20), max_length=SPANS_AT_MOST,
        help_text="Duty at the hotline, such as 08:00-20:00 or 20:00-08:00 (to the next morning).",
    )  # fmt: skip
    other_work = serializers.ListField(
        child=SpanField(max_length=20), max_length=SPANS_AT_MOST, required=False,
        help_text="Other work: counts as working hours, and not as somebody at the hotline.",
    )  # fmt: skip

    def validate(self, attrs: Any) -> Any:
        if len({"operator", "employee_number"} & set(attrs)) != 1:
            raise serializers.ValidationError(
                {"operator": _("Name the person by “operator” or by “employee_number”.")}
            )
        other = [Span(s.start, s.end, ShiftKind.OFFICE) for s in attrs.pop("other_work", [])]
        return attrs | {"spans": (*attrs.pop("shifts"), *other)}


class RotaMonthSerializer(StrictSerializer):
    rows = serializers.ListField(
        child=RotaRowSerializer(), allow_empty=False, max_length=ROWS_AT_MOST
    )


class RotaResultSerializer(serializers.Serializer):
    month = serializers.CharField()
    created = serializers.IntegerField(help_text="Shifts that were not there before.")
    replaced = serializers.IntegerField(help_text="Shifts that were replaced or cleared.")
    unchanged = serializers.IntegerField(help_text="Shifts that stood there already.")
    batch = serializers.IntegerField(allow_null=True, help_text="Empty where nothing changed.")
    message = serializers.CharField()


class RotaFileSerializer(serializers.Serializer):
    file = serializers.FileField(help_text="The template (.xlsx), filled in.")


class ShiftSerializer(serializers.ModelSerializer):
    """A shift that stands; times in Beijing time."""

    employee_number = serializers.CharField(source="operator.employee_number", read_only=True)
    operator_name = serializers.CharField(source="operator.name", read_only=True)
    hours = serializers.CharField(read_only=True)
    minutes = serializers.SerializerMethodField()

    class Meta:
        model = Shift
        fields = [
            "day", "operator", "employee_number", "operator_name", "kind", "hours", "starts_at",
            "ends_at", "minutes",
        ]  # fmt: skip
        read_only_fields = fields

    def get_minutes(self, shift: Shift) -> int:
        return (shift.ends_at - shift.starts_at) // timedelta(minutes=1)


class DutyDaySerializer(serializers.ModelSerializer):
    """How many are on duty from which minute of the day on."""

    steps = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="From this minute of the day on: reported on duty, planned and not reported.",
    )  # fmt: skip

    class Meta:
        model = DutyDay
        fields = ["contract", "day", "planned", "loose", "steps"]
        read_only_fields = fields
