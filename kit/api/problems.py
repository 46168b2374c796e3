"""Every error of the API is a problem document (RFC 9457), in the reader's language.

    {"type": "urn:hotline:problem:invalid", "title": …, "status": 400, "detail": …,
     "instance": "/api/v1/…", "code": "invalid",
     "errors": [{"field": "day", "index": 3, "message": …, "code": "invalid"}],
     "errors_left_out": 19800}

`code` is stable and meant for programs; `title`, `detail` and `message` are for people. `index`
stands where the body, or the list `field` belongs to, has rows, and counts from 0. Of very many
errors the first 200 are told, and how many more there are.
"""

import logging
import sys
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    NON_FIELD_ERRORS,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
)
from django.core.exceptions import ValidationError as ModelError
from django.core.signals import got_request_exception
from django.db import IntegrityError
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import defaults
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.settings import api_settings

from kit import faults
from kit.database.constraint_messages import DUPLICATE, explain, recorded
from kit.errors import Conflict, RowErrors
from kit.files.storage import DocumentAltered, DocumentMissing, DocumentRemoved

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
API_PREFIX = "/api/"
# A message may quote what it refuses; it does not quote a megabyte of it.
MESSAGE_LIMIT = 400
ERRORS_TOLD = 200

TITLES: Mapping[int, Any] = {
    400: _("The request is not valid"),
    401: _("Not signed in"),
    403: _("Not permitted"),
    404: _("Not found"),
    405: _("Method not allowed"),
    406: _("This format is not offered"),
    409: _("Conflict with what is recorded"),
    410: _("No longer kept"),
    412: _("Changed in the meantime"),
    413: _("Too large"),
    415: _("This format is not accepted"),
    422: _("The request cannot be processed"),
    429: _("Too many requests"),
    500: _("Internal error"),
    503: _("Not available for the moment"),
    507: faults.DISK_FULL.title,
}


