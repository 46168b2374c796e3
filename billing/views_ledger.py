"""The ledger of a contract over the API, and its tables as files."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import renderers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from billing import exports
from billing.downloads import table_response
from billing.models import Instalment
from billing.selectors.ledger import ledger
from billing.serializers_ledger import LedgerSerializer
from billing.views import AnyFileRenderer
from contract.models import Contract
from contract.problems import Problem
from contract.views.base import OnContractMixin

FILE = OpenApiResponse(OpenApiTypes.BINARY, description="The table as a file.")


@extend_schema(tags=["payment"])
class LedgerViewSet(OnContractMixin, GenericViewSet):
    """What a contract owes, and what was invoiced, accepted, paid, set off and withheld."""

    queryset = Instalment.objects.all()
    serializer_class = LedgerSerializer
    pagination_class = None
    action_permissions = {"table": ("billing.view_instalment",)}

    @extend_schema(responses=LedgerSerializer, filters=False)
    def retrieve(self, request: Request, contract_id: int) -> Response:
        """The instalments in figures, and their sums; everything in yuan, to the fen."""
        found = ledger(self.contract())
        return Response(LedgerSerializer(found).data)

    @extend_schema(
        responses={(200, "application/octet-stream"): FILE},
        filters=False,
        parameters=[
            OpenApiParameter("table", str, "path", enum=list(exports.TABLES)),
            OpenApiParameter("kind", str, "path", enum=list(exports.FORMATS)),
        ],
    )
    def table(self, request: Request, contract_id: int, table: str, kind: str) -> Any:
        """A table of this contract for WPS or Excel: numbers as numbers, no formulas."""
        contract = self.contract()
        if table not in exports.TABLES or kind not in exports.FORMATS:
            raise Http404
        if not request.user.has_perm(exports.TABLES[table].permission):
            self.permission_denied(request)
        rows = Contract.objects.filter(pk=contract.pk)
        try:
            return table_response(exports.table_for(table, rows), kind)
        except exports.TooManyRows as error:
            raise Problem(
                status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, "too_many_rows",
                detail=_("The list is longer than a spreadsheet is good for. Read it in pages."),
            ) from error  # fmt: skip

    def get_renderers(self) -> list[Any]:
        if self.action == "table":
            return [renderers.JSONRenderer(), AnyFileRenderer()]
        return super().get_renderers()
