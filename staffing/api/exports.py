"""Attendance as 钉钉 or 企业微信 exports it: shown as it was understood, taken in when that is confirmed."""

import hashlib
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from contract.api.base import OnContractMixin, StrictSerializer
from contract.models import Contract
from kit import clock
from kit.api.idempotency import IdempotentMixin
from kit.api.problems import Problem
from kit.errors import RowErrors
from kit.files.spreadsheets import SpreadsheetError
from staffing.choices import AttendanceRoute
from staffing.exports.people import matched
from staffing.exports.reading import DayRead, Export, read_export
from staffing.models import Attendance
from staffing.services import attendance
from staffing.services.attendance import AttendanceFile, AttendanceRow


class ExportFileSerializer(StrictSerializer):
    file = serializers.FileField(help_text="The export (.xlsx, or .csv in UTF-8 or GBK) as it was downloaded.")
    confirm = serializers.CharField(
        max_length=64, required=False, help_text="The `sha256` of the answer that was looked at: now it counts."
    )
    leave_open = serializers.BooleanField(
        default=False, help_text="Take in what is clear; the rows with a question are reported otherwise."
    )


class ExportStateSerializer(serializers.Serializer):
    kind = serializers.CharField()
    text = serializers.CharField()
    amount = serializers.CharField(allow_null=True)
    unit = serializers.CharField()


class ExportDaySerializer(serializers.Serializer):
    """What was understood of one cell."""

    cell = serializers.CharField()
    day = serializers.DateField()
    name = serializers.CharField()
    employee_number = serializers.CharField(source="number")
    account = serializers.CharField()
    operator = serializers.IntegerField(allow_null=True)
    text = serializers.CharField(help_text="What stands in the cell.")
    states = ExportStateSerializer(many=True)
    first_punch = serializers.CharField()
    last_punch = serializers.CharField(help_text="次日 before the time: on the next day.")
    status = serializers.CharField(help_text="The attendance status; empty where none follows.")
    question = serializers.CharField(help_text="What a person must decide or correct; empty where it is clear.")


class ExportAnswerSerializer(serializers.Serializer):
    """What a file says. Nothing is written unless `counted`."""

    tool = serializers.CharField()
    sheet = serializers.CharField()
    sha256 = serializers.CharField()
    counted = serializers.BooleanField()
    open = serializers.IntegerField(help_text="Rows with a question.")
    created = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rows = ExportDaySerializer(many=True)


@extend_schema(tags=["attendance"])
class AttendanceExportView(IdempotentMixin, OnContractMixin, GenericViewSet):
    """Exports of other tools."""

    queryset = Attendance.objects.all()
    serializer_class = ExportFileSerializer
    action_permissions = {"take_in": ("staffing.add_attendance", "staffing.change_attendance")}

    @extend_schema(request={"multipart/form-data": ExportFileSerializer}, responses=ExportAnswerSerializer)
    def take_in(self, request: Request, contract_id: int) -> Response:
        """Show what was understood; with `confirm` take it in, all that is clear or nothing.

        A row that is not clear never counts: a half day of leave, a word that is not known, a
        person who is not known. Send the file again with `confirm` once the answer was looked at.
        """
        contract = self.contract()
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        file, confirm = form.validated_data["file"], form.validated_data.get("confirm")
        sha256 = hashlib.sha256(file.read()).hexdigest()
        file.seek(0)
        try:
            export = read_export(file)
        except SpreadsheetError as error:
            raise Problem(400, "bad_file", detail=str(error)) from error
        rows = matched(contract, export.days)
        left = [day for _pk, day in rows if day.question]
        answer = _answer(export, rows, sha256, len(left))
        if confirm is None:
            return Response(ExportAnswerSerializer(answer).data)
        if confirm != sha256:
            raise Problem(400, "bad_file", detail=_("This is not the file that was looked at. Look at it first."))
        if left and not form.validated_data["leave_open"]:
            errors = [{"field": day.cell, "message": day.question, "code": "open"} for day in left]
            raise Problem(400, "bad_cells", errors=errors)
        result = self._write(contract, rows, AttendanceFile(file.name, sha256))
        answer |= {"counted": True, "created": result.created, "changed": result.changed}
        return Response(ExportAnswerSerializer(answer | {"unchanged": result.unchanged}).data)

    def _write(self, contract: Contract, rows: list[tuple[int, DayRead]], file: AttendanceFile) -> Any:
        clear = [(pk, day) for pk, day in rows if pk and day.status and not day.question]
        try:
            return attendance.enter(
                contract=contract,
                rows=[AttendanceRow(pk, day.day, day.status) for pk, day in clear],
                actor=self.request.user,
                route=AttendanceRoute.FILE,
                at=clock.now(),
                today=clock.today(),
                file=file,
            )
        except RowErrors as error:
            errors = [
                {"field": clear[row.index][1].cell, "message": str(row.message), "code": row.code}
                for row in error.errors
                if row.index < len(clear)
            ]
            raise Problem(400, "bad_cells", errors=errors) from error


def _answer(export: Export, rows: list[tuple[int, DayRead]], sha256: str, left: int) -> dict[str, Any]:
    shown = [{**vars(day), "operator": pk or None, "states": [vars(state) for state in day.states]} for pk, day in rows]
    return {
        "tool": export.source.tool,
        "sheet": export.sheet,
        "sha256": sha256,
        "counted": False,
        "open": left,
        "created": 0,
        "changed": 0,
        "unchanged": 0,
        "rows": shown,
    }
