"""Information given to third parties, and the consent that allowed it."""

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from confidentiality.models import Disclosure
from contract.api.base import IdFilter, StrictSerializer, VisibleField
from contract.api.records import WITHDRAWAL, RecordViewSet, WithdrawnFilter
from contract.choices import ConsentKind
from contract.duties.models import Consent
from contract.models import Contract


class DisclosureSerializer(StrictSerializer, serializers.ModelSerializer):
    """Information given to a third party. The consent is asked for beforehand (`/consents`)."""

    contract = VisibleField(queryset=Contract.objects.all())
    consent = VisibleField(
        "contract", queryset=Consent.objects.filter(kind=ConsentKind.DISCLOSURE), required=False, allow_null=True
    )

    class Meta:
        model = Disclosure
        fields = [
            "id",
            "updated_at",
            "contract",
            "recipient",
            "content",
            "purpose",
            "disclosed_on",
            "document",
            "consent",
            *WITHDRAWAL,
        ]
        read_only_fields = WITHDRAWAL
        fixed = ("contract", "recipient", "disclosed_on")  # a mistake is the office's to correct


class DisclosureFilter(WithdrawnFilter):
    consent = IdFilter(field_name="consent_id")
    disclosed_from = django_filters.DateFilter(field_name="disclosed_on", lookup_expr="gte")
    disclosed_to = django_filters.DateFilter(field_name="disclosed_on", lookup_expr="lte")

    class Meta:
        model = Disclosure
        fields: list[str] = []


@extend_schema(tags=["confidentiality"])
class DisclosureViewSet(RecordViewSet):
    """What was given to third parties, with the consent that allowed it.

    What was reported is not taken back here: only the office withdraws it.
    """

    queryset = Disclosure.objects.all()
    serializer_class = DisclosureSerializer
    filterset_class = DisclosureFilter
    ordering_fields = ["id", "disclosed_on"]
