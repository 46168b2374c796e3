"""The office's consent: asked for, answered in writing, taken back before it is decided."""

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contract.api.base import OfContractFilter, ReasonSerializer, StrictSerializer, VisibleField
from contract.api.records import TAG, DutyViewSet, side_of
from contract.choices import ConsentKind, PartySide
from contract.duties.models import Consent
from contract.duties.services import consents
from contract.models import Contract
from kit import clock


class ConsentSerializer(StrictSerializer, serializers.ModelSerializer):
    """A request for the office's consent, and its written answer. Silence is no consent."""

    contract = VisibleField(queryset=Contract.objects.all())

    class Meta:
        model = Consent
        fields = [
            "id",
            "updated_at",
            "contract",
            "kind",
            "subject",
            "subject_label",
            "subject_pk",
            "purpose",
            "request_document",
            "requested_on",
            "arrived_on",
            "decision",
            "decided_on",
            "document",
            "reason",
            "valid_from",
            "valid_to",
            "revoked_on",
            "withdrawn_on",
            "withdrawal_reason",
        ]
        read_only_fields = ["id", "updated_at", *fields[fields.index("requested_on") :]]


class ConsentFilter(OfContractFilter):
    """Consents by contract and kind, and those that wait for an answer."""

    kind = django_filters.ChoiceFilter(choices=ConsentKind)
    is_open = django_filters.BooleanFilter(method="by_answer")

    def by_answer(self, queryset: QuerySet[Any], name: str, is_open: bool) -> QuerySet[Any]:
        unanswered = {"decision": "", "withdrawn_on__isnull": True}
        return queryset.filter(**unanswered) if is_open else queryset.exclude(**unanswered)


@extend_schema(tags=TAG)
class ConsentViewSet(mixins.CreateModelMixin, DutyViewSet):
    """Requests for the office's consent and its written answers."""

    queryset = Consent.objects.all()
    serializer_class = ConsentSerializer
    filterset_class = ConsentFilter
    ordering_fields = ["id", "requested_on"]
    action_permissions = {"withdraw": ("contract.change_consent",)}

    def perform_create(self, serializer: Any) -> None:
        today = clock.today()
        serializer.instance = consents.request_consent(
            consent=Consent(**serializer.validated_data, requested_on=today, arrived_on=today)
        )

    @extend_schema(request=ReasonSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take a request back before the office has decided. Only the vendor does that."""
        row = self.get_object()
        if side_of(request.user, row.contract) != PartySide.VENDOR:
            raise PermissionDenied(_("Only who asked takes the request back."))
        data = self.step(ReasonSerializer, request)
        return self.answer(consents.withdraw_request(consent=row, on=clock.today(), reason=data["reason"]))
