"""A write that a client sends again (a lost answer, a second click) is done once.

The client gives the write a key of its own in the header `Idempotency-Key`, and the same key when
it sends the write again. Within 30 days

- the same request is answered as it was the first time, with `Idempotent-Replay: true`;
- another request under the same key is refused (422);
- a request whose twin is still being worked on is refused (409); `Retry-After` says when to try again.

A process that is killed in the middle takes its transaction with it, but not its claim of the key.
After a minute the claim counts as abandoned. Where the database locks rows, a claim whose holder still
works is never taken for that; elsewhere a holder that lost its claim finds it gone, and undoes its work.

Only a success is kept. A refused request has written nothing, so its key is free again and may be
used for the corrected body. The work and the kept answer are one transaction: there is never one
without the other, even if the process dies between them.
"""

import hashlib
import json
import math
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kit import clock
from kit.api.problems import Problem
from kit.api.trial import refuse_other_parameters

HEADER = "Idempotency-Key"
REPLAY_HEADER = "Idempotent-Replay"
KEY_LENGTH = 80
KEPT = timedelta(days=30)
# A claim this old is taken over, unless its holder's transaction still locks it.
ABANDONED_AFTER = timedelta(minutes=1)
ASK_AGAIN_AFTER = 5  # seconds; of a claim that is old and locked, so that its holder lives
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})

Handler = Callable[..., HttpResponseBase]


class IdempotentMixin(APIView):
    """Gives every unsafe method of a view the header `Idempotency-Key`. Stands first."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        method = (request.method or "").upper()
        if method not in UNSAFE:
            return
        name = method.lower()
        handler = getattr(self, name, None)
        refuse_other_parameters(request, getattr(self, getattr(self, "action", None) or name, None))
        key = request.headers.get(HEADER)
        if key is None:
            return
        if handler is not None:
            _check(key)
            # DRF looks the handler up after `initial`, on the instance.
            setattr(self, name, lambda *a, **kw: _once(key, handler, *a, **kw))


def _records() -> Any:
    """The table of kept answers, as `IDEMPOTENCY_MODEL` names it (like `AUTH_USER_MODEL`)."""
    return apps.get_model(settings.IDEMPOTENCY_MODEL)._default_manager


def purge(now: datetime) -> int:
    """Forget keys older than 30 days. Returns how many."""
    return _records().filter(created_at__lt=now - KEPT).delete()[0]


def _check(key: str) -> None:
    if not (0 < len(key) <= KEY_LENGTH and key.isascii() and key.isprintable()):
        message = _("The key must have 1 to %(limit)d printable ASCII characters.")
        error = {"field": HEADER, "message": message % {"limit": KEY_LENGTH}, "code": "invalid"}
        raise Problem(status.HTTP_400_BAD_REQUEST, "invalid", errors=[error])


def _once(key: str, handler: Handler, request: Request, *args: Any, **kwargs: Any) -> Any:
    digest = _digest(request)
    record = _claim(request.user, key, digest)
    if record.status is not None:
        return _again(record)
    try:
        with transaction.atomic():
            if not _records().select_for_update().filter(pk=record.pk, status=None).exists():
                raise _in_progress(ASK_AGAIN_AFTER)
            response = handler(request, *args, **kwargs)
            if isinstance(response, Response) and response.status_code < 300:
                _keep(record, response)
                return response
            transaction.set_rollback(response.status_code >= 400)
    except BaseException:
        _release(record)
        raise
    _release(record)
    return response


def _claim(user: Any, key: str, digest: str) -> Any:
    """The record of this key: new and ours (no status), or one that is already answered."""
    now = clock.now()
    for _attempt in range(3):
        try:
            with transaction.atomic():
                return _records().create(user=user, key=key, request_hash=digest)
        except IntegrityError:
            found = _records().filter(user=user, key=key).first()
        if found is None:
            continue  # released in between
        if found.created_at < now - KEPT or (found.status is None and found.created_at < now - ABANDONED_AFTER):
            if not _release_abandoned(found):
                raise _in_progress(ASK_AGAIN_AFTER)
            continue
        if found.request_hash != digest:
            raise Problem(
                status.HTTP_422_UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                detail=_("This Idempotency-Key belongs to another request. Use a new one."),
            )
        if found.status is not None:
            return found
        left = found.created_at + ABANDONED_AFTER - now
        raise _in_progress(max(1, math.ceil(left.total_seconds())))
    raise _in_progress(ASK_AGAIN_AFTER)


def _in_progress(seconds: int) -> Problem:
    text = _("A request with this Idempotency-Key is still being worked on. Try again in %(seconds)d seconds.")
    return Problem(status.HTTP_409_CONFLICT, "in_progress", detail=text % {"seconds": seconds}, wait=seconds)


def _release_abandoned(record: Any) -> bool:
    """Free the key of a dead holder; False where its transaction still holds the row."""
    with transaction.atomic():
        free = list(_records().select_for_update(skip_locked=True).filter(pk=record.pk, status=record.status))
        if free:
            _release(record)
    return bool(free) or not _records().filter(pk=record.pk).exists()


def _keep(record: Any, response: Response) -> None:
    body = "" if response.data is None else JSONRenderer().render(response.data).decode()
    kept = _records().filter(pk=record.pk, status=None).update(status=response.status_code, body=body)
    if not kept:  # taken for abandoned and done by somebody else: undo ours
        raise _in_progress(ASK_AGAIN_AFTER)


def _release(record: Any) -> None:
    _records().filter(pk=record.pk, status=record.status).delete()


def _again(record: Any) -> Response:
    body = json.loads(record.body) if record.body else None
    return Response(body, status=record.status, headers={REPLAY_HEADER: "true"})


def _digest(request: Request) -> str:
    """Equal for equal requests; of a form the fields count, not the boundary between them."""
    digest = hashlib.sha256()
    for part in _parts(request):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def _parts(request: Request) -> Iterator[bytes]:
    yield f"{request.method} {request.get_full_path()}".encode()
    if not request.content_type.startswith("multipart/"):
        yield json.dumps(request.data, sort_keys=True, default=str).encode()
        return
    form: Any = request.data
    for name, values in sorted(form.lists()):
        for value in values:
            yield name.encode()
            if not hasattr(value, "chunks"):
                yield str(value).encode()
                continue
            content = hashlib.sha256()
            for chunk in value.chunks():
                content.update(chunk)
            value.seek(0)
            yield f"{value.name}:{content.hexdigest()}".encode()
