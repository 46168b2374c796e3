"""Letters of the office, as the vendor reads them and acknowledges their arrival."""

from rest_framework import serializers

from contract.models import Notice, NoticeArrival, NoticeSubject
from contract.serializers import StrictSerializer


class NoticeSubjectSerializer(serializers.ModelSerializer):
    class Meta:
        model = NoticeSubject
        fields = ["subject_label", "subject_pk", "name"]
        read_only_fields = fields


class NoticeArrivalSerializer(serializers.ModelSerializer):
    """When the letter arrived, and the last day of the time that it sets."""

    class Meta:
        model = NoticeArrival
        fields = [
            "arrived_on", "means", "received_by", "nominal_due_on", "legal_due_on", "recorded_at",
        ]  # fmt: skip
        read_only_fields = fields


class NoticeSerializer(serializers.ModelSerializer):
    """A numbered letter. Its text stands in the PDF; `pdf_sha256` is the PDF's hash."""

    subjects = NoticeSubjectSerializer(many=True, read_only=True)
    arrival = NoticeArrivalSerializer(read_only=True, allow_null=True)
    corrected_by = serializers.SerializerMethodField()

    class Meta:
        model = Notice
        fields = [
            "id", "contract", "kind", "number", "title", "recipient_person", "days", "means",
            "issued_on", "corrects", "corrected_by", "reason", "pdf_sha256", "subjects", "arrival",
        ]  # fmt: skip
        read_only_fields = fields

    def get_corrected_by(self, notice: Notice) -> int | None:
        following = getattr(notice, "corrected_by", None)
        return following.pk if following is not None else None


class AcknowledgeSerializer(StrictSerializer):
    """Who took the letter in. The day is the one on which this arrives."""

    received_by = serializers.CharField(max_length=60)
