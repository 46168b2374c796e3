"""Assignments and leaves: entered, corrected, withdrawn with a reason, never deleted."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from contract.api.base import MAX_ID, OnContractMixin, ReasonSerializer, StrictSerializer, VisibleField
from contract.api.records import WITHDRAWAL, RecordViewSet, WithdrawableViewSet
from contract.api.workbooks import TakenInSerializer, WorkbookMixin
from contract.models import Contract
from kit import clock
from kit.api.idempotency import IdempotentMixin
from kit.api.rows import RowsField
from kit.api.trial import VALIDATE, tried, written_unless_tried
from kit.workbooks.lists import ListBook
from kit.workbooks.taking_in import ListResult
from staffing.api.base import OnContractSerializer, PersonFilter
from staffing.choices import EndReason, LeaveKind
from staffing.models import Assignment, Gap, Leave, Post
from staffing.selectors.records import postings
from staffing.services import assignments, leaves
from staffing.services.lists import take_in_postings
from staffing.workbooks.posting import BOOKS

ROWS_AT_MOST = 500


class AssignmentSerializer(OnContractSerializer):
    """Who serves from when to when. The office's consent is recorded by the office."""

    post = VisibleField("contract", queryset=Post.objects.all(), required=False, allow_null=True)
    fills_gap = VisibleField(
        "contract",
        queryset=Gap.objects.all(),
        required=False,
        allow_null=True,
        help_text="The gap that this person makes good. One backfill closes one gap.",
    )

    class Meta:
        model = Assignment
        fields = [
            "id",
            "updated_at",
            "contract",
            "operator",
            "employee_number",
            "operator_name",
            "post",
            "place",
            "starts_on",
            "ends_on",
            "end_reason",
            "notice_on",
            "fills_gap",
            "consent_ref",
            "consented_on",
            *WITHDRAWAL,
        ]
        read_only_fields = ["consent_ref", "consented_on", *WITHDRAWAL]
        fixed = ("contract", "operator")
        validators: list[Any] = []


class LeaveSerializer(OnContractSerializer):
    """A person is away from a day to a day, both included."""

    class Meta:
        model = Leave
        fields = [
            "id",
            "updated_at",
            "contract",
            "operator",
            "employee_number",
            "operator_name",
            "kind",
            "starts_on",
            "ends_on",
            "reported_at",
            "cancelled_on",
            "cancel_reason",
        ]
        read_only_fields = ["reported_at", "cancelled_on", "cancel_reason"]
        fixed = ("contract", "operator")
        validators: list[Any] = []


class AssignmentFilter(PersonFilter):
    """Assignments; `on` gives those in force on a day."""

    on = django_filters.DateFilter(method="by_day")
    end_reason = django_filters.ChoiceFilter(choices=EndReason)
    withdrawn = django_filters.BooleanFilter(field_name="withdrawn_on", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Assignment
        fields: list[str] = []

    def by_day(self, queryset: QuerySet[Any], name: str, day: date) -> QuerySet[Any]:
        return queryset.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day, withdrawn_on__isnull=True
        )


class LeaveFilter(PersonFilter):
    """Leaves; `from` and `to` give those that touch a span of days."""

    kind = django_filters.ChoiceFilter(choices=LeaveKind)
    day_from = django_filters.DateFilter(field_name="ends_on", lookup_expr="gte")
    day_to = django_filters.DateFilter(field_name="starts_on", lookup_expr="lte")
    cancelled = django_filters.BooleanFilter(field_name="cancelled_on", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Leave
        fields: list[str] = []


class PostingRowSerializer(StrictSerializer):
    """One row of a list; the person by `operator` or by `employee_number`."""

    operator = serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False)
    employee_number = serializers.CharField(max_length=20, required=False)
    starts_on = serializers.DateField()

    def validate(self, attrs: Any) -> Any:
        if len({"operator", "employee_number"} & set(attrs)) != 1:
            raise serializers.ValidationError({"operator": _("Name the person by “operator” or by “employee_number”.")})
        return attrs


class LeaveRowSerializer(PostingRowSerializer):
    kind = serializers.ChoiceField(choices=LeaveKind.choices)
    ends_on = serializers.DateField()


