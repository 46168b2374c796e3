"""Two questions of whoever watches the server: does it live, and is it fit to work?"""

from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contract.alarms import standing
from contract.history.dashboard import log_check
from contract.selectors.evaluation import last_run
from kit import clock


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """503 while an alarm stands, with every cause by name, in Chinese and English; else 200.

    It is the question of whoever watches. Whether this server may be sent requests is `serving`.
    """
    try:
        alarms = standing(clock.now(), clock.today())
        evaluation, change_log = _evaluation(), _change_log()
    except DatabaseError:
        return _database_away()
    body = {
        "status": "alarm" if alarms else "ok",
        "alarms": [{"name": alarm.name, "zh": alarm.zh, "en": alarm.en} for alarm in alarms],
        "database": "ok",
        "evaluation": evaluation,
        "change_log": change_log,
    }
    return JsonResponse(body, status=503 if alarms else 200)


@require_safe
@never_cache
def serving(request: HttpRequest) -> JsonResponse:
    """The database answers, so this server can show pages, those with the alarms among them."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return _database_away()
    return JsonResponse({"status": "ok", "database": "ok"})


def _database_away() -> JsonResponse:
    alarm = {"name": "database", "zh": "数据库无法连接。", "en": "The database cannot be reached."}
    return JsonResponse({"status": "unavailable", "database": "unreachable", "alarms": [alarm]}, status=503)


def _change_log() -> dict[str, Any]:
    """The last comparison of the tables with the change log."""
    last = log_check(clock.now())
    if last.result is None or last.result.finished_at is None:
        return {"status": "never"}
    status = "problems" if last.result.problems else "stale" if last.is_stale else "ok"
    return {"status": status, "problems": last.result.problems, "finished_at": last.result.finished_at.isoformat()}


def _evaluation() -> dict[str, Any]:
    run = last_run()
    if run is None or run.finished_at is None:
        return {"status": "never"}
    return {"status": run.status, "as_of": run.as_of.isoformat(), "finished_at": run.finished_at.isoformat()}
