"""Evaluate now, and say what it changed: of one contract, as of today, by a person."""

from dataclasses import dataclass
from datetime import date, datetime

from contract import registry
from contract.choices import Outcome, RunTrigger
from contract.models import Assessment, Contract
from contract.services import catch_up
from contract.services.evaluation import refuse_while_ahead


@dataclass(frozen=True)
class Change:
    """A finding before and after; one of them is None where it is new, or gone."""

    title: str
    before: Assessment | None
    after: Assessment | None

    @property
    def row(self) -> Assessment:
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def outcome(self) -> Outcome:
        return Outcome(self.row.outcome)


def evaluate_now(contract: Contract, *, today: date, now: datetime) -> list[Change]:
    """Evaluate one contract up to today, missed days day by day; what is said differently since.

    Raises WrongDay where a day is on record that has not come.
    """
    refuse_while_ahead(today)
    before = _current(contract)
    for _evaluation in catch_up(
        until=today, today=today, now=lambda: now, trigger=RunTrigger.PERSON, contract_ids=[contract.pk]
    ):
        pass
    after = _current(contract)
    differing = [key for key in {**before, **after} if _pk(before.get(key)) != _pk(after.get(key))]
    return [Change(registry.title(key[0]), before.get(key), after.get(key)) for key in differing]


def _current(contract: Contract) -> dict[tuple[str, str], Assessment]:
    rows = Assessment.objects.filter(contract=contract, is_current=True, is_withdrawn=False)
    return {(row.check_id, row.key): row for row in rows.order_by("clause_ref", "pk")}


def _pk(row: Assessment | None) -> int | None:
    return row.pk if row else None
