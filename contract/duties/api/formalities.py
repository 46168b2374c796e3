"""How the contract was concluded: signatures, seals and originals."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from contract.api.records import TAG, DutyViewSet
from contract.duties.models import Formality


class FormalitySerializer(serializers.ModelSerializer):
    class Meta:
        model = Formality
        fields = ["id", "updated_at", "contract", "side", "signatory", "signed_on", "sealed_on", "originals"]
        read_only_fields = fields


@extend_schema(tags=TAG)
class FormalityViewSet(DutyViewSet):
    """Signatures, seals and originals."""

    queryset = Formality.objects.all()
    serializer_class = FormalitySerializer
