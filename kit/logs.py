"""One JSON object a line, with the request that it belongs to, and nothing about people.

A person stands in a log by the number of their user, never by name. So: no query of an address (it
holds what was searched for), no text of an exception (it quotes rows; its kind and the places it
came through are kept), of a library's sentence only the pattern, and numbers as long as an ID, a
telephone's or an account's are struck out wherever they come from.
"""

import json
import logging
import re
import time
import traceback
import uuid
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)

HEADER = "X-Request-ID"
# What a proxy in front may give: anything else is replaced, so that nobody writes into the log.
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
LONG_NUMBERS = re.compile(r"\d{7,}[\dXx]*")
# Whose sentences hold nothing but what the program itself puts in.
OURS = ("billing", "confidentiality", "config", "contract", "hotline", "kit", "sample", "staffing", "django.request")
UNTOLD = ("/health/", "/metrics", "/static/")
ROOT = Path(__file__).resolve().parents[1]
FRAMES = 12

_request_id: ContextVar[str] = ContextVar("request_id", default="")


class RequestMiddleware:
    """Gives each request a number, says it in the answer, and logs one line about it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        number = given if GIVEN.fullmatch(given) else uuid.uuid4().hex
        token, began = _request_id.set(number), time.monotonic()
        try:
            response = self.get_response(request)
            response[HEADER] = number
            if not request.path_info.startswith(UNTOLD):
                logger.info("request", extra={"fields": _about(request, response, began)})
        finally:
            _request_id.reset(token)
        return response


def _about(request: HttpRequest, response: HttpResponse, began: float) -> dict[str, Any]:
    """The pattern of the address, not the address; the user's number, not the name."""
    user = getattr(request, "user", None)
    return {
        "method": request.method,
        "route": request.resolver_match.route if request.resolver_match else "",
        "status": response.status_code,
        "ms": round((time.monotonic() - began) * 1000),
        "user": getattr(user, "pk", None),
    }


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(self._sentence(record)),
            "process": record.process,
        }
        if number := _request_id.get():
            line["request"] = number
        line.update(getattr(record, "fields", {}))
        if isinstance(record.args, dict):  # Celery's: which task
            line.update({f"task_{key}": str(record.args[key]) for key in ("name", "id") if key in record.args})
        if record.exc_info and record.exc_info[1] is not None:
            line["error"], line["through"] = type(record.exc_info[1]).__name__, list(_places(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=False)

    @staticmethod
    def _sentence(record: logging.LogRecord) -> str:
        ours = record.name.partition(".")[0] in OURS or record.name.startswith("django.request")
        return record.getMessage() if ours else str(record.msg)


def masked(text: str) -> str:
    """Without numbers that could be an ID's, a telephone's or an account's."""
    return LONG_NUMBERS.sub("#", text)


def _places(error: BaseException) -> Iterator[str]:
    """Where an exception came through, the innermost last."""
    for frame in traceback.extract_tb(error.__traceback__)[-FRAMES:]:
        path = Path(frame.filename)
        shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else Path(*path.parts[-3:])
        yield f"{shown}:{frame.lineno} {frame.name}"
