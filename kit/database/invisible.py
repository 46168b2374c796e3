"""Characters that nobody sees: refused wherever a name or a text is typed.

A control character breaks a document or a letter; one that turns the direction of writing shows
another name than the one that is stored. No Chinese, Uyghur or Tibetan name needs either. A note of
several lines keeps its line breaks.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

# Control, format (bidirectional marks, zero-width), surrogates, line and paragraph separators.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# A joiner shapes the letters of some scripts and moves nothing.
JOINERS = frozenset("\u200c\u200d")
BREAKS = frozenset("\n\r\t")


def hidden_in(text: str, *, multiline: bool = False) -> str:
    """The first character of a text that cannot be seen, or the empty string."""
    if text.isprintable():
        return ""
    allowed = JOINERS | BREAKS if multiline else JOINERS
    return next((c for c in text if unicodedata.category(c) in HIDDEN and c not in allowed), "")


def refuse_hidden(row: models.Model, exclude: Any = None) -> None:
    """ValidationError that names each text field of a row with a character that nobody sees."""
    problems: Mapping[str, Any] = {
        field.name: _says(text, character)
        for field in row._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and field.name not in (exclude or ())
        and isinstance(text := getattr(row, field.attname), str)
        and (character := hidden_in(text, multiline=isinstance(field, models.TextField)))
    }
    if problems:
        raise ValidationError(dict(problems))


def _says(text: str, character: str) -> str:
    return _(
        "Character %(place)d cannot be seen (U+%(code)s, a control or direction mark). Delete the "
        "text and type it again by hand."
    ) % {"place": text.index(character) + 1, "code": f"{ord(character):04X}"}
