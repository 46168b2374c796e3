"""The indicators that come with the program, each with its source; where that names no target, none is set."""

import json
from pathlib import Path
from typing import Any


def shipped() -> list[dict[str, Any]]:
    """The indicators of `indicators.json`, as fields of a `hotline.Indicator`."""
    found: list[dict[str, Any]] = json.loads((Path(__file__).parent / "indicators.json").read_text(encoding="utf-8"))
    return found
