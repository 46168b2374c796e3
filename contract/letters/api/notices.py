"""Letters of the office: read, and acknowledged, which is their proof of arrival."""

import django_filters
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from contract.api.base import OfContractFilter, StrictSerializer
from contract.api.records import DutyViewSet, side_of
from contract.choices import PartySide
from contract.letters.choices import NoticeKind, NoticeMeans
from contract.letters.models import Notice, NoticeArrival, NoticeSubject
from contract.letters.services import arrivals, notices
from kit import clock
from kit.api.renderers import PDFRenderer
from kit.files.downloads import pdf_response


class NoticeSubjectSerializer(serializers.ModelSerializer):
    class Meta:
        model = NoticeSubject
        fields = ["subject_label", "subject_pk", "name"]
        read_only_fields = fields


class NoticeArrivalSerializer(serializers.ModelSerializer):
    """When the letter arrived, and the last day of the time that it sets; why an earlier record was corrected."""

    class Meta:
        model = NoticeArrival
        fields = [
            "arrived_on",
            "means",
            "received_by",
            "nominal_due_on",
            "legal_due_on",
            "recorded_at",
            "correction_reason",
        ]
        read_only_fields = fields


class NoticeSerializer(serializers.ModelSerializer):
    """A numbered letter. Its text stands in the PDF; `pdf_sha256` is the PDF's hash."""

    subjects = NoticeSubjectSerializer(many=True, read_only=True)
    arrival = NoticeArrivalSerializer(read_only=True, allow_null=True)
    corrected_by = serializers.SerializerMethodField()

    class Meta:
        model = Notice
        fields = [
            "id",
            "contract",
            "kind",
            "number",
            "title",
            "recipient_person",
            "days",
            "means",
            "issued_on",
            "corrects",
            "corrected_by",
            "reason",
            "pdf_sha256",
            "subjects",
            "arrival",
        ]
        read_only_fields = fields

    def get_corrected_by(self, notice: Notice) -> int | None:
        following = getattr(notice, "corrected_by", None)
        return following.pk if following is not None else None


class AcknowledgeSerializer(StrictSerializer):
    """Who took the letter in. The day is the one on which this arrives."""

    received_by = serializers.CharField(max_length=60)


class NoticeFilter(OfContractFilter):
    """Letters by contract and kind, and those that nobody has acknowledged."""

    kind = django_filters.ChoiceFilter(choices=NoticeKind)
    is_open = django_filters.BooleanFilter(field_name="arrivals", lookup_expr="isnull", distinct=True)


@extend_schema(tags=["notices"])
class NoticeViewSet(DutyViewSet):
    """Numbered letters from the office to the vendor, never changed once issued."""

    queryset = (
        Notice.objects.select_related("contract", "corrected_by")
        .prefetch_related("subjects", "arrivals")
        .defer("facts", "corrected_by__facts")
    )
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter
    ordering_fields = ["id", "issued_on"]
    action_permissions = {"acknowledge": ("contract.add_noticearrival",)}

    @extend_schema(
        responses={(200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY, "The letter as issued.")},
        filters=False,
    )
    @action(detail=True, renderer_classes=[JSONRenderer, PDFRenderer], filterset_class=None)
    def pdf(self, request: Request, pk: str) -> HttpResponse:
        """The letter as it was issued. Reading it is no acknowledgement."""
        notice = self.get_object()
        return pdf_response(notices.read_notice(notice), f"{notice.number} {notice.title}")

    @extend_schema(request=AcknowledgeSerializer)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: str) -> Response:
        """Acknowledge that the letter has arrived: the time that it sets runs from today."""
        notice = self.get_object()
        if side_of(request.user, notice.contract) != PartySide.VENDOR:
            raise PermissionDenied(_("Only the recipient acknowledges a letter."))
        data = self.step(AcknowledgeSerializer, request)
        arrivals.record_arrival(
            notice=notice,
            arrived_on=clock.today(),
            means=NoticeMeans.SYSTEM,
            actor=request.user,
            at=clock.now(),
            on=clock.today(),
            received_by=data["received_by"],
        )
        return self.answer(self.get_object())
