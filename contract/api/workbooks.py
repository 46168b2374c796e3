"""Lists as workbooks over the API: download, fill in, send back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from contract.api.base import StrictSerializer, VisibleField
from contract.models import Contract
from contract.selectors import visible_contracts
from kit.api.parsers import BoundedMultiPartParser
from kit.api.problems import Problem
from kit.api.renderers import WorkbookRenderer, workbook_response
from kit.api.trial import VALIDATE, tried, written_unless_tried
from kit.errors import RowErrors
from kit.files import spreadsheets
from kit.workbooks.lists import ListBook
from kit.workbooks.taking_in import ListResult

CONTRACT = OpenApiParameter("contract", int, description="Left out: the only contract that you see.")


def download(view: Any) -> Any:
    """The address of a list to be filled in. (Each view its own: an action keeps what it was given.)"""
    return action(
        detail=False,
        url_path=r"template\.xlsx",
        filterset_class=None,
        pagination_class=None,
        renderer_classes=[JSONRenderer, WorkbookRenderer],
    )(view)


def upload(view: Any) -> Any:
    """The address to which it is sent back."""
    return action(
        detail=False,
        methods=["post"],
        url_path="import",
        parser_classes=[BoundedMultiPartParser],
        filterset_class=None,
        pagination_class=None,
    )(view)


class ListFileSerializer(StrictSerializer):
    """A filled list, and the contract that it is of."""

    file = serializers.FileField(help_text="The template (.xlsx), filled in.")
    contract = VisibleField(
        queryset=Contract.objects.all(), required=False, help_text="Left out: the only contract that you see."
    )


class TakenInSerializer(serializers.Serializer):
    created = serializers.IntegerField(help_text="Rows that were not on record before.")
    changed = serializers.IntegerField(help_text="Records that were corrected or answered.")
    unchanged = serializers.IntegerField()


class ContractChoiceSerializer(serializers.Serializer):
    contract = VisibleField(queryset=Contract.objects.all(), required=False)


class WorkbookMixin(GenericAPIView):
    """Adds `template.xlsx` and `import` to a view set. Name the permissions of `take_in_list`.

    `workbook` is the list, `listed` gives its items, `take_rows` names the service.
    """

    workbook: Any  # a ListBook

    def listed(self, contract: Contract) -> Iterable[Any]:
        raise NotImplementedError

    def take_rows(self, contract: Contract, rows: Sequence[Mapping[str, Any]]) -> ListResult:
        raise NotImplementedError

    @extend_schema(
        parameters=[CONTRACT], responses={(200, spreadsheets.MEDIA_TYPE): OpenApiTypes.BINARY}, filters=False
    )
    @download
    def template(self, request: Request) -> HttpResponse:
        """The list as a workbook, to fill in."""
        asked = ContractChoiceSerializer(data=request.query_params, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        contract = asked.validated_data.get("contract") or self._only_contract(request)
        content = self.workbook.template(self.listed(contract))
        return workbook_response(content, f"{request.path.split('/')[-2]}.xlsx")

    @extend_schema(
        parameters=[VALIDATE], request={"multipart/form-data": ListFileSerializer}, responses=TakenInSerializer
    )
    @upload
    @tried
    def take_in_list(self, request: Request) -> Response:
        """Take in a filled list, all of it or nothing; errors name the cell.

        A row that says what is on record changes nothing, and neither does an empty cell.
        """
        form = ListFileSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        contract = form.validated_data.get("contract") or self._only_contract(request)
        with written_unless_tried(request):
            result = taken_in(self.workbook, form.validated_data["file"], lambda rows: self.take_rows(contract, rows))
        return Response(TakenInSerializer(result).data)

    def _only_contract(self, request: Request) -> Contract:
        contracts = list(visible_contracts(request.user)[:2])
        if len(contracts) != 1:
            raise ValidationError({"contract": _("Say of which contract the list is.")})
        return contracts[0]


def taken_in(book: ListBook, file: Any, write: Any) -> ListResult:
    """A filled list, read and written. Problem (400) with every cell at fault, or the file's."""
    try:
        filled = book.read(file)
    except spreadsheets.SpreadsheetError as error:
        raise Problem(400, "bad_file", detail=str(error)) from error
    try:
        result: ListResult = write(filled.rows)
    except RowErrors as error:
        raise book.by_cell(error, filled) from error
    return result
