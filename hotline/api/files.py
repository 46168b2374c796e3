"""The files of a platform over the API: looked at first, and taken in with the checksum of what was looked at."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contract.api.base import StrictSerializer
from contract.models import Contract
from hotline.models import Platform
from kit.api.problems import Problem
from kit.errors import RowErrors
from kit.files.spreadsheets import SpreadsheetError
from kit.workbooks.taking_in import ListResult


class TakenSerializer(serializers.Serializer):
    created = serializers.IntegerField(help_text="Days that were not on record before.")
    changed = serializers.IntegerField(help_text="Days with other figures; the old ones are kept.")
    unchanged = serializers.IntegerField()


class FileReadSerializer(TakenSerializer):
    """What a file says. Nothing is written unless `counted`."""

    sha256 = serializers.CharField()
    counted = serializers.BooleanField()


class PlatformFileSerializer(StrictSerializer):
    platform = serializers.IntegerField(min_value=1)
    file = serializers.FileField(help_text="The file as the platform wrote it; what is larger goes by manage.py.")
    confirm = serializers.CharField(
        max_length=64, required=False, help_text="The `sha256` of the answer that was looked at: now it counts."
    )


def looked_at_or_taken_in(
    request: Request,
    contract: Contract,
    *,
    read: Callable[[Platform, Any], Any],
    told: Callable[[Any], dict[str, Any]],
    take_in: Callable[[Platform, Any], ListResult],
    answer: type[FileReadSerializer],
) -> Response:
    """What a file says; where the request confirms its checksum, written: all of it or nothing."""
    form = PlatformFileSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    platform = Platform.objects.filter(contract=contract, pk=form.validated_data["platform"]).first()
    if platform is None or not platform.stands:
        raise serializers.ValidationError({"platform": _("There is no such platform of this contract.")})
    file, confirm = form.validated_data["file"], form.validated_data.get("confirm")
    sha256 = hashlib.sha256(file.read()).hexdigest()
    file.seek(0)
    try:
        found = read(platform, file)
    except SpreadsheetError as error:
        raise Problem(400, "bad_file", detail=str(error)) from error
    except RowErrors as error:
        raise _by_line(error) from error
    result = {"sha256": sha256, "counted": False, "created": 0, "changed": 0, "unchanged": 0, **told(found)}
    if confirm is None:
        return Response(answer(result).data)
    if confirm != sha256:
        raise Problem(400, "bad_file", detail=_("This is not the file that was looked at. Look at it first."))
    try:
        taken = take_in(platform, found)
    except RowErrors as error:
        raise _by_line(error, days=True) from error
    return Response(answer(result | vars(taken) | {"counted": True}).data)


def _by_line(error: RowErrors, *, days: bool = False) -> Problem:
    """Faults by the line of the file, or by the day."""
    errors = [
        {
            "field": row.field if days else f"{row.index + 1} {row.field}".strip(),
            "message": str(row.message),
            "code": row.code,
        }
        for row in error.errors
    ]
    return Problem(400, "bad_rows", errors=errors)
