"""What the vendor sends and reads about its people. Services write; this only checks forms."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from contract.filters import MAX_ID
from contract.models import Contract, Party
from contract.serializers import StrictSerializer
from contract.views.base import VisibleField
from staffing.access import own_parties, visible_operators
from staffing.choices import AttendanceStatus
from staffing.models import (
    Assignment,
    Attendance,
    Gap,
    Leave,
    Operator,
    Post,
    ReplacementDemand,
    StaffDay,
)


@extend_schema_field(OpenApiTypes.INT)
class OwnPartyField(serializers.PrimaryKeyRelatedField):
    """A party that the user acts for."""

    def get_queryset(self) -> Any:
        request: Request | None = self.context.get("request")
        return own_parties(request.user) if request else Party.objects.none()


class OperatorField(serializers.PrimaryKeyRelatedField):
    """An operator by id."""

    def get_queryset(self) -> Any:
        request: Request | None = self.context.get("request")
        return visible_operators(request.user) if request else Operator.objects.none()


@extend_schema_field(OpenApiTypes.STR)
class EmployeeNumberField(serializers.Field):
    """An operator by the employer's own number, which is unique within an employer."""

    def to_internal_value(self, data: Any) -> Any:
        number = serializers.CharField(max_length=20).run_validation(data)
        request: Request = self.context["request"]
        found = list(visible_operators(request.user).filter(employee_number=number)[:2])
        if not found:
            raise serializers.ValidationError(
                _("There is no operator with the number %(number)s.") % {"number": number}
            )
        if len(found) > 1:
            raise serializers.ValidationError(
                _("Several vendors use the number %(number)s. Give the operator's id instead.")
                % {"number": number}
            )
        return found[0]

    def to_representation(self, value: Any) -> str:
        return str(value.employee_number)


class OperatorSerializer(StrictSerializer, serializers.ModelSerializer):
    """A person whom the vendor employs. The resident ID number goes in and never comes out."""

    vendor = OwnPartyField(required=False, help_text="Left out: the one party that you act for.")
    resident_id = serializers.CharField(max_length=18, write_only=True)
    resident_id_masked = serializers.CharField(read_only=True)

    class Meta:
        model = Operator
        fields = [
            "id", "vendor", "employee_number", "name", "sex", "resident_id", "resident_id_masked",
            "phone", "hired_on", "education", "is_full_time_degree", "clean_record_proved_on",
        ]  # fmt: skip
        fixed = ("vendor",)
        validators: list[Any] = []  # the service refuses duplicates, in the model's words


class PostSerializer(serializers.ModelSerializer):
    class Meta:
        model = Post
        fields = ["id", "contract", "code", "name", "planned_headcount", "is_active"]
        read_only_fields = fields


class OfPersonSerializer(StrictSerializer, serializers.ModelSerializer):
    """A record of a person, named by `operator` or by `employee_number`."""

    operator = OperatorField(required=False, help_text="Or `employee_number`.")
    employee_number = EmployeeNumberField(
        source="operator", required=False, help_text="Or `operator`."
    )
    operator_name = serializers.CharField(source="operator.name", read_only=True)

    def validate(self, attrs: Any) -> Any:
        named = [key for key in ("operator", "employee_number") if key in self.initial_data]
        if len(named) == 2 or (not named and self.instance is None):
            raise serializers.ValidationError(
                {"operator": _("Name the person by “operator” or by “employee_number”.")}
            )
        return super().validate(attrs)


class OnContractSerializer(OfPersonSerializer):
    """A record of a person on a contract."""

    contract = VisibleField(queryset=Contract.objects.all())


class AssignmentSerializer(OnContractSerializer):
    """Who serves from when to when. The office's consent is recorded by the office."""

    post = VisibleField("contract", queryset=Post.objects.all(), required=False, allow_null=True)
    fills_gap = VisibleField(
        "contract", queryset=Gap.objects.all(), required=False, allow_null=True,
        help_text="The gap that this person makes good. One backfill closes one gap.",
    )  # fmt: skip

    class Meta:
        model = Assignment
        fields = [
            "id", "contract", "operator", "employee_number", "operator_name", "post", "place",
            "starts_on", "ends_on", "end_reason", "notice_on", "fills_gap", "consent_ref",
            "consented_on", "withdrawn_on", "withdrawal_reason",
        ]  # fmt: skip
        read_only_fields = ["consent_ref", "consented_on", "withdrawn_on", "withdrawal_reason"]
        fixed = ("contract", "operator")
        validators: list[Any] = []


