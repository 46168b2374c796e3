"""Operators and posts."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.viewsets import ReadOnlyModelViewSet

from contract.models import Party
from contract.views.base import ScopedMixin, WritableViewSet
from staffing import services
from staffing.access import own_parties, visible_operators
from staffing.filters import OperatorFilter, PostFilter
from staffing.models import Operator, Post
from staffing.serializers import OperatorSerializer, PostSerializer


@extend_schema(tags=["people"])
class OperatorViewSet(WritableViewSet):
    """The people whom the vendor employs for the hotline."""

    queryset = Operator.objects.all()
    serializer_class = OperatorSerializer
    filterset_class = OperatorFilter
    ordering_fields = ["id", "employee_number", "hired_on"]

    def scope(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(pk__in=visible_operators(self.request.user))

    def perform_create(self, serializer: Any) -> None:
        data = dict(serializer.validated_data)
        vendor = data.pop("vendor", None) or self._only_party()
        serializer.instance = services.register_operator(vendor=vendor, **data)

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = services.update_operator(
            operator=serializer.instance, **serializer.validated_data
        )

    def _only_party(self) -> Party:
        parties = own_parties(self.request.user)[:2]
        if len(parties) != 1:
            raise ValidationError({"vendor": _("Say for which vendor the person works.")})
        return parties[0]


@extend_schema(tags=["people"])
class PostViewSet(ScopedMixin, ReadOnlyModelViewSet):
    """The posts of a contract. The office sets them up."""

    queryset = Post.objects.all()
    serializer_class = PostSerializer
    filterset_class = PostFilter
    ordering_fields = ["id", "code"]
