"""A step on which others will rely is described before it is taken.

The first press shows what is about to happen, with the days that would follow; the second, on that
page, takes the step. What is taken is what was shown: the page carries a seal of everything that was
sent, and anything else is shown anew. See docs/decisions/0041.
"""

import hashlib
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from kit.errors import Conflict

T = TypeVar("T")
SEAL = "confirmed"
OWN = {SEAL, "csrfmiddlewaretoken"}


class Needed(Exception):
    """The person has not seen yet what is about to happen: answer with `page`."""

    def __init__(self, request: HttpRequest, title: Any, consequences: Iterable[Any]) -> None:
        super().__init__(str(title))
        self.request, self.title, self.consequences = request, title, [str(one) for one in consequences]

    def page(self, site: Any) -> HttpResponse:
        """What is about to happen, everything that was sent, and a button."""
        context = {
            **site.each_context(self.request),
            "title": self.title,
            "consequences": self.consequences,
            "sent": [(name, value) for name, value in _sent(self.request) if name not in OWN],
            "seal": seal(self.request),
            "seal_name": SEAL,
            "question": _("Is this what is to be recorded?"),
        }
        return TemplateResponse(self.request, "admin/contract/confirm.html", context)


def require(request: HttpRequest, title: Any, consequences: Callable[[], Iterable[Any]]) -> None:
    """Raise Needed unless the person confirms, with this request, exactly what it was shown.

    What the step refuses, a permission above all, is said before and not asked about: `consequences`
    rehearses the step, or the caller has checked it.
    """
    if request.POST.get(SEAL) != seal(request):
        raise Needed(request, title, consequences())


def seal(request: HttpRequest) -> str:
    """What was sent, in short: another day, recipient or decision has another one."""
    said = [str(request.user.pk), request.get_full_path(), *(f"{n}={v}" for n, v in _sent(request) if n not in OWN)]
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, values in sorted(request.POST.lists()) for value in values]


def take(
    request: HttpRequest,
    step: Callable[[], Any],
    *,
    done: str,
    title: Any = None,
    consequences: Callable[[], Iterable[Any]] = list,
) -> None:
    """Take a step of a page and say that it is done, or why it is refused.

    With a title it is rehearsed and shown first, with its consequences (raises Needed).
    """

    def foretold() -> Iterable[Any]:
        rehearsed(step)
        return consequences()

    try:
        if title is not None:
            require(request, title, foretold)
        step()
    except (ValidationError, Conflict, PermissionDenied) as error:
        messages.error(request, " ".join(error.messages if isinstance(error, ValidationError) else [str(error)]))
    else:
        messages.success(request, done)


class _Undone(Exception):
    pass


def rehearsed(step: Callable[[], T]) -> T:
    """What a step would write, or what it refuses; nothing of it stays in the database.

    Only for steps that write nothing but rows.
    """
    try:
        with transaction.atomic():
            done = step()
            raise _Undone
    except _Undone:
        return done
