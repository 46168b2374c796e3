"""Errors that services raise and that views translate into answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


class Conflict(Exception):
    """Somebody else was first: the sentence says who, when and what to do. Answered with 409."""


@dataclass(frozen=True)
class RowError:
    """What is wrong with one field of one row; `index` counts from 0."""

    index: int
    field: str
    message: Any
    code: str = "invalid"


class RowErrors(Exception):
    """Rows that cannot be taken in; none of their batch was written. Answered with 400."""

    def __init__(self, errors: Iterable[RowError]) -> None:
        self.errors = tuple(errors)
        super().__init__(self.errors)
