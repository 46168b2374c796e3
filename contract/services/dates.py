"""What must follow when a contract's own dates change, in apps that the core does not know.

An app names its follower in its `AppConfig.ready`; whoever changes the dates calls
`dates_changed` in the same transaction.
"""

from typing import Protocol

from contract.models import Contract

DATES = frozenset({"starts_on", "ends_on", "terminated_on"})


class Follower(Protocol):
    def __call__(self, *, contract: Contract) -> None: ...


_followers: list[Follower] = []


def follow_dates(follower: Follower) -> None:
    """Have `follower` called, with the contract, after each change of its dates."""
    if follower not in _followers:
        _followers.append(follower)


def dates_changed(*, contract: Contract) -> None:
    """Let every app bring its derived rows up to date."""
    for follower in _followers:
        follower(contract=contract)