class AssignmentRowSerializer(PostingRowSerializer):
    post_code = serializers.CharField(max_length=20, required=False)
    place = serializers.CharField(max_length=200, required=False, allow_blank=True)
    ends_on = serializers.DateField(required=False, allow_null=True)
    end_reason = serializers.ChoiceField(choices=EndReason.choices, required=False, allow_blank=True)
    notice_on = serializers.DateField(required=False, allow_null=True)


class LeaveListSerializer(StrictSerializer):
    rows = RowsField(child=LeaveRowSerializer(), allow_empty=False, max_length=ROWS_AT_MOST)


class AssignmentListSerializer(StrictSerializer):
    rows = RowsField(child=AssignmentRowSerializer(), allow_empty=False, max_length=ROWS_AT_MOST)


class PostingWorkbookMixin(WorkbookMixin):
    """The list of a contract as a workbook."""

    @property
    def workbook(self) -> ListBook:
        return BOOKS[self._model()]

    def _model(self) -> type[Any]:
        serializer: Any = self.get_serializer_class()
        model: type[Any] = serializer.Meta.model
        return model

    def listed(self, contract: Contract) -> QuerySet[Any]:
        return postings(self._model(), contract)

    def take_rows(self, contract: Contract, rows: Any) -> ListResult:
        return take_in_postings(model=self._model(), contract=contract, rows=rows, now=clock.now())


class PostingListView(IdempotentMixin, OnContractMixin, GenericViewSet):
    """A list of one contract in one request: all of it is written or, where one row is wrong, nothing."""

    listed_model: type[Assignment] | type[Leave]

    @extend_schema(parameters=[VALIDATE], responses=TakenInSerializer)
    @tried
    def take_in(self, request: Request, contract_id: int) -> Response:
        """Send a list. The errors name row (`index`, from 0) and field.

        Rows are told apart by person and first day: what stands already is corrected where it
        differs, and a field that a row does not mention stays as it is. What is not sent stays.
        """
        contract = self.contract()
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        model = self.listed_model
        with written_unless_tried(request):
            rows = form.validated_data["rows"]
            result = take_in_postings(model=model, contract=contract, rows=rows, now=clock.now())
        return Response(TakenInSerializer(result).data)


@extend_schema(tags=["people"])
class LeaveListView(PostingListView):
    """The leaves of a team, in one request."""

    listed_model = Leave
    queryset = Leave.objects.all()
    serializer_class = LeaveListSerializer
    action_permissions = {"take_in": ("staffing.add_leave", "staffing.change_leave")}


@extend_schema(tags=["people"])
class AssignmentListView(PostingListView):
    """The assignments of a team, in one request."""

    listed_model = Assignment
    queryset = Assignment.objects.all()
    serializer_class = AssignmentListSerializer
    action_permissions = {"take_in": ("staffing.add_assignment", "staffing.change_assignment")}


@extend_schema(tags=["people"])
class AssignmentViewSet(PostingWorkbookMixin, WithdrawableViewSet):
    """Who serves on a contract, from when to when.

    To end an assignment, PATCH `ends_on` (the last day in post) and `end_reason`.
    """

    queryset = Assignment.objects.select_related("operator").defer("operator__resident_id")
    serializer_class = AssignmentSerializer
    filterset_class = AssignmentFilter
    ordering_fields = ["id", "starts_on", "ends_on"]
    action_permissions = {
        "withdraw": ("staffing.change_assignment",),
        "take_in_list": ("staffing.add_assignment", "staffing.change_assignment"),
    }
    writer = assignments


@extend_schema(tags=["people"])
class LeaveViewSet(PostingWorkbookMixin, RecordViewSet):
    """Leave of a person from a day to a day, both included."""

    queryset = Leave.objects.select_related("operator").defer("operator__resident_id")
    serializer_class = LeaveSerializer
    filterset_class = LeaveFilter
    ordering_fields = ["id", "starts_on", "ends_on"]
    action_permissions = {
        "cancel": ("staffing.change_leave",),
        "take_in_list": ("staffing.add_leave", "staffing.change_leave"),
    }

    writer = leaves

    def about(self, data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "reported_at": clock.now()}

    @extend_schema(request=ReasonSerializer, responses=LeaveSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel a leave, with the reason. It stays readable and counts no more."""
        return self.withdrawn(request)
