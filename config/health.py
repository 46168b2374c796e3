"""Two questions of whoever watches the server: does it live, and is it fit to work?"""

from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contract.dashboard import heartbeat
from contract.history.dashboard import log_check
from kit import clock


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
        evaluation, change_log = _evaluation(), _change_log()
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "database": "unreachable"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok", "evaluation": evaluation, "change_log": change_log})


def _change_log() -> dict[str, Any]:
    """The last comparison of the tables with the change log."""
    last = log_check(clock.now())
    if last.result is None or last.result.finished_at is None:
        return {"status": "never"}
    status = "problems" if last.result.problems else "stale" if last.is_stale else "ok"
    return {"status": status, "problems": last.result.problems, "finished_at": last.result.finished_at.isoformat()}


def _evaluation() -> dict[str, Any]:
    beat = heartbeat(clock.now(), clock.today())
    if beat.run is None or beat.run.finished_at is None:
        return {"status": "never"}
    return {
        "status": "stale" if beat.is_stale else "ok",
        "as_of": beat.run.as_of.isoformat(),
        "finished_at": beat.run.finished_at.isoformat(),
    }
