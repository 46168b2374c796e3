"""Changes of the contract: amendments that both sides agree to, orders for more or fewer people."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contract.api.base import StrictSerializer, VisibleField
from contract.api.records import TAG, DutyViewSet, side_of
from contract.duties.api.base import AgreedViewSet, VersionSerializer
from contract.duties.models import Amendment, AmendmentChange, HeadcountOrder
from contract.duties.services import changes as duties_changes
from contract.models import Contract
from contract.terms import TERMS
from kit import clock


class AmendmentChangeSerializer(serializers.ModelSerializer):
    class Meta:
        model = AmendmentChange
        fields = ["key", "value"]
        read_only_fields = fields


class AmendmentSerializer(serializers.ModelSerializer):
    """A proposed or agreed change of the contract. `updated_at` is the version that one reads."""

    changes = AmendmentChangeSerializer(many=True, read_only=True)

    class Meta:
        model = Amendment
        fields = [
            "id",
            "contract",
            "title",
            "document",
            "proposed_by",
            "proposed_on",
            "arrived_on",
            "effective_from",
            "changes",
            "office_agreed_on",
            "vendor_agreed_on",
            "withdrawn_on",
            "note",
            "updated_at",
        ]
        read_only_fields = fields


class FigureSerializer(StrictSerializer):
    """A figure of the contract that an amendment changes."""

    key = serializers.ChoiceField(choices=[(key, key) for key in TERMS])
    value = serializers.CharField(max_length=120)


class ProposalSerializer(StrictSerializer, serializers.ModelSerializer):
    """An amendment that you propose. The notice of it arrives with this request."""

    contract = VisibleField(queryset=Contract.objects.all())
    changes = FigureSerializer(  # DRF hands it to the list around it
        many=True,
        required=False,
        max_length=len(TERMS),  # type: ignore[call-arg]
    )

    class Meta:
        model = Amendment
        fields = ["contract", "title", "document", "effective_from", "note", "changes"]

    def validate_changes(self, changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({change["key"] for change in changes}) != len(changes):
            raise serializers.ValidationError(_("A figure stands twice."))
        return changes


class HeadcountOrderSerializer(serializers.ModelSerializer):
    class Meta:
        model = HeadcountOrder
        fields = [
            "id",
            "updated_at",
            "contract",
            "headcount",
            "effective_from",
            "document",
            "issued_on",
            "arrived_on",
            "cancelled_on",
            "reason",
        ]
        read_only_fields = fields


@extend_schema(tags=TAG)
class AmendmentViewSet(AgreedViewSet):
    """Amendments: both sides agree in writing, then the figures change."""

    queryset: QuerySet[Any] = Amendment.objects.prefetch_related("changes")
    serializer_class = AmendmentSerializer
    ordering_fields = ["id", "effective_from"]
    action_permissions = {"agree": ("contract.change_amendment",), "withdraw": ("contract.change_amendment",)}

    @extend_schema(request=ProposalSerializer, responses={201: AmendmentSerializer})
    def create(self, request: Request) -> Response:
        """Propose an amendment for your side; the other side has the notice from today."""
        form = ProposalSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        data = dict(form.validated_data)
        changes = {change["key"]: change["value"] for change in data.pop("changes", ())}
        today = clock.today()
        row = duties_changes.save_amendment(
            amendment=Amendment(
                **data, proposed_by=side_of(request.user, data["contract"]), proposed_on=today, arrived_on=today
            ),
            changes=changes,
        )
        return Response(self.get_serializer(row).data, status=201)

    @extend_schema(request=VersionSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take your own proposal back, before both sides have agreed."""
        row, side = self.read_by(request)
        if side != row.proposed_by:
            raise PermissionDenied(_("Only the side that proposed it takes it back."))
        return self.answer(duties_changes.withdraw_amendment(amendment=row, on=clock.today()))

    @extend_schema(request=VersionSerializer)
    @action(detail=True, methods=["post"])
    def agree(self, request: Request, pk: str) -> Response:
        """Agree for your side. With the second agreement the figures become terms."""
        row, side = self.read_by(request)
        return self.answer(duties_changes.agree_to_amendment(amendment=row, side=side, on=clock.today()))


@extend_schema(tags=TAG)
class HeadcountOrderViewSet(DutyViewSet):
    """Orders to add or remove people."""

    queryset = HeadcountOrder.objects.all()
    serializer_class = HeadcountOrderSerializer
    ordering_fields = ["id", "effective_from"]
