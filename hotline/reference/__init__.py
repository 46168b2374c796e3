"""What comes with the program: indicators, each with its source, and how the files of known platforms are read.

Where a source names no target, none is set. What was not compared with a real file says so.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any


def shipped() -> list[dict[str, Any]]:
    """The indicators of `indicators.json`, as fields of a `hotline.Indicator`."""
    return _read("indicators")


def presets() -> dict[str, dict[str, Any]]:
    """The platforms of `platforms.json` by their key: title, layout, clock, mapping, note."""
    return {row["key"]: row for row in _read("platforms")}


@cache
def _text(name: str) -> str:
    return (Path(__file__).parent / f"{name}.json").read_text(encoding="utf-8")


def _read(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(_text(name))
    return found


@cache
def seat_states() -> dict[str, frozenset[str]]:
    """The states of a seat that platforms write, by what they mean: signed in, a pause, signed out."""
    told = json.loads((Path(__file__).parent / "seat_states.json").read_text(encoding="utf-8"))
    return {meant: frozenset(words) for meant, words in told.items()}
