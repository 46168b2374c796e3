"""The vendor's side of confidentiality: records are created, corrected, withdrawn."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from confidentiality import filters, serializers, services
from confidentiality.models import Disclosure, Incident, IncidentPerson, Offboarding, Undertaking
from confidentiality.services import UndertakingRow
from contract import clock
from contract.choices import PartySide
from contract.idempotency import IdempotentMixin
from contract.models import Contract, Membership
from contract.parsers import BoundedMultiPartParser
from contract.serializers import ReasonSerializer
from contract.uploads import scan_response
from contract.views.base import OnContractMixin, WritableViewSet

SCAN = OpenApiResponse(OpenApiTypes.BINARY, description="PDF, PNG or JPEG")


class WithdrawableViewSet(WritableViewSet):
    """Records that are withdrawn with a reason; `withdraw_row` names the service."""

    def withdraw_row(self, row: Any, reason: str) -> Any:
        raise NotImplementedError

    @extend_schema(request=ReasonSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Withdraw a record, with the reason. It stays readable and counts no more."""
        row = self.get_object()
        form = ReasonSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        row = self.withdraw_row(row, form.validated_data["reason"])
        return Response(self.get_serializer(row).data)


class ScannedViewSet(WithdrawableViewSet):
    """Records with a scan at an address of its own; `keep_scan` names the service."""

    http_method_names = ["get", "head", "options", "post", "patch", "put"]

    def keep_scan(self, row: Any, file: Any) -> Any:
        raise NotImplementedError

    @extend_schema(methods=["GET"], responses={(200, "application/pdf"): SCAN})
    @extend_schema(methods=["PUT"], request={"multipart/form-data": serializers.CopySerializer})
    @action(
        detail=True,
        methods=["get", "put"],
        url_path="copy",
        parser_classes=[BoundedMultiPartParser],
    )
    def scan(self, request: Request, pk: str) -> HttpResponseBase:
        """The scan of the signed document: read it, or hand it in (again)."""
        row = self.get_object()
        if request.method == "GET":
            return scan_response(row.copy, f"{row._meta.verbose_name} {row.pk}")
        form = serializers.CopySerializer(data=request.data)
        form.is_valid(raise_exception=True)
        return Response(self.get_serializer(self.keep_scan(row, form.validated_data["file"])).data)


@extend_schema(tags=["confidentiality"])
class UndertakingViewSet(ScannedViewSet):
    """Undertakings: one stands for each operator and contract (article 14)."""

    queryset = Undertaking.objects.select_related("operator").defer("operator__resident_id")
    serializer_class = serializers.UndertakingSerializer
    filterset_class = filters.UndertakingFilter
    action_permissions = {"withdraw": ("confidentiality.change_undertaking",)}
    ordering_fields = ["id", "signed_on"]

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = services.record_undertaking(
            **serializer.validated_data, today=clock.today()
        )

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = services.correct_undertaking(
            undertaking=serializer.instance, today=clock.today(), **serializer.validated_data
        )

    def withdraw_row(self, row: Undertaking, reason: str) -> Undertaking:
        return services.withdraw_undertaking(undertaking=row, today=clock.today(), reason=reason)

    def keep_scan(self, row: Undertaking, file: Any) -> Undertaking:
        return services.correct_undertaking(undertaking=row, today=clock.today(), copy=file)


@extend_schema(tags=["confidentiality"])
class UndertakingListView(IdempotentMixin, OnContractMixin, GenericViewSet):
    """The undertakings of a team, in one request."""

    queryset = Undertaking.objects.all()
    serializer_class = serializers.UndertakingListSerializer
    action_permissions = {
        "take_in": ("confidentiality.add_undertaking", "confidentiality.change_undertaking")
    }

    @extend_schema(responses=serializers.ListResultSerializer)
    def take_in(self, request: Request, contract_id: int) -> Response:
        """Send a list: all of it is written or, where one row is wrong, nothing.

        What stands already is corrected where it differs; people who are not sent stay as they
        are. Sending the same again changes nothing.
        """
        contract = self.contract()
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        result = services.record_undertakings(
            contract=contract,
            rows=[UndertakingRow(**row) for row in form.validated_data["rows"]],
            today=clock.today(),
        )
        return Response(serializers.ListResultSerializer(result).data)


@extend_schema(tags=["confidentiality"])
class OffboardingViewSet(ScannedViewSet):
    """What people hand over when they leave (article 14): create it, then PATCH each step."""

    queryset = Offboarding.objects.select_related("assignment__operator").defer(
        "assignment__operator__resident_id"
    )
    serializer_class = serializers.OffboardingSerializer
    filterset_class = filters.OffboardingFilter
    action_permissions = {"withdraw": ("confidentiality.change_offboarding",)}
    ordering_fields = ["id"]

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = services.record_offboarding(
            **serializer.validated_data, today=clock.today()
        )

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = services.correct_offboarding(
            offboarding=serializer.instance, today=clock.today(), **serializer.validated_data
        )

    def withdraw_row(self, row: Offboarding, reason: str) -> Offboarding:
        return services.withdraw_offboarding(offboarding=row, today=clock.today(), reason=reason)

    def keep_scan(self, row: Offboarding, file: Any) -> Offboarding:
        return services.correct_offboarding(offboarding=row, today=clock.today(), copy=file)


@extend_schema(tags=["confidentiality"])
class DisclosureViewSet(WritableViewSet):
    """What was given to third parties, with the consent that allowed it (article 14.1).

    What was reported is not taken back here: only the office withdraws it.
    """

    queryset = Disclosure.objects.all()
    serializer_class = serializers.DisclosureSerializer
    filterset_class = filters.DisclosureFilter
    ordering_fields = ["id", "disclosed_on"]

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = services.record_disclosure(
            **serializer.validated_data, today=clock.today()
        )

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = services.correct_disclosure(
            disclosure=serializer.instance, today=clock.today(), **serializer.validated_data
        )


@extend_schema(tags=["confidentiality"])
class IncidentViewSet(WritableViewSet):
    """Leaks (articles 14.2, 14.3): report at once, PATCH what was done about it.

    What was reported is not taken back here: only the office withdraws it.
    """

    queryset = Incident.objects.all()
    serializer_class = serializers.IncidentSerializer
    filterset_class = filters.IncidentFilter
    ordering_fields = ["id", "found_at"]

    def perform_create(self, serializer: Any) -> None:
        data, now = serializer.validated_data, clock.now()
        serializer.instance = services.record_incident(
            **data, found_by=_side(self.request.user, data["contract"]), told_at=now, now=now,
            today=clock.today(),
        )  # fmt: skip

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = services.correct_incident(
            incident=serializer.instance, now=clock.now(), today=clock.today(),
            **serializer.validated_data,
        )  # fmt: skip


@extend_schema(tags=["confidentiality"])
class IncidentPersonViewSet(WritableViewSet):
    """The persons involved in a leak, and the vendor's cooperation against them."""

    contract_path = "incident__contract"
    queryset = IncidentPerson.objects.all()
    serializer_class = serializers.IncidentPersonSerializer
    filterset_class = filters.IncidentPersonFilter
    ordering_fields = ["id"]

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().select_related("incident")

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = services.add_person(**serializer.validated_data, today=clock.today())

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = services.correct_person(
            person=serializer.instance, today=clock.today(), **serializer.validated_data
        )


def _side(user: Any, contract: Contract) -> PartySide:
    """For which side of a contract somebody reports."""
    for_office = Membership.objects.filter(user=user, party_id=contract.office_id).exists()
    return PartySide.OFFICE if for_office else PartySide.VENDOR