class LeaveSerializer(OnContractSerializer):
    """A person is away from a day to a day, both included."""

    class Meta:
        model = Leave
        fields = [
            "id", "contract", "operator", "employee_number", "operator_name", "kind", "starts_on",
            "ends_on", "reported_at", "cancelled_on", "cancel_reason",
        ]  # fmt: skip
        read_only_fields = ["reported_at", "cancelled_on", "cancel_reason"]
        fixed = ("contract", "operator")
        validators: list[Any] = []


class GapSerializer(serializers.ModelSerializer):
    """An empty post and the time to make it good."""

    employee_number = serializers.CharField(source="operator.employee_number", read_only=True)
    operator_name = serializers.CharField(source="operator.name", read_only=True)
    nominal_due_on = serializers.SerializerMethodField()
    legal_due_on = serializers.SerializerMethodField(
        help_text="Empty while the holidays of that year are not published."
    )

    class Meta:
        model = Gap
        fields = [
            "id", "contract", "assignment", "operator", "employee_number", "operator_name",
            "cause", "event_on", "opened_on", "nominal_due_on", "legal_due_on", "departed_on",
            "returned_on", "backfilled_on", "closed_on", "lapsed_on",
        ]  # fmt: skip
        read_only_fields = fields

    def get_nominal_due_on(self, gap: Gap) -> str:
        return str(self.context["deadlines"][gap.pk].nominal)

    def get_legal_due_on(self, gap: Gap) -> str | None:
        legal = self.context["deadlines"][gap.pk].legal
        return str(legal) if legal else None


class DemandSerializer(serializers.ModelSerializer):
    """The office asks for a person to be replaced (article 12.2)."""

    operator = serializers.IntegerField(source="assignment.operator_id", read_only=True)
    employee_number = serializers.CharField(
        source="assignment.operator.employee_number", read_only=True
    )
    operator_name = serializers.CharField(source="assignment.operator.name", read_only=True)

    class Meta:
        model = ReplacementDemand
        fields = [
            "id", "contract", "assignment", "operator", "employee_number", "operator_name",
            "reason", "sent_at", "arrived_at", "replaced_by", "withdrawn_on",
        ]  # fmt: skip
        read_only_fields = fields


class FulfilmentSerializer(StrictSerializer):
    assignment = VisibleField(
        "contract", queryset=Assignment.objects.all(),
        help_text="The assignment of the person who replaces the other.",
    )  # fmt: skip


class StaffDaySerializer(serializers.ModelSerializer):
    """How many were assigned, in place, absent and not reported on a day."""

    class Meta:
        model = StaffDay
        fields = ["contract", "day", "assigned", "in_place", "absent", "unreported"]
        read_only_fields = fields


class AttendanceSerializer(serializers.ModelSerializer):
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

    def validate(self, attrs: Any) -> Any:
        if len({"operator", "employee_number"} & set(attrs)) != 1:
            raise serializers.ValidationError(
                {"operator": _("Name the person by “operator” or by “employee_number”.")}
            )
        return attrs


class AttendanceMonthSerializer(StrictSerializer):
    rows = serializers.ListField(
        child=AttendanceRowSerializer(), allow_empty=False, max_length=20_000
    )


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


class RosterFileSerializer(StrictSerializer):
    file = serializers.FileField(help_text="The template (.xlsx), filled in.")
    vendor = OwnPartyField(required=False, help_text="Left out: the one party that you act for.")


class RosterResultSerializer(serializers.Serializer):
    created = serializers.IntegerField(help_text="People who were not registered before.")
    changed = serializers.IntegerField(help_text="People whose data were corrected.")
    unchanged = serializers.IntegerField()


class AttendanceFileSerializer(serializers.Serializer):
    file = serializers.FileField(help_text="The template (.xlsx), filled in.")
