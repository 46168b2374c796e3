"""What the API's description says of every operation: its errors, and how to repeat a write."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from kit.api.idempotency import HEADER, KEY_LENGTH, UNSAFE, IdempotentMixin
from kit.api.problems import CONTENT_TYPE
from kit.api.versions import HEADER as IF_MATCH
from kit.api.versions import VersionedMixin

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457. `code` is for programs, `title`, `detail` and `message` for people.",
    "required": ["type", "title", "status", "detail", "instance", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message", "code"],
                "properties": {
                    "field": {"type": "string", "description": "Field, or cell of a workbook."},
                    "index": {"type": "integer", "description": "The row, from 0."},
                    "message": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
        "errors_left_out": {"type": "integer", "description": "How many more there are than `errors` tells."},
    },
}


class Schema(AutoSchema):
    """Names the headers of repeated writes, and of writes on a version, where a view honours them."""

    def get_override_parameters(self) -> list[Any]:
        parameters = list(super().get_override_parameters())
        if isinstance(self.view, IdempotentMixin) and self.method in UNSAFE:
            parameters.append(
                OpenApiParameter(
                    HEADER,
                    {"type": "string", "maxLength": KEY_LENGTH},
                    location=OpenApiParameter.HEADER,
                    description="A key of your own. The same request with the same key is done "
                    "once, and answered the same for 30 days.",
                )
            )
        if self._is_of_a_version():
            parameters.append(
                OpenApiParameter(
                    IF_MATCH,
                    str,
                    location=OpenApiParameter.HEADER,
                    description="The `ETag` that you have read: where the record has changed since, 412 says "
                    "who has changed it and when, and nothing is written.",
                )
            )
        return parameters

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        """What is only read may be null or blank where its column may: DRF forgets it of what it does not check."""
        path = _columns(field) if field.read_only else []
        field.allow_null = field.allow_null or any(column.null for column in path)
        if path and isinstance(field, serializers.ChoiceField):
            field.allow_blank = field.allow_blank or path[-1].blank
        return super()._map_serializer_field(field, direction, bypass_extensions)

    def _is_of_a_version(self) -> bool:
        """Whether a record in the path is written that has versions."""
        view = self.view
        if not isinstance(view, VersionedMixin) or self.method not in UNSAFE or not view.stamp:
            return False
        return bool(getattr(view, "detail", False))


def _columns(field: Any) -> list[Any]:
    """The columns that lead from a row to what a field of its serializer shows; none where it is no column."""
    model = getattr(getattr(field.parent, "Meta", None), "model", None)
    path = []
    for name in (field.source or "").split("."):
        try:
            column = model._meta.get_field(name) if model is not None else None
        except FieldDoesNotExist:
            return []
        if column is None or not column.concrete:
            return []
        path.append(column)
        model = column.related_model
    return path


def describe(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """An id in a path is a number, as it is in the answers, and every operation may answer with a problem
    document (a hook of drf-spectacular)."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path" and (parameter["name"] == "id" or parameter["name"].endswith("_id")):
                    parameter["schema"] = {"type": "integer", "minimum": 1}
            operation["responses"]["default"] = {"description": "An error.", "content": content}
    return result
