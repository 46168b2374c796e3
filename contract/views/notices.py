"""Letters of the office: read, and acknowledged, which is their proof of arrival."""

import django_filters
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from contract import clock
from contract.choices import PartySide
from contract.choices_delivery import NoticeKind, NoticeMeans
from contract.downloads import pdf_response
from contract.filters_duties import OfContractFilter
from contract.models import Notice
from contract.renderers import PDFRenderer
from contract.serializers_notices import AcknowledgeSerializer, NoticeSerializer
from contract.services import notices
from contract.views.duties_base import DutyViewSet, side_of


class NoticeFilter(OfContractFilter):
    """Letters by contract and kind, and those that nobody has acknowledged."""

    kind = django_filters.ChoiceFilter(choices=NoticeKind)
    is_open = django_filters.BooleanFilter(field_name="arrival", lookup_expr="isnull")


@extend_schema(tags=["notices"])
class NoticeViewSet(DutyViewSet):
    """Numbered letters from the office to the vendor, never changed once issued."""

    queryset = (
        Notice.objects.select_related("contract", "arrival", "corrected_by")
        .prefetch_related("subjects")
        .defer("facts", "corrected_by__facts")
    )
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter
    ordering_fields = ["id", "issued_on"]
    action_permissions = {"acknowledge": ("contract.add_noticearrival",)}

    @extend_schema(
        responses={
            (200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY, "The letter as issued.")
        },
        filters=False,
    )
    @action(detail=True, renderer_classes=[JSONRenderer, PDFRenderer], filterset_class=None)
    def pdf(self, request: Request, pk: str) -> HttpResponse:
        """The letter as it was issued. Reading it is no acknowledgement."""
        notice = self.get_object()
        return pdf_response(notices.read_notice(notice), notice.number)

    @extend_schema(request=AcknowledgeSerializer)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: str) -> Response:
        """Acknowledge that the letter has arrived: the time that it sets runs from today."""
        notice = self.get_object()
        if side_of(request.user, notice.contract) != PartySide.VENDOR:
            raise PermissionDenied(_("Only the recipient acknowledges a letter."))
        data = self.step(AcknowledgeSerializer, request)
        notices.record_arrival(
            notice=notice, arrived_on=clock.today(), means=NoticeMeans.SYSTEM, actor=request.user,
            at=clock.now(), on=clock.today(), received_by=data["received_by"],
        )  # fmt: skip
        return self.answer(self.get_object())
