"""`?validate=true` on whatever takes in a list: the full answer, and nothing is written.

Anything else that stands in the address of a write is refused: who asks to try what cannot be
tried, or mistypes the word, would write.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

F = TypeVar("F", bound=Callable[..., Any])
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


def tried(action: F) -> F:
    """Marks a write that can be tried (with `written_unless_tried` inside)."""
    action.may_be_tried = True  # type: ignore[attr-defined]
    return action


def refuse_other_parameters(request: Request, action: Any) -> None:
    """ValidationError for a parameter in the address of a write that it does not take, or takes once."""
    known = {"validate"} if getattr(action, "may_be_tried", False) else set()
    wrong = {
        name[:80]: _("This request takes no such parameter in its address.")
        for name in set(request.query_params) - known
    }
    if wrong := wrong | given_twice(request):
        raise ValidationError(wrong)


def given_twice(request: Request) -> dict[str, str]:
    """Parameters that are given several times, each with the sentence that says so."""
    message = _("This parameter is given several times. Give it once.")
    return {name[:80]: message for name, values in request.query_params.lists() if len(values) > 1}
