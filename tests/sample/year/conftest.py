"""The sample year, loaded once for the tests in this folder and taken back after them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from contract import services
from contract.models import Contract
from sample import loading
from tests.counting import Counted, counted
from tests.printing import print_quickly
from tests.standing import Told, differences

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


@dataclass
class Year:
    loaded: loading.Loaded
    """What `load` returned."""
    cost: Counted
    """What it asked of the database."""
    differences: dict[date, set[Told]]
    """By night what was recorded of what can have changed, beside a look at everything."""


def by_the_fast_way(found: dict[date, set[Told]], *, as_of: date, contract_ids: list[int], **given: Any) -> Any:
    """A night that leaves what stands alone, as the job does it, and what it missed."""
    evaluation = services.evaluate(as_of=as_of, contract_ids=contract_ids, **given, keep=False)
    found[as_of] = differences(as_of, contract_ids)
    return evaluation


@pytest.fixture(scope="package")
def whole_year(django_db_setup: None, django_db_blocker: Any) -> Iterator[Year]:
    """Everything is in one transaction that is never committed; each test's own stands within it.

    The modules of this folder are one group of xdist, so that one process alone loads it, once.
    """
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        differences: dict[date, set[Told]] = {}
        patch.setattr(loading, "Nights", FewNights)
        patch.setattr(loading, "evaluate", partial(by_the_fast_way, differences))
        with transaction.atomic():
            print_quickly(patch)
            with counted() as cost:
                loaded = loading.load()
            yield Year(loaded, cost, differences)
            transaction.set_rollback(True)


@pytest.fixture
def year(whole_year: Year) -> loading.Loaded:
    return whole_year.loaded


@pytest.fixture
def contract(year: loading.Loaded) -> Contract:
    return Contract.objects.get(pk=year.contract.pk)  # no test leaves its changes on it
