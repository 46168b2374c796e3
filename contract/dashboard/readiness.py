"""The home page says in red of which contract nothing can be concluded, and why."""

from collections.abc import Mapping
from typing import Any

from contract.dashboard import UNREADY, Board, register_section
from contract.selectors.readiness import lacks


@register_section("contract.readiness", template=UNREADY, order=0, reads="contract.view_contract")
def readiness(board: Board) -> Mapping[int, Any]:
    """What each contract lacks before it is checked (three queries); nothing of one that lacks nothing."""
    return {pk: sentences for pk, sentences in lacks(list(board.facts.values())).items() if sentences}
