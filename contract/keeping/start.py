"""What must be right before a process begins: the keys read what is stored, the store is the right one.

A process with the wrong keys would fail page by page, and the comparison with the change log would
cry tampering. So the start stops, with one sentence. Where the database does not answer yet, nothing
can be said: the process begins, and its pages say so themselves.
"""

import logging
import sys
from collections.abc import Iterator

from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from contract.keeping import keys, store

logger = logging.getLogger(__name__)
# gunicorn takes this code for "cannot boot" and does not try again.
EXIT_CODE = 3


def problems() -> Iterator[str]:
    """Everything that is wrong, in sentences. Raises DatabaseError where the database is away."""
    yield from keys.problems()
    if text := store.problem():
        yield str(text)


def require_keys() -> None:
    """Raise CommandError, in one sentence, where a stored value cannot be read."""
    if text := next(keys.problems(), ""):
        raise CommandError(text)


def stop_unless_fit() -> None:
    """At the start of web, worker and beat: end the process with a sentence, or go on.

    A store that is not the right one is logged and shown by the health page, but does not stop the
    pages that say so.
    """
    try:
        if not connection.introspection.table_names():
            return  # before the first migration
        require_keys()
        store.establish()
        if text := store.problem():
            logger.error("%s", text)
    except CommandError as error:
        print(_("The program does not start: %(reason)s") % {"reason": error}, file=sys.stderr)
        sys.exit(EXIT_CODE)
    except (DatabaseError, OSError) as error:
        logger.error("keys and documents could not be checked at the start: %s", error)
    finally:
        if not connection.in_atomic_block:
            connection.close()  # a server that forks does not share it
