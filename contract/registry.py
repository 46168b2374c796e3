"""The checks of all apps, by their ids.

A check takes a batch of contracts and yields findings for all of them, with a number of queries
that does not grow with contracts or people:

    @register("staffing.backfill", owed_by=Side.VENDOR, title=..., references=(...))
    def backfill(batch: Batch) -> Iterator[Finding]: ...

Which clause of which contract carries a check is data (`Obligation`); a check itself cites law only.
`contract.batch` runs them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from contract.choices import Side
from contract.findings import Finding
from law.references import Reference, contract_article

# It is given a `contract.batch.Batch`.
CheckFunction = Callable[[Any], Iterable[Finding]]


@dataclass(frozen=True)
class Check:
    """A registered check: who owes the duty, and the law that it cites."""

    check_id: str
    function: CheckFunction
    owed_by: Side
    title: Any
    references: tuple[Reference, ...] = ()


_checks: dict[str, Check] = {}


def register(
    check_id: str, *, owed_by: Side, title: Any, references: tuple[Reference, ...] = ()
) -> Callable[[CheckFunction], CheckFunction]:
    """Register a check under its stable id. Registering an id twice is a programming error."""

    def decorate(function: CheckFunction) -> CheckFunction:
        if check_id in _checks:
            raise ValueError(f"check {check_id} is registered twice")
        _checks[check_id] = Check(check_id, function, owed_by, title, references)
        return function

    return decorate


def checks() -> dict[str, Check]:
    """All registered checks by id, app by app."""
    return dict(_checks)


def get(check_id: str) -> Check:
    return _checks[check_id]


def cited(check_id: str, clause: str, figures: Mapping[str, Any]) -> list[Reference]:
    """What a finding cites: the contract's clause that carries it, then the law.

    The law is the finding's own where it names texts (those in force on its day), else the check's.
    """
    check = _checks.get(check_id)
    law = list(check.references) if check else []
    own = figures.get("references")
    if own is not None:
        law = [Reference(row["source"], row["article"]) for row in own]
    carrier = [contract_article(clause)] if clause else []
    return [*carrier, *law]


def title(check_id: str) -> str:
    """The title of a check in the reader's language, or its id where the check is gone."""
    check = _checks.get(check_id)
    return str(check.title) if check else check_id
