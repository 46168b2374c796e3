"""What both sides agree to, report of each other, and dispute."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contract import clock, filters_duties, serializers_duties
from contract.choices import PartySide
from contract.errors import Conflict
from contract.models import (
    Amendment,
    AssessmentScheme,
    Dispute,
    ForceMajeureEvent,
    Formality,
    HeadcountOrder,
    RenewalAssessment,
    Subcontracting,
)
from contract.serializers import ReasonSerializer
from contract.services import (
    duties_changes,
    duties_conduct,
    duties_renewal,
)
from contract.services.duties_base import keep
from contract.views.duties_base import TAG, DutyViewSet, side_of


@extend_schema(tags=TAG)
class ForceMajeureEventViewSet(mixins.CreateModelMixin, DutyViewSet):
    """Force majeure: reported by either side, proven, and over (article 16)."""

    queryset = ForceMajeureEvent.objects.all()
    serializer_class = serializers_duties.ForceMajeureEventSerializer
    ordering_fields = ["id", "occurred_on"]
    action_permissions = {
        "prove": ("contract.change_forcemajeureevent",),
        "end": ("contract.change_forcemajeureevent",),
        "withdraw": ("contract.change_forcemajeureevent",),
    }

    @extend_schema(request=serializers_duties.EventTextSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct what you wrote of an event that you reported. Its days stay."""
        row = self._own(request)
        texts = self.step(serializers_duties.EventTextSerializer, request)
        return self.answer(duties_conduct.correct_event(event=row, **texts))

    @extend_schema(request=ReasonSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take back a report that was wrong. The reason stands in its history."""
        row = self._own(request)
        data = self.step(ReasonSerializer, request)
        return self.answer(
            duties_conduct.withdraw_event(event=row, on=clock.today(), reason=data["reason"])
        )

    def perform_create(self, serializer: Any) -> None:
        data = serializer.validated_data
        serializer.instance = keep(
            row=ForceMajeureEvent(
                **data,
                reported_by=side_of(self.request.user, data["contract"]),
                arrived_on=clock.today(),
            )
        )

    @extend_schema(request=serializers_duties.ProofSerializer)
    @action(detail=True, methods=["post"])
    def prove(self, request: Request, pk: str) -> Response:
        """Name the authority's proof. Without one the event excuses nothing."""
        row = self._own(request)
        data = self.step(serializers_duties.ProofSerializer, request)
        return self.answer(
            duties_conduct.prove_event(
                event=row,
                document=data["proof_document"],
                issuer=data["proof_issuer"],
                on=clock.today(),
            )
        )

    @extend_schema(request=serializers_duties.EndSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """Say when its effect was over."""
        row = self._own(request)
        data = self.step(serializers_duties.EndSerializer, request)
        return self.answer(duties_conduct.end_event(event=row, on=data["ended_on"]))

    def _own(self, request: Request) -> ForceMajeureEvent:
        row: ForceMajeureEvent = self.get_object()
        if side_of(request.user, row.contract) != row.reported_by:
            raise PermissionDenied(_("Only the side that reported the event adds to it."))
        return row


class AgreedViewSet(DutyViewSet):
    """Records that both sides agree to, each as it has read them."""

    def read_by(self, request: Request) -> tuple[Any, PartySide]:
        """The record in the version that the person has read, and their side."""
        row = self.get_object()
        data = self.step(serializers_duties.VersionSerializer, request)
        if data["updated_at"] != row.updated_at:
            raise Conflict(_("This record has changed since you read it. Read it again."))
        return row, side_of(request.user, row.contract)


@extend_schema(tags=TAG)
class AmendmentViewSet(AgreedViewSet):
    """Amendments: both sides agree in writing, then the figures change (article 15)."""

    queryset: QuerySet[Any] = Amendment.objects.prefetch_related("changes")
    serializer_class = serializers_duties.AmendmentSerializer
    ordering_fields = ["id", "effective_from"]
    action_permissions = {
        "agree": ("contract.change_amendment",),
        "withdraw": ("contract.change_amendment",),
    }

    @extend_schema(
        request=serializers_duties.ProposalSerializer,
        responses={201: serializers_duties.AmendmentSerializer},
    )
    def create(self, request: Request) -> Response:
        """Propose an amendment for your side; the other side has the notice from today."""
        form = serializers_duties.ProposalSerializer(
            data=request.data, context=self.get_serializer_context()
        )
        form.is_valid(raise_exception=True)
        data = dict(form.validated_data)
        changes = {change["key"]: change["value"] for change in data.pop("changes", ())}
        today = clock.today()
        row = duties_changes.save_amendment(
            amendment=Amendment(
                **data, proposed_by=side_of(request.user, data["contract"]), proposed_on=today,
                arrived_on=today,
            ),
            changes=changes,
        )  # fmt: skip
        return Response(self.get_serializer(row).data, status=201)

    @extend_schema(request=serializers_duties.VersionSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take your own proposal back, before both sides have agreed."""
        row, side = self.read_by(request)
        if side != row.proposed_by:
            raise PermissionDenied(_("Only the side that proposed it takes it back."))
        return self.answer(duties_changes.withdraw_amendment(amendment=row, on=clock.today()))

    @extend_schema(request=serializers_duties.VersionSerializer)
    @action(detail=True, methods=["post"])
    def agree(self, request: Request, pk: str) -> Response:
        """Agree for your side. With the second agreement the figures become terms."""
        row, side = self.read_by(request)
        return self.answer(
            duties_changes.agree_to_amendment(amendment=row, side=side, on=clock.today())
        )


@extend_schema(tags=TAG)
class AssessmentSchemeViewSet(AgreedViewSet):
    """Criteria and pass mark of the assessment before renewal (article 17)."""

    queryset: QuerySet[Any] = AssessmentScheme.objects.prefetch_related("criteria")
    serializer_class = serializers_duties.AssessmentSchemeSerializer
    action_permissions = {"confirm": ("contract.change_assessmentscheme",)}

    @extend_schema(request=serializers_duties.VersionSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Confirm criteria, weights and pass mark for your side."""
        row, side = self.read_by(request)
        return self.answer(duties_renewal.confirm_scheme(scheme=row, side=side, on=clock.today()))


@extend_schema(tags=TAG)
class RenewalAssessmentViewSet(DutyViewSet):
    """Assessments before renewal, with points, result and decision (article 17)."""

    queryset: QuerySet[Any] = RenewalAssessment.objects.prefetch_related("scores__criterion")
    serializer_class = serializers_duties.RenewalAssessmentSerializer


@extend_schema(tags=TAG)
class HeadcountOrderViewSet(DutyViewSet):
    """Orders to add or remove people (article 4)."""

    queryset = HeadcountOrder.objects.all()
    serializer_class = serializers_duties.HeadcountOrderSerializer
    ordering_fields = ["id", "effective_from"]


@extend_schema(tags=TAG)
class SubcontractingViewSet(DutyViewSet):
    """Third parties that were found providing the service (article 19)."""

    queryset = Subcontracting.objects.all()
    serializer_class = serializers_duties.SubcontractingSerializer
    ordering_fields = ["id", "found_on"]


@extend_schema(tags=TAG)
class DisputeViewSet(mixins.CreateModelMixin, DutyViewSet):
    """Disputes: negotiated first, then arbitrated (articles 20, 21)."""

    queryset = Dispute.objects.all()
    serializer_class = serializers_duties.DisputeSerializer
    filterset_class = filters_duties.DisputeFilter

    def perform_create(self, serializer: Any) -> None:
        data = serializer.validated_data
        side = side_of(self.request.user, data["contract"])
        serializer.instance = keep(row=Dispute(**data, raised_by=side, raised_on=clock.today()))


@extend_schema(tags=TAG)
class FormalityViewSet(DutyViewSet):
    """Signatures, seals and originals (article 22)."""

    queryset = Formality.objects.all()
    serializer_class = serializers_duties.FormalitySerializer
