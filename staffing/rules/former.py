"""People who have left: their whole numbers are blocked. 个人信息保护法 article 47.

The purpose (articles 13.1 and 13.4 of the contract, and its settlement) is reached when the person has left,
every contract that they served under is over and none of its cases awaits a decision. What a law asks to be kept
longer (政府采购法 article 42) is kept, and no more than kept: nobody is shown it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Service:
    """A person's time on one contract; `ends_on` is None while it goes on."""

    ends_on: date | None
    contract_ends_on: date
    has_open_case: bool = False


def blocked_since(services: Iterable[Service], today: date) -> date | None:
    """The last day on which the numbers were needed; None while they still are, or nobody has served yet."""
    found = list(services)
    if not found or any(one.ends_on is None or one.has_open_case for one in found):
        return None
    last = max(max(one.ends_on, one.contract_ends_on) for one in found if one.ends_on is not None)
    return last if last < today else None
