"""What the API's description says of every operation: its errors, and how to repeat a write."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from kit.api.idempotency import HEADER, KEY_LENGTH, UNSAFE, IdempotentMixin
from kit.api.problems import CONTENT_TYPE

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
    """Names the header of repeated writes where a view honours it."""

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
        return parameters


def describe_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Every operation may answer with a problem document (a hook of drf-spectacular)."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = {"description": "An error.", "content": content}
    return result
