"""Attendance as 钉钉 or 企业微信 exports it: shown as it was understood, taken in when that is confirmed."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from contract.api.base import OnContractMixin, StrictSerializer
from kit.api.idempotency import IdempotentMixin
from kit.api.problems import Problem
from kit.api.trial import VALIDATE, tried, written_unless_tried
from staffing.exports.counting import Looked, count, look
from staffing.models import Attendance


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

    @extend_schema(
        parameters=[VALIDATE], request={"multipart/form-data": ExportFileSerializer}, responses=ExportAnswerSerializer
    )
    @tried
    def take_in(self, request: Request, contract_id: int) -> Response:
        """Show what was understood; with `confirm` take it in, all that is clear or nothing.

        A row that is not clear never counts: a half day of leave, a word that is not known, a
        person who is not known. Send the file again with `confirm` once the answer was looked at.
        """
        contract = self.contract()
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        file, confirm = form.validated_data["file"], form.validated_data.get("confirm")
        looked = look(contract, file, file.name)
        answer = _answer(looked)
        if confirm is None:
            return Response(ExportAnswerSerializer(answer).data)
        if confirm != looked.file.sha256:
            raise Problem(400, "bad_file", detail=_("This is not the file that was looked at. Look at it first."))
        if looked.open and not form.validated_data["leave_open"]:
            errors = [{"field": day.cell, "message": day.question, "code": "open"} for day in looked.open]
            raise Problem(400, "bad_cells", errors=errors)
        with written_unless_tried(request):
            result = count(contract, looked.clear, looked.file, request.user)
        answer |= {"counted": True, "created": result.created, "changed": result.changed}
        return Response(ExportAnswerSerializer(answer | {"unchanged": result.unchanged}).data)


def _answer(looked: Looked) -> dict[str, Any]:
    rows = [
        {**vars(day), "operator": pk or None, "states": [vars(state) for state in day.states]}
        for pk, day in looked.rows
    ]
    return {
        "tool": looked.export.source.tool,
        "sheet": looked.export.sheet,
        "sha256": looked.file.sha256,
        "counted": False,
        "open": len(looked.open),
        "created": 0,
        "changed": 0,
        "unchanged": 0,
        "rows": rows,
    }
