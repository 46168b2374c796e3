"""What the views of the contract's own duties share: a step taken, and by which side."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from rest_framework import mixins
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from contract.api.base import OfContractFilter, ScopedMixin
from contract.choices import PartySide
from contract.models import Contract, Membership
from kit.api.idempotency import IdempotentMixin

TAG = ["duties"]


class DutyViewSet(IdempotentMixin, ScopedMixin, mixins.RetrieveModelMixin, mixins.ListModelMixin, GenericViewSet):
    """Records that are read here; some have a step that a person takes."""

    filterset_class: Any = OfContractFilter
    ordering_fields: Any = ["id"]

    def step(self, form: type[Any], request: Request) -> dict[str, Any]:
        """What a step is told, checked."""
        sent = form(data=request.data)
        sent.is_valid(raise_exception=True)
        data: dict[str, Any] = sent.validated_data
        return data

    def of_vendor(self) -> Any:
        """A record that the vendor alone writes here; PermissionDenied for the office."""
        row: Any = self.get_object()
        contract = row.contract if hasattr(row, "contract") else row.inspection.contract
        if side_of(self.request.user, contract) != PartySide.VENDOR:
            raise PermissionDenied(_("This is the vendor's to write."))
        return row

    def answer(self, row: Any) -> Response:
        """The record as it stands after a step."""
        return Response(self.get_serializer(row).data)


def side_of(user: Any, contract: Contract) -> PartySide:
    """The side of a contract that somebody acts for. PermissionDenied where it is neither."""
    parties = set(Membership.objects.filter(user=user).values_list("party_id", flat=True))
    if contract.office_id in parties:
        return PartySide.OFFICE
    if contract.vendor_id in parties:
        return PartySide.VENDOR
    raise PermissionDenied(_("You act for neither side of this contract."))
