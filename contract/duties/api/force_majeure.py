"""Force majeure: what keeps a side from performing, its proof and its end."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contract import records
from contract.api.base import ReasonSerializer, StrictSerializer, VisibleField
from contract.api.records import TAG, DutyViewSet, side_of
from contract.duties.models import ForceMajeureEvent
from contract.duties.services import conduct
from contract.models import Contract
from contract.models.refusals import AHEAD
from kit import clock


class PastDateField(serializers.DateField):
    """A day that has come."""

    def to_internal_value(self, value: Any) -> Any:
        day = super().to_internal_value(value)
        if day > clock.today():
            raise serializers.ValidationError(AHEAD % {"day": day})
        return day


class ForceMajeureEventSerializer(StrictSerializer, serializers.ModelSerializer):
    """An event that keeps a side from performing. The notice arrives with this request."""

    contract = VisibleField(queryset=Contract.objects.all())
    occurred_on = PastDateField()

    class Meta:
        model = ForceMajeureEvent
        fields = [
            "id",
            "updated_at",
            "contract",
            "title",
            "description",
            "occurred_on",
            "reported_by",
            "arrived_on",
            "ended_on",
            "proof_document",
            "proof_issuer",
            "proof_arrived_on",
            "withdrawn_on",
        ]
        read_only_fields = [
            "reported_by",
            "arrived_on",
            "ended_on",
            "proof_document",
            "proof_issuer",
            "proof_arrived_on",
            "withdrawn_on",
        ]


class EventTextSerializer(StrictSerializer):
    title = serializers.CharField(max_length=120, required=False)
    description = serializers.CharField(max_length=2000, required=False)


class ProofSerializer(StrictSerializer):
    proof_document = serializers.CharField(max_length=120)
    proof_issuer = serializers.CharField(max_length=120)


class EndSerializer(StrictSerializer):
    ended_on = PastDateField(help_text="The last day on which the event kept you from performing.")


@extend_schema(tags=TAG)
class ForceMajeureEventViewSet(mixins.CreateModelMixin, DutyViewSet):
    """Force majeure: reported by either side, proven, and over."""

    queryset = ForceMajeureEvent.objects.all()
    serializer_class = ForceMajeureEventSerializer
    ordering_fields = ["id", "occurred_on"]
    action_permissions = {
        "prove": ("contract.change_forcemajeureevent",),
        "end": ("contract.change_forcemajeureevent",),
        "withdraw": ("contract.change_forcemajeureevent",),
    }

    @extend_schema(request=EventTextSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct what you wrote of an event that you reported. Its days stay."""
        row = self._own(request)
        if self.is_as_given(row):
            return self.answer(row)
        texts = self.step(EventTextSerializer, request)
        return self.answer(conduct.correct_event(event=row, **texts))

    @extend_schema(request=ReasonSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take back a report that was wrong. The reason stands in its history."""
        row = self._own(request)
        data = self.step(ReasonSerializer, request)
        return self.answer(conduct.withdraw_event(event=row, on=clock.today(), reason=data["reason"]))

    def perform_create(self, serializer: Any) -> None:
        data = serializer.validated_data
        serializer.instance = records.enter(
            ForceMajeureEvent(
                **data, reported_by=side_of(self.request.user, data["contract"]), arrived_on=clock.today()
            )
        )

    @extend_schema(request=ProofSerializer)
    @action(detail=True, methods=["post"])
    def prove(self, request: Request, pk: str) -> Response:
        """Name the authority's proof. Without one the event excuses nothing."""
        row = self._own(request)
        data = self.step(ProofSerializer, request)
        return self.answer(
            conduct.prove_event(
                event=row, document=data["proof_document"], issuer=data["proof_issuer"], on=clock.today()
            )
        )

    @extend_schema(request=EndSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """Say when its effect was over."""
        row = self._own(request)
        data = self.step(EndSerializer, request)
        return self.answer(conduct.end_event(event=row, on=data["ended_on"]))

    def _own(self, request: Request) -> ForceMajeureEvent:
        row: ForceMajeureEvent = self.get_object()
        if side_of(request.user, row.contract) != row.reported_by:
            raise PermissionDenied(_("Only the side that reported the event adds to it."))
        return row
