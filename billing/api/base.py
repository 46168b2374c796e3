"""What the subjects share: documents as answers, and rows that either side sees in its turn."""

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework import renderers, serializers

from contract.api.base import ScopedMixin
from contract.models import Membership


class DocumentRenderer(renderers.BaseRenderer):
    """Lets `Accept` name the document; the view itself hands it out."""

    media_type = "application/pdf"
    format = "pdf"
    render_style = "binary"

    def render(self, data: Any, *args: Any, **kwargs: Any) -> Any:
        return b"" if data is None else renderers.JSONRenderer().render(data)  # an error


class AnyFileRenderer(DocumentRenderer):
    media_type = "*/*"
    format = "file"


DOCUMENT = OpenApiResponse(OpenApiTypes.BINARY, description="The document as a file.")


class BothSidesMixin(ScopedMixin):
    """The office sees all of its rows, the vendor those that were put before it."""

    put_before_vendor = Q()

    def scope(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows = super().scope(queryset)
        user: Any = self.request.user
        if user.is_superuser:
            return rows
        offices = Membership.objects.filter(user=user).values("party")
        path = f"{self.contract_path}__office__in"
        return rows.filter(Q(**{path: offices}) | self.put_before_vendor)


class OfKnown(serializers.DecimalField):
    """A sum in yuan that hangs on the amount: null while that is not known, never 0.00."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {"max_digits": 14, "decimal_places": 2, "read_only": True, "allow_null": True} | kwargs
        super().__init__(**kwargs)

    def get_attribute(self, instance: Any) -> Any:
        return None if instance.is_open else super().get_attribute(instance)
