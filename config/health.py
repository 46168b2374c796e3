"""Two questions of whoever watches the server: does it live, and is it fit to work?"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contract import clock, selectors


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """The database answers (503 if not), and how old the last evaluation is.

    A stale evaluation is told, but does not take the server out of service: the pages that show
    it stay reachable.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        evaluation = _evaluation()
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "database": "unreachable"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok", "evaluation": evaluation})


def _evaluation() -> dict[str, Any]:
    last = selectors.last_run()
    if last is None or last.finished_at is None:
        return {"status": "never"}
    age = clock.now() - last.finished_at
    stale = age > timedelta(hours=settings.EVALUATION_STALE_AFTER_HOURS)
    return {
        "status": "stale" if stale else "ok",
        "as_of": last.as_of.isoformat(),
        "finished_at": last.finished_at.isoformat(),
    }
