"""Old entries of the log of accesses go when their time is over; their links stay, so the chain is whole.

The removal is an entry itself, chained like any other: it says up to which link entries have gone, and
how many in all. One that somebody else takes away makes one too many.
"""

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from contract.choices import AccessKind
from contract.history.access import log
from contract.history.models import AccessEntry, AccessLink

AT_ONCE = 1000
# Who came and went. What was taken out or shown stays, and what accounts are compared with.
VISITS = (
    AccessKind.LOGIN,
    AccessKind.LOGOUT,
    AccessKind.FAILED,
    AccessKind.LOCKED,
    AccessKind.REFUSED,
    AccessKind.BURST,
    AccessKind.UNLOCKED,
)


def old(before: datetime) -> Any:
    """The visits of before an instant that are in the chain."""
    return AccessEntry._base_manager.filter(kind__in=VISITS, at__lt=before, link__isnull=False)


@transaction.atomic
def forget(before: datetime, *, by: Any, reason: str) -> tuple[int, str]:
    """Remove them, with an entry that says so; returns how many, and a digest of their digests."""
    links = AccessLink.objects.filter(entry__in=old(before).values("pk")).order_by("sequence")
    digest, count, last = sha256(), 0, 0
    while batch := list(links[:AT_ONCE].values_list("sequence", "entry_id", "digest")):
        numbers, entries, digests = zip(*batch, strict=True)
        digest.update("".join(digests).encode())
        count, last = count + len(batch), numbers[-1]
        AccessLink._base_manager.filter(sequence__in=numbers).update(entry=None)
        AccessEntry._base_manager.filter(pk__in=entries).delete()
    if count:
        up_to, in_all = told()
        changes = {"up_to": max(last, up_to), "in_all": in_all + count, "digest": digest.hexdigest()}
        log.note(AccessKind.FORGOTTEN, user=by, text=reason, changes=changes)
    return count, digest.hexdigest()


def told() -> tuple[int, int]:
    """Up to which link entries have gone, and how many in all, by the newest removal (one query)."""
    newest = AccessEntry.objects.filter(kind=AccessKind.FORGOTTEN).order_by("pk").last()
    return (newest.changes["up_to"], newest.changes["in_all"]) if newest is not None else (0, 0)