class Problem(exceptions.APIException):
    """An error with its own status and code: `raise Problem(409, "closed", detail=_("…"))`."""

    auth_header = ""
    wait: int | None = None

    def __init__(
        self,
        status_code: int,
        code: str,
        title: Any = "",
        detail: Any = "",
        errors: list[dict[str, Any]] | None = None,
        *,
        wait: int | None = None,
    ) -> None:
        """`wait`: after so many seconds it is worth another try (Retry-After)."""
        self.status_code = status_code
        self.wait = wait
        self.title = title
        self.errors = errors or []
        super().__init__(detail or title or TITLES.get(status_code, ""), code)


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's hook: the answer to any exception that a view raises."""
    request: HttpRequest = context["request"]
    problem = _as_api_exception(exc)
    if problem is None:
        logger.exception("unexpected error at %s %s", request.method, request.path)
        # What Django does itself: monitors and the test client learn of it.
        got_request_exception.send(sender=None, request=getattr(request, "_request", request))
        problem = Problem(500, "internal_error", detail=_("The error has been logged."))
    elif problem.status_code >= 500:
        logger.error("%s at %s %s", problem.get_codes(), request.method, request.path, exc_info=exc)
    headers = {}
    if auth_header := getattr(problem, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if wait := getattr(problem, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return Response(
        _document(problem, request.path), status=problem.status_code, headers=headers, content_type=CONTENT_TYPE
    )


def _as_api_exception(exc: Exception) -> exceptions.APIException | None:
    """The API's form of whatever was raised; None for what nobody foresaw."""
    match exc:
        case exceptions.ValidationError():
            errors = list(_flat(exc.detail))
            taken = errors and all(one["code"] in DUPLICATE and "index" not in one for one in errors)
            return Problem(409, "unique", errors=errors) if taken else exc
        case exceptions.APIException():
            return exc
        case Http404():
            return exceptions.NotFound()
        case PermissionDenied():
            return exceptions.PermissionDenied()
        case DocumentRemoved():
            return Problem(410, "document_removed", detail=" ".join(exc.messages))
        case DocumentMissing():
            return Problem(404, "document_missing", detail=" ".join(exc.messages))
        case DocumentAltered():
            return Problem(409, "document_altered", detail=" ".join(exc.messages))
        case ModelError() if _only_duplicates(exc):
            return Problem(409, "unique", errors=list(_flat(_model_error_detail(exc))))
        case ModelError():
            return exceptions.ValidationError(_model_error_detail(exc))
        case RowErrors():
            return Problem(400, "invalid", errors=[vars(row) for row in exc.errors])
        case Conflict():
            return Problem(409, "conflict", detail=str(exc))
        case ProtectedError() | RestrictedError():
            return Problem(409, "in_use", detail=_("Other records refer to this one."))
        case IntegrityError():
            return _from_database(exc)
        case RequestDataTooBig():
            return Problem(413, "body_too_large", detail=_("The body is too large."))
        case TooManyFieldsSent() | SuspiciousOperation():
            return Problem(400, "bad_request")
        case UnicodeError():
            return Problem(400, "bad_text", detail=_("The request holds text that is no UTF-8."))
    fault = faults.cause(exc)
    if fault is None:
        return None
    return Problem(fault.status, fault.code, title=fault.title, detail=fault.sentence, wait=fault.retry_after)


def _only_duplicates(error: ModelError) -> bool:
    """Whether nothing is wrong with a record but that it stands there already."""
    listed = [one for each in error.error_dict.values() for one in each] if hasattr(error, "error_dict") else []
    return bool(listed) and all(one.code in DUPLICATE for one in listed)


def _from_database(exc: IntegrityError) -> Problem | None:
    violation = explain(exc)
    if violation is None:
        return None
    message = f"{violation.message}{recorded(getattr(exc, 'row', None), violation.fields)}"
    errors = [{"field": violation.field, "message": message, "code": violation.code}]
    code = 400 if violation.code == "check" else 409
    return Problem(code, violation.code, errors=errors)


def _model_error_detail(exc: ModelError) -> Any:
    if hasattr(exc, "error_dict"):
        return {
            ("" if field == NON_FIELD_ERRORS else field): _coded(errors) for field, errors in exc.error_dict.items()
        }
    return _coded(exc.error_list)


def _coded(errors: list[ModelError]) -> list[exceptions.ErrorDetail]:
    return [exceptions.ErrorDetail(" ".join(error.messages), code=error.code or "invalid") for error in errors]


def _document(problem: exceptions.APIException, path: str) -> dict[str, Any]:
    errors = getattr(problem, "errors", None) or []
    if isinstance(problem, exceptions.ValidationError):
        errors, code, detail = list(_flat(problem.detail)), "invalid", ""
    else:
        code, detail = str(problem.get_codes()), str(problem.detail)
    if errors and (not detail or detail == TITLES.get(problem.status_code)):
        detail = _summary(errors)
    document = {
        "type": f"urn:hotline:problem:{code}",
        "title": str(getattr(problem, "title", "") or _title(problem.status_code)),
        "status": problem.status_code,
        "detail": _short(detail),
        "instance": escape_uri_path(path),
        "code": code,
    }
    if errors:
        document["errors"] = [
            {key: _short(str(item)) if key != "index" else item for key, item in error.items()}
            for error in errors[:ERRORS_TOLD]
        ]
        if len(errors) > ERRORS_TOLD:
            document["errors_left_out"] = len(errors) - ERRORS_TOLD
    return document


def _summary(errors: list[dict[str, Any]]) -> str:
    """One sentence for who reads no lists: the first error, and how many there are."""
    first = errors[0]
    parts = {"field": first.get("field"), "text": first["message"]}
    if "index" in first:
        parts["row"] = first["index"] + 1
        text = gettext("Row %(row)d, %(field)s: %(text)s") % parts
    elif parts["field"] and not str(parts["text"]).startswith(str(parts["field"])):
        text = gettext("%(field)s: %(text)s") % parts
    else:
        text = str(parts["text"])
    if len(errors) > 1:
        text = gettext("%(text)s (%(count)d errors in all)") % {"text": text, "count": len(errors)}
    return text


def _flat(detail: Any, path: tuple[str | int, ...] = ()) -> Iterator[dict[str, Any]]:
    """DRF's tree of errors as a list; an integer in the path is the number of a row."""
    if isinstance(detail, Mapping):
        for key, item in detail.items():
            skip = key in (api_settings.NON_FIELD_ERRORS_KEY, "")
            yield from _flat(item, path if skip else (*path, key))
    elif isinstance(detail, list | tuple):
        for number, item in enumerate(detail):
            nested = isinstance(item, Mapping | list | tuple)
            yield from _flat(item, (*path, number) if nested else path)
    else:
        rows = [position for position, part in enumerate(path) if isinstance(part, int)]
        names = path[rows[0] + 1 :] if rows else path
        error: dict[str, Any] = {
            "field": ".".join(map(str, names or path[: rows[0] if rows else None])),
            "message": str(detail),
            "code": getattr(detail, "code", None) or "invalid",
        }
        if rows:
            error["index"] = path[rows[0]]
        yield error


def _title(status_code: int) -> str:
    return str(TITLES.get(status_code, "") or HTTPStatus(status_code).phrase)


def _short(text: str) -> str:
    return text if len(text) <= MESSAGE_LIMIT else text[: MESSAGE_LIMIT - 1] + "…"


# --- What Django answers outside of a view (config.urls) --------------------------------------


def _outside(request: HttpRequest, status_code: int, code: str) -> JsonResponse:
    return _answer(request, Problem(status_code, code))


def _answer(request: HttpRequest, problem: Problem) -> JsonResponse:
    return JsonResponse(
        _document(problem, request.path),
        status=problem.status_code,
        content_type=CONTENT_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if request.path.startswith(API_PREFIX):
        return _outside(request, status.HTTP_400_BAD_REQUEST, "bad_request")
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if request.path.startswith(API_PREFIX):
        return _outside(request, status.HTTP_403_FORBIDDEN, "permission_denied")
    return defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if request.path.startswith(API_PREFIX):
        return _outside(request, status.HTTP_404_NOT_FOUND, "not_found")
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """What nobody caught: a fault of the machine by its name, anything else as an error of the program."""
    error = sys.exception()
    problem = _as_api_exception(error) if isinstance(error, Exception) else None
    if not isinstance(problem, Problem):
        problem = None
    if request.path.startswith(API_PREFIX):
        response: HttpResponseBase = _answer(request, problem or Problem(500, "internal_error"))
    elif problem is None:
        response = defaults.server_error(request)
    else:
        response = HttpResponse(render_to_string("fault.html", _document(problem, request.path)))
        response.status_code = problem.status_code
    if problem is not None and problem.wait:
        response["Retry-After"] = str(problem.wait)
    return response
