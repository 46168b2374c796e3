"""Request bodies: bounded, and free of text that no database or answer could hold."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import ParseError
from rest_framework.fields import FileField
from rest_framework.parsers import BaseParser, MultiPartParser

from kit.api.problems import Problem

# What the other fields of a form and its boundaries may add to a file.
FORM_OVERHEAD = 64 * 1024
# A month of the largest list (20,000 rows with their lists) has some 200,000. Five megabytes of
# the smallest values would be millions of Python objects and hundreds of megabytes.
VALUES_MAX = 400_000


class BoundedJSONParser(BaseParser):
    """JSON of at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes and VALUES_MAX values, in UTF-8, without NUL
    or half characters, and with each member once.

    Raises a Problem (413) for a larger body and ParseError (400) for anything that is no JSON.
    """

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise Problem(
                status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
                "body_too_large",
                detail=_("The body is larger than %(limit)s MB. Send it in parts.") % {"limit": limit // 1024**2},
            )
        if sum(map(raw.count, (b",", b"{", b"["))) > VALUES_MAX:
            raise Problem(
                status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
                "body_too_large",
                detail=_("The body holds more than %(limit)d values. Send it in parts.") % {"limit": VALUES_MAX},
            )
        try:
            text = raw.decode("utf-8-sig")
            value = json.loads(text, parse_constant=_refuse, object_pairs_hook=_once_each)
        except UnicodeDecodeError as error:
            raise ParseError(_("The body is not text in UTF-8.")) from error
        except json.JSONDecodeError as error:
            place = {"line": error.lineno, "column": error.colno}
            raise ParseError(_("Line %(line)s, column %(column)s: this is no valid JSON.") % place) from error
        except _TwiceError as error:
            raise ParseError(_("“%(name)s” is given twice in one object.") % {"name": error.name[:80]}) from error
        except (ValueError, RecursionError) as error:
            # Python's own sentence would be English: what cannot be read is quoted instead.
            reason = error.constant if isinstance(error, _ConstantError) else f"{text[:20]}…"
            raise ParseError(_("The body is no valid JSON: %(reason)s") % {"reason": reason}) from error
        if b"\\u" in raw and not all(map(_is_storable, _texts(value))):
            raise ParseError(_("The body holds a NUL or half a character, which is no text."))
        return value


class BoundedMultiPartParser(MultiPartParser):
    """A form with files, of at most UPLOAD_MAX_BYTES in all; Problem (413) for a larger one."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        limit = settings.UPLOAD_MAX_BYTES
        request = (parser_context or {}).get("request")
        length = request.META.get("CONTENT_LENGTH") if request is not None else None
        if str(length or "").isdigit() and int(str(length)) > limit + FORM_OVERHEAD:
            raise Problem(
                status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
                "body_too_large",
                detail=_("The file is larger than %(limit)s MB.") % {"limit": limit // 1024**2},
            )
        try:
            return super().parse(stream, media_type, parser_context)
        except ParseError as error:  # its text is Django's, in English
            raise ParseError(FileField().error_messages["invalid"]) from error


class _ConstantError(ValueError):
    """NaN and Infinity, which JSON does not know."""

    def __init__(self, constant: str) -> None:
        self.constant = constant
        super().__init__(constant)


class _TwiceError(ValueError):
    """A member that an object holds twice: Python would keep the last without a word."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        raise _TwiceError(next(name for name, _value in pairs if name in seen or seen.add(name)))  # type: ignore[func-returns-value]
    return found


def _refuse(constant: str) -> Any:
    raise _ConstantError(constant)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _is_storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)
