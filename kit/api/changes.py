"""What has changed since a moment, so that a client stays in step without reading all of it again."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from kit.api.problems import Problem

SINCE = "updated_since"


class ChangedSince(BaseFilterBackend):
    """`?updated_since=2025-03-01T08:00:00+08:00`: what was written at that instant or later, the oldest first.

    A write is stamped before it is committed: a client asks again from some minutes before its last question.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        asked, stamp = request.query_params.get(SINCE), getattr(view, "stamp", "")
        if asked is None or not stamp:
            return queryset
        try:
            since = serializers.DateTimeField().run_validation(asked)
        except (serializers.ValidationError, OverflowError) as error:
            message = _("Write an instant with its zone, for example 2025-03-01T08:00:00+08:00.")
            errors = [{"field": SINCE, "message": message, "code": "invalid"}]
            raise Problem(status.HTTP_400_BAD_REQUEST, "invalid", errors=errors) from error
        changed = queryset.filter(**{f"{stamp}__gte": since})
        return changed if request.query_params.get("ordering") else changed.order_by(stamp, "pk")

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        if not getattr(view, "stamp", ""):
            return []
        schema = {"type": "string", "format": "date-time"}
        text = "What was entered or changed at that instant or later, the oldest first."
        return [{"name": SINCE, "required": False, "in": "query", "description": text, "schema": schema}]
