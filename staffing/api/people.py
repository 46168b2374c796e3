"""Operators and posts: who is employed, alone or as a list in a workbook."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from contract.api.base import IdFilter, KeyField, ScopedMixin, StrictSerializer
from contract.api.records import RecordViewSet
from contract.api.workbooks import download, taken_in, upload
from contract.models import Party
from kit import clock
from kit.api.renderers import workbook_response
from kit.api.trial import VALIDATE, tried, written_unless_tried
from kit.files import spreadsheets
from staffing.access import own_parties, visible_operators
from staffing.api.base import NumberFilter
from staffing.models import Assignment, Operator, Post, PostSize
from staffing.services import operators, roster
from staffing.workbooks.operators import OPERATORS


@extend_schema_field(OpenApiTypes.INT)
class OwnPartyField(KeyField):
    """A party that the user acts for."""

    def get_queryset(self) -> Any:
        request: Request | None = self.context.get("request")
        return own_parties(request.user) if request else Party.objects.none()


class OperatorSerializer(StrictSerializer, serializers.ModelSerializer):
    """A person whom the vendor employs. ID and telephone numbers go in and never come out whole."""

    vendor = OwnPartyField(required=False, help_text="Left out: the one party that you act for.")
    resident_id = serializers.CharField(max_length=18, write_only=True)
    resident_id_masked = serializers.CharField(read_only=True)
    phone_masked = serializers.CharField(read_only=True)

    class Meta:
        model = Operator
        fields = [
            "id",
            "updated_at",
            "vendor",
            "employee_number",
            "name",
            "sex",
            "resident_id",
            "resident_id_masked",
            "phone",
            "phone_masked",
            "hired_on",
            "education",
            "is_full_time_degree",
            "clean_record_proved_on",
        ]
        extra_kwargs = {"phone": {"write_only": True}}
        fixed = ("vendor",)
        validators: list[Any] = []  # the service refuses duplicates, in the model's words


class RosterFileSerializer(StrictSerializer):
    file = serializers.FileField(help_text="The template (.xlsx), filled in.")
    vendor = OwnPartyField(required=False, help_text="Left out: the one party that you act for.")


class RosterResultSerializer(serializers.Serializer):
    created = serializers.IntegerField(help_text="People who were not registered before.")
    changed = serializers.IntegerField(help_text="People whose data were corrected.")
    unchanged = serializers.IntegerField()


class PostSizeSerializer(serializers.ModelSerializer):
    class Meta:
        model = PostSize
        fields = ["effective_from", "people"]
        read_only_fields = fields


class PostSerializer(serializers.ModelSerializer):
    sizes = PostSizeSerializer(
        many=True, read_only=True, help_text="For how many people from later days on; none: not asked for any more."
    )

    class Meta:
        model = Post
        fields = ["id", "updated_at", "contract", "code", "name", "planned_headcount", "sizes", "is_active"]
        read_only_fields = fields


class OperatorFilter(django_filters.FilterSet):
    """Operators by vendor, number, name, and the contract they serve on a day."""

    vendor = IdFilter(field_name="vendor_id")
    employee_number = NumberFilter()
    name = django_filters.CharFilter()
    contract = IdFilter(method="by_contract")

    class Meta:
        model = Operator
        fields: list[str] = []

    def by_contract(self, queryset: QuerySet[Any], name: str, value: int) -> QuerySet[Any]:
        live = Assignment.objects.filter(contract_id=value, withdrawn_on__isnull=True)
        return queryset.filter(pk__in=live.values("operator"))


class PostFilter(django_filters.FilterSet):
    contract = IdFilter(field_name="contract_id")
    is_active = django_filters.BooleanFilter()

    class Meta:
        model = Post
        fields: list[str] = []


@extend_schema(tags=["people"])
class OperatorViewSet(RecordViewSet):
    """The people whom the vendor employs for the hotline."""

    writer = operators

    queryset = Operator.objects.all()
    serializer_class = OperatorSerializer
    filterset_class = OperatorFilter
    ordering_fields = ["id", "employee_number", "hired_on"]
    action_permissions = {"take_in": ("staffing.add_operator", "staffing.change_operator")}

    def scope(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(pk__in=visible_operators(self.request.user))

    def about(self, data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "vendor": data.get("vendor") or self._only_party()}

    @extend_schema(responses={(200, spreadsheets.MEDIA_TYPE): OpenApiTypes.BINARY}, filters=False)
    @download
    def template(self, request: Request) -> HttpResponse:
        """The list of people as a workbook, with room for new ones; ID numbers are masked."""
        people = self.get_queryset().filter(vendor__in=own_parties(request.user))
        content = OPERATORS.template(people.order_by("employee_number"))
        return workbook_response(content, "operators.xlsx")

    @extend_schema(
        parameters=[VALIDATE], request={"multipart/form-data": RosterFileSerializer}, responses=RosterResultSerializer
    )
    @upload
    @tried
    def take_in(self, request: Request) -> Response:
        """Take in a filled list, all of it or nothing; errors name the cell.

        People are told apart by their employee number: new ones are registered, known ones
        corrected where a cell says something else. An empty or masked cell changes nothing.
        """
        form = RosterFileSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        vendor = form.validated_data.get("vendor") or self._only_party()
        with written_unless_tried(request):
            result = taken_in(
                OPERATORS,
                form.validated_data["file"],
                lambda rows: roster.take_in_list(vendor=vendor, rows=rows, today=clock.today()),
            )
        return Response(RosterResultSerializer(result).data)

    def _only_party(self) -> Party:
        parties = own_parties(self.request.user)[:2]
        if len(parties) != 1:
            raise ValidationError({"vendor": _("Say for which vendor the person works.")})
        return parties[0]


@extend_schema(tags=["people"])
class PostViewSet(ScopedMixin, ReadOnlyModelViewSet):
    """The posts of a contract. The office sets them up."""

    queryset = Post.objects.prefetch_related("sizes")
    serializer_class = PostSerializer
    filterset_class = PostFilter
    ordering_fields = ["id", "code"]
