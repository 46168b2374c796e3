"""Which version of a record a change is of.

A record is answered with its version as `ETag`: its id and the instant of its last change. A write that carries
it as `If-Match` is done on that version or not at all: 412 says who has changed the record since, and when.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from kit.api.idempotency import UNSAFE
from kit.api.problems import Problem

HEADER = "If-Match"
STAMP = "updated_at"


class VersionedMixin(GenericAPIView):
    """Answers a record with its version, and honours `If-Match` where a record in the path is written.

    `changed_at` is the column of the last change; left out, it is `updated_at` where the table has one.
    """

    changed_at = ""

    @property
    def stamp(self) -> str:
        """The column by which this view knows what has changed; "" for rows that never change."""
        queryset: Any = getattr(self, "queryset", None)  # its stub is a manager, which is none here
        model = getattr(queryset, "model", None)
        has_one = model is not None and any(field.name == STAMP for field in model._meta.concrete_fields)
        return self.changed_at or (STAMP if has_one else "")

    def hold(self, row: Any) -> None:
        """Keep other writers of this row away until the transaction ends."""
        raise NotImplementedError

    def last_change(self, row: Any) -> tuple[str, datetime]:
        """Who has changed this row last, and when."""
        raise NotImplementedError

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        name = (request.method or "").lower()
        handler = getattr(self, name, None)
        if HEADER in request.headers and name.upper() in UNSAFE and handler is not None:
            setattr(self, name, _in_one_transaction(handler))

    def get_object(self) -> Any:
        row: Any = super().get_object()
        wanted = self.request.headers.get(HEADER)
        if wanted is None or self.request.method not in UNSAFE:
            return row
        if not hasattr(row, STAMP):
            errors = [{"field": HEADER, "message": _("This record has no versions."), "code": "invalid"}]
            raise Problem(status.HTTP_400_BAD_REQUEST, "invalid", errors=errors)
        self.hold(row)
        row = super().get_object()  # as it is now
        if wanted.strip() != "*" and version(row.pk, row.updated_at) not in _named(wanted):
            who, when = self.last_change(row)
            text = _("%(who)s has changed this record at %(when)s. Read it again, then send your change.")
            detail = text % {"who": who, "when": timezone.localtime(when).strftime("%Y-%m-%d %H:%M:%S")}
            raise Problem(status.HTTP_412_PRECONDITION_FAILED, "changed_since", detail=detail)
        return row

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        data = response.data if isinstance(response, Response) else None
        if isinstance(data, dict) and {"id", STAMP} <= data.keys():
            response["ETag"] = version(data["id"], data[STAMP])
        return response


def version(pk: Any, stamp: datetime | str) -> str:
    """The version of a row as an entity tag."""
    written = stamp if isinstance(stamp, str) else serializers.DateTimeField().to_representation(stamp)
    return f'"{pk}@{written}"'


def _named(header: str) -> set[str]:
    """The versions that a header names. A proxy that packs answers marks their tags as weak (W/)."""
    return {part.strip().removeprefix("W/") for part in header.split(",")}


def _in_one_transaction(handler: Callable[..., Any]) -> Callable[..., Any]:
    def held(*args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            return handler(*args, **kwargs)

    return held
