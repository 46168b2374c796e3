"""What both sides agree to: each in the version that it has read."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from contract.api.base import InstantField, StrictSerializer
from contract.api.records import DutyViewSet, side_of
from contract.choices import PartySide
from kit.errors import Conflict


class VersionSerializer(StrictSerializer):
    """What one agrees to: the record as one has read it."""

    updated_at = InstantField(help_text="As it stands in the record that you read.")


class AgreedViewSet(DutyViewSet):
    """Records that both sides agree to, each as it has read them."""

    def read_by(self, request: Request) -> tuple[Any, PartySide]:
        """The record in the version that the person has read, and their side."""
        row = self.get_object()
        data = self.step(VersionSerializer, request)
        if data["updated_at"] != row.updated_at:
            raise Conflict(_("This record has changed since you read it. Read it again."))
        return row, side_of(request.user, row.contract)
