"""What attendance and rota share: a month of a contract, as rows or as a filled workbook."""

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from contract.api.base import OnContractMixin
from contract.models import Contract
from kit.api.idempotency import IdempotentMixin
from kit.api.problems import Problem
from kit.api.renderers import workbook_response
from kit.api.trial import written_unless_tried
from kit.errors import RowErrors
from kit.files import spreadsheets
from staffing.api.base import month_span, with_people
from staffing.choices import AttendanceRoute
from staffing.services.attendance import AttendanceFile

of_a_month = extend_schema(
    parameters=[OpenApiParameter("month", str, required=True, description="For example 2025-03.")],
    responses={(200, spreadsheets.MEDIA_TYPE): OpenApiTypes.BINARY},
    filters=False,
)


class MonthViewSet(IdempotentMixin, OnContractMixin, ListModelMixin, GenericViewSet):
    """Rows of people and days that came in batches. `book` is the module of the workbook."""

    book: Any
    changed_at = "batch__at"

    def keep(self, contract: Contract, rows: list[Any], **given: Any) -> Any:
        """Have the service write rows that came from `actor` by `route`, with their `file`."""
        raise NotImplementedError

    def answer(self, contract: Contract, month: str, result: Any) -> Response:
        raise NotImplementedError

    def filled_from(self, contract: Contract, first: date, last: date) -> bytes:
        content: bytes = self.book.template(contract, first, last)
        return content

    def sent(self, contract: Contract, month: str, form: Any) -> Iterator[tuple[int, dict[str, Any]]]:
        """The rows of a month with their people; ValidationError, or RowErrors with every row at fault."""
        first, last = month_span(month)
        form.is_valid(raise_exception=True)
        return with_people(contract, form.validated_data["rows"], first, last)

    def written(self, contract: Contract, month: str, rows: list[Any]) -> Response:
        with written_unless_tried(self.request):
            result = self.keep(contract, rows, actor=self.request.user, route=AttendanceRoute.API)
        return self.answer(contract, month, result)

    def handed_out(self, request: Request, name: str) -> HttpResponse:
        """The workbook of the month that is asked for."""
        contract = self.contract()
        first, last = month_span(request.query_params.get("month", ""))
        if first > contract.last_day or last < contract.starts_on:
            raise Problem(
                status.HTTP_400_BAD_REQUEST, "outside_term", detail=_("The contract is not in force in that month.")
            )
        content = self.filled_from(contract, first, last)
        return workbook_response(content, f"{name}-{contract.pk}-{first:%Y-%m}.xlsx")

    def taken_in(self, form: Any) -> Response:
        """A filled workbook, all of it or nothing. Problem (400) for another file, or with every cell at fault."""
        contract = self.contract()
        form.is_valid(raise_exception=True)
        file = form.validated_data["file"]
        try:
            filled = self.book.read(file, contract)
        except spreadsheets.SpreadsheetError as error:
            raise Problem(400, "bad_file", detail=str(error)) from error
        file.seek(0)
        came = AttendanceFile(file.name, hashlib.sha256(file.read()).hexdigest())
        rows = [row for row, _cell in filled.rows]
        try:
            with written_unless_tried(self.request):
                result = self.keep(contract, rows, actor=self.request.user, route=AttendanceRoute.FILE, file=came)
        except RowErrors as error:
            raise filled.by_cell(error) from error
        return self.answer(contract, filled.month, result)
