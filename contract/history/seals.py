"""Chains the entries of the log, after the commit of the write that they belong to.

A writer that sealed in its own transaction would hold the head of the chain until its end, and all
others would wait. So a short transaction of its own follows the commit; what a killed process left
unsealed is sealed by the next job.
"""

import threading
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.utils import timezone

from contract.history.content import DIGEST_VERSION, digest
from contract.history.models import ChainHead, ChangeEntry, ChangeLink
from kit.hashing import hexdigest

AT_ONCE = 1000
# Longer than any transaction of the program: an entry that is older and has no link is a fault.
SEALED_WITHIN = timedelta(hours=1)


def after_commit(pks: Iterable[int]) -> None:
    """Seal these entries when the present transaction is committed, with others of it at once."""
    found = list(pks)
    waiting: Any = connection.run_on_commit
    for savepoints, function, _robust in reversed(waiting):
        if isinstance(function, _Sealer):
            if savepoints == set(connection.savepoint_ids):
                function.add(found)
                return
            break
    transaction.on_commit(_Sealer(found), robust=True)


class _Sealer:
    """Seals, after the commit, everything from its first entry on.

    A transaction with savepoints leaves several: the first one does the work of the others.
    """

    done: ClassVar[threading.local] = threading.local()

    def __init__(self, pks: list[int]) -> None:
        self.first, self.last = min(pks), max(pks)
        self.done.span = (1, 0)

    def add(self, pks: list[int]) -> None:
        self.first, self.last = min(self.first, *pks), max(self.last, *pks)

    def __call__(self) -> None:
        first, last = getattr(self.done, "span", (1, 0))
        if not first <= self.first <= self.last <= last:
            self.done.span = (self.first, max(self.last, seal(first=self.first)))


def seal(*, first: int = 0) -> int:
    """Chain what is not in the chain yet, from an entry on; returns the last one's number."""
    last = 0
    while newest := _append(first, timezone.now()):
        last = newest
    return last


def unsealed() -> Any:
    return ChangeEntry.objects.filter(link=None)


def chained(previous: str, digest_: str, algorithm: str) -> str:
    """The hash of a link: everything before it, and its entry."""
    return hexdigest(algorithm, f"{previous}{digest_}".encode())


@transaction.atomic
def _append(first: int, at: datetime) -> int:
    ChainHead.objects.get_or_create(pk=1)
    head = ChainHead.objects.select_for_update().get(pk=1)
    links = []
    algorithm = settings.CHAIN_HASH
    for entry in unsealed().filter(pk__gte=first).order_by("pk")[:AT_ONCE]:
        found = digest(entry, DIGEST_VERSION, algorithm)
        head.sequence += 1
        head.hash = chained(head.hash, found, algorithm)
        place = {"sequence": head.sequence, "algorithm": algorithm, "digest": found, "hash": head.hash}
        links.append(ChangeLink(entry=entry, version=DIGEST_VERSION, sealed_at=at, **place))
    if not links:
        return 0
    ChangeLink.objects.bulk_create(links)
    head.save()
    return links[-1].entry_id


@checks.register(checks.Tags.security)
def check_algorithm(app_configs: Any, **kwargs: Any) -> Iterable[checks.CheckMessage]:
    """The program does not start with a hash that it could not seal with."""
    try:
        hexdigest(settings.CHAIN_HASH, b"")
    except ImproperlyConfigured as error:
        yield checks.Error(f"CHAIN_HASH: {error}", id="contract.E003")
