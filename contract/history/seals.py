"""Chains the entries of the log, after the commit of the write that they belong to.

A writer that sealed in its own transaction would hold the head of the chain until its end, and all
others would wait. So a short transaction of its own follows the commit; what a killed process left
unsealed is sealed by the next job.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.utils import timezone

from contract.history.content import ACCESS_DIGESTED, DIGEST_VERSION, digest
from contract.history.models import AccessEntry, AccessLink, ChainHead, ChangeEntry, ChangeLink
from kit.hashing import hexdigest

AT_ONCE = 1000
# Longer than any transaction of the program: an entry that is older and has no link is a fault.
SEALED_WITHIN = timedelta(hours=1)


@dataclass(frozen=True)
class Chain:
    """A log with its links, and the number of the head that they end in."""

    entries: Any
    links: Any
    head: int


CHANGES = Chain(ChangeEntry, ChangeLink, 1)
ACCESSES = Chain(AccessEntry, AccessLink, 2)
CHAINS = (CHANGES, ACCESSES)


def after_commit(pks: Iterable[int], chain: Chain = CHANGES) -> None:
    """Seal these entries when the present transaction is committed, with others of it at once."""
    found = list(pks)
    waiting: Any = connection.run_on_commit
    for savepoints, function, _robust in reversed(waiting):
        if isinstance(function, _Sealer) and function.chain is chain:
            if savepoints == set(connection.savepoint_ids):
                function.add(found)
                return
            break
    transaction.on_commit(_Sealer(found, chain), robust=True)


class _Sealer:
    """Seals, after the commit, everything of a chain from its first entry on.

    A transaction with savepoints leaves several: the first one does the work of the others.
    """

    done: ClassVar[threading.local] = threading.local()

    def __init__(self, pks: list[int], chain: Chain) -> None:
        self.first, self.last, self.chain = min(pks), max(pks), chain
        self._remember((1, 0))

    def add(self, pks: list[int]) -> None:
        self.first, self.last = min(self.first, *pks), max(self.last, *pks)

    def __call__(self) -> None:
        first, last = getattr(self.done, f"span{self.chain.head}", (1, 0))
        if not first <= self.first <= self.last <= last:
            self._remember((self.first, max(self.last, seal(self.chain, first=self.first))))

    def _remember(self, span: tuple[int, int]) -> None:
        setattr(self.done, f"span{self.chain.head}", span)


def seal(chain: Chain = CHANGES, *, first: int = 0) -> int:
    """Chain what is not in the chain yet, from an entry on; returns the last one's number."""
    last, number = 0, AT_ONCE
    while number == AT_ONCE:
        newest, number = _append(chain, first, timezone.now())
        last = newest or last
    return last


def unsealed(chain: Chain = CHANGES) -> Any:
    return chain.entries.objects.filter(link=None)


def chained(previous: str, digest_: str, algorithm: str) -> str:
    """The hash of a link: everything before it, and its entry."""
    return hexdigest(algorithm, f"{previous}{digest_}".encode())


@transaction.atomic
def _append(chain: Chain, first: int, at: datetime) -> tuple[int, int]:
    """The number of the last entry that was chained, and how many were."""
    heads = ChainHead.objects.filter(pk=chain.head)
    head = heads.select_for_update().first()
    if head is None:  # before the very first entry
        ChainHead.objects.get_or_create(pk=chain.head)
        head = heads.select_for_update().get()
    links: list[Any] = []
    algorithm = settings.CHAIN_HASH
    version = DIGEST_VERSION if chain is CHANGES else max(ACCESS_DIGESTED)
    for entry in unsealed(chain).filter(pk__gte=first).order_by("pk")[:AT_ONCE]:
        found = digest(entry, version, algorithm)
        head.sequence += 1
        head.hash = chained(head.hash, found, algorithm)
        place = {"sequence": head.sequence, "algorithm": algorithm, "digest": found, "hash": head.hash}
        links.append(chain.links(entry=entry, version=version, sealed_at=at, **place))
    if not links:
        return 0, 0
    chain.links.objects.bulk_create(links)
    heads.update(sequence=head.sequence, hash=head.hash)
    return int(links[-1].entry_id), len(links)


@checks.register(checks.Tags.security)
def check_algorithm(app_configs: Any, **kwargs: Any) -> Iterable[checks.CheckMessage]:
    """The program does not start with a hash that it could not seal with."""
    try:
        hexdigest(settings.CHAIN_HASH, b"")
    except ImproperlyConfigured as error:
        yield checks.Error(f"CHAIN_HASH: {error}", id="contract.E003")
