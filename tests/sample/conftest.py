"""The sample year, loaded once for these tests and taken back after them."""

import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from contract.models import Contract
from sample import loading

# Instead of some 170 nights: those that decisions and statements look at, and one gap's life.
NIGHTS = {
    date(2024, 10, 31),
    date(2024, 11, 30),
    date(2024, 12, 17),
    date(2024, 12, 31),
    date(2025, 1, 22),
    date(2025, 1, 23),
    date(2025, 1, 28),
    date(2025, 1, 29),
    date(2025, 2, 4),
    date(2025, 2, 5),
    date(2025, 3, 31),
    date(2025, 5, 16),
    date(2025, 6, 21),
    date(2025, 6, 30),
    date(2025, 8, 20),
    date(2025, 8, 27),
    date(2025, 9, 24),
    date(2025, 9, 30),
}


class FewNights(loading.Nights):
    def __init__(self) -> None:
        self.days, self.run_out = set(NIGHTS), set()

    def note(self, *found: Any) -> None:
        """No further nights."""


CPU_SECONDS: list[float] = []
"""What the load of the year took."""


@pytest.fixture(scope="module")
def year(django_db_setup: None, django_db_blocker: Any) -> Iterator[loading.Loaded]:
    """What `load` returned. Everything is in one transaction that is never committed."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "Nights", FewNights)
        with transaction.atomic():
            started = time.process_time()
            loaded = loading.load()
            CPU_SECONDS.append(time.process_time() - started)
            yield loaded
            transaction.set_rollback(True)


@pytest.fixture
def contract(year: loading.Loaded) -> Contract:
    return year.contract
