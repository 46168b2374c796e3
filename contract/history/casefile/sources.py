"""What sibling apps add to a case file.

An app's `casefile.py`, imported like its `checks.py`, names functions that give sheets for the
alerts of its checks:

    @contribute("staffing.")
    def days(alert: Alert, series: Sequence[Assessment]) -> Iterable[Sheet]: ...
"""

from collections.abc import Callable, Iterable, Sequence

from contract.history.casefile.sheets import Sheet
from contract.models import Alert, Assessment

Source = Callable[[Alert, Sequence[Assessment]], Iterable[Sheet]]

EVIDENCE = "04-证据材料"

_sources: list[tuple[str, Source]] = []


def contribute(prefix: str) -> Callable[[Source], Source]:
    """Have a function called for the alerts of the checks whose ids begin with `prefix`."""

    def decorate(function: Source) -> Source:
        _sources.append((prefix, function))
        return function

    return decorate


def contributed(alert: Alert, series: Sequence[Assessment]) -> Iterable[Sheet]:
    """Everything that the apps know of an alert."""
    for prefix, function in _sources:
        if alert.check_id.startswith(prefix):
            yield from function(alert, series)
