"""`?validate=true` on whatever takes in a list: the full answer, and nothing is written."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

VALIDATE = OpenApiParameter(
    "validate", bool, description="true: the answer is the one that would be given, and nothing is written."
)


@contextmanager
def written_unless_tried(request: Request) -> Iterator[None]:
    """What is written inside stays, unless the request only asks what would come of it.

    Everything runs, constraints included, and is then rolled back; what waits for the commit
    (letters, messages) is never sent.
    """
    asked = request.query_params.get("validate", "false")
    if asked not in ("true", "false"):
        raise ValidationError({"validate": "true / false"})
    with transaction.atomic():
        yield
        if asked == "true":
            transaction.set_rollback(True)
