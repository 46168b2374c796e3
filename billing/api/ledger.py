"""The ledger of a contract as both parties read it, and its tables as files."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import renderers, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from billing import exports
from billing.api.base import AnyFileRenderer, OfKnown
from billing.downloads import table_response
from billing.models import Instalment
from billing.selectors.ledger import ledger
from contract.api.base import OnContractMixin
from contract.models import Contract
from kit.api.problems import Problem

FILE = OpenApiResponse(OpenApiTypes.BINARY, description="The table as a file.")


class Money(serializers.DecimalField):
    def __init__(self, **kwargs: object) -> None:
        super().__init__(max_digits=20, decimal_places=2, **kwargs)  # type: ignore[arg-type]


class FiguresSerializer(serializers.Serializer):
    """Sums in yuan. `remaining` is neither paid nor set off; `payable` is not withheld either."""

    amount = Money()
    invoiced = Money()
    accepted = Money()
    paid = Money()
    deducted = Money()
    withheld = Money()
    remaining = Money()
    payable = Money()


class LedgerRowSerializer(FiguresSerializer):
    """One instalment."""

    instalment = serializers.IntegerField(source="pk")
    sequence = serializers.IntegerField()
    title = serializers.CharField(help_text="Of what is paid once: as the contract calls it.")
    amount = OfKnown(help_text="Null while a quantity is missing (`is_open`).")  # type: ignore[assignment]
    remaining = OfKnown()  # type: ignore[assignment]
    payable = OfKnown()  # type: ignore[assignment]
    is_supplement = serializers.BooleanField()
    is_open = serializers.BooleanField(help_text="The amount is not known yet: a quantity is missing.")
    period_start = serializers.DateField(source="start")
    period_end = serializers.DateField(source="end")
    invoice_number = serializers.CharField()
    accepted_on = serializers.DateField(allow_null=True)
    paid_on = serializers.DateField(allow_null=True)


class LedgerSerializer(serializers.Serializer):
    """The ledger of a contract."""

    contract = serializers.IntegerField(source="contract.pk")
    contract_number = serializers.CharField(source="contract.number")
    rows = LedgerRowSerializer(many=True)
    totals = FiguresSerializer()


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
                status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
                "too_many_rows",
                detail=_("The list is longer than a spreadsheet is good for. Read it in pages."),
            ) from error

    def get_renderers(self) -> list[Any]:
        if self.action == "table":
            return [renderers.JSONRenderer(), AnyFileRenderer()]
        return super().get_renderers()
