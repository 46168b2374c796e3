"""What follows from the facts, kept in the transaction of the write: day roll-up and gaps."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from datetime import date

from django.db import transaction
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from contract.models import Contract
from contract.records import lock_contract
from staffing import selectors
from staffing.models import Assignment, Gap, StaffDay
from staffing.rules.presence import DayCount, Presence, count_days
from staffing.rules.vacancies import Stint, Vacancy, filled_on, overlap, vacancies
from staffing.services.duty import DutyFacts, drop_outside, refresh_duty

COUNTS = ("assigned", "in_place", "absent", "unreported")
DERIVED = (
    "assignment_id",
    "cause",
    "event_on",
    "opened_on",
    "departed_on",
    "returned_on",
    "backfilled_on",
    "closed_on",
    "maybe_closed_on",
    "lapsed_on",
    "proven",
    "is_void",
)


def settle(contract: Contract, operator_ids: Collection[int], first: date, last: date) -> None:
    """Bring days, duty and gaps up to date after a write about these people and days."""
    known = DutyFacts(contract, first, last)
    refresh_days(contract=contract, first=first, last=last, known=known)
    refresh_duty(contract=contract, first=first, last=last, known=known)
    sync_gaps(contract=contract, operator_ids=operator_ids)


def settle_contract(*, contract: Contract) -> None:
    """Everything anew, after the contract's own dates have changed."""
    with transaction.atomic():
        contract = lock_contract(contract.pk)
        refresh_days(contract=contract)
        refresh_duty(contract=contract)
        drop_outside(contract=contract)
        sync_gaps(contract=contract)


# --- Days -------------------------------------------------------------------------------------


def refresh_days(
    *, contract: Contract, first: date = date.min, last: date = date.max, known: DutyFacts | None = None
) -> int:
    """Rewrite the roll-up of a span where it differs from the facts; returns how many days did.

    The number of queries depends neither on the span nor on the people.
    """
    kept = {row.day: row for row in StaffDay.objects.filter(contract=contract, day__range=(first, last))}
    counts = counted_days(contract, first, last, known)
    differing = [
        StaffDay(contract=contract, day=day, **_values(count))
        for day, count in counts.items()
        if day not in kept or _row_values(kept[day]) != _values(count)
    ]
    gone = [row.pk for day, row in kept.items() if day not in counts]
    if differing:
        StaffDay.objects.bulk_create(
            differing, update_conflicts=True, unique_fields=["contract", "day"], update_fields=list(COUNTS)
        )
    if gone:
        StaffDay.objects.filter(pk__in=gone).delete()
    return len(differing) + len(gone)


def differing_days(*, contract: Contract) -> list[date]:
    """The days whose roll-up does not agree with the facts; writes nothing."""
    kept = {row.day: _row_values(row) for row in StaffDay.objects.filter(contract=contract)}
    counts = counted_days(contract, date.min, date.max)
    facts = {day: _values(count) for day, count in counts.items()}
    return sorted(day for day in kept | facts if kept.get(day) != facts.get(day))


def counted_days(contract: Contract, first: date, last: date, known: DutyFacts | None = None) -> dict[date, DayCount]:
    """The roll-up of a span from the facts, clipped to the contract's life (three queries)."""
    first, last = max(first, contract.starts_on), min(last, contract.last_day)
    if first > last:
        return {}
    known = known or DutyFacts(contract, first, last)
    clipped = {
        operator_id: [part for span in spans if (part := span.clip(first, last))]
        for operator_id, spans in known.stints.items()
    }
    return count_days(clipped, known.presence)


def _values(count: DayCount) -> dict[str, int]:
    return {name: getattr(count, name) for name in COUNTS}


def _row_values(row: StaffDay) -> dict[str, int]:
    return {name: getattr(row, name) for name in COUNTS}


# --- Gaps -------------------------------------------------------------------------------------


def sync_gaps(*, contract: Contract, operator_ids: Collection[int] | None = None) -> int:
    """Derive the gaps of these people (all by default) anew; returns how many rows changed.

    Rows keep their identity: a derived gap takes the row of the same person that opened on the
    same day or shares the most days with it. A row without a gap becomes void, never deleted.
    """
    team = _Team(contract, operator_ids)
    team.derive()
    return team.keep()


class _Team:
    """The people whose gaps may change, with everything that bears on them, in five queries."""

    def __init__(self, contract: Contract, operator_ids: Collection[int] | None) -> None:
        self.contract = contract
        assignments = list(
            Assignment.objects.filter(contract=contract, withdrawn_on__isnull=True)
            .select_related("fills_gap")
            .order_by("starts_on")
        )
        # Who stands in for whom: a backfill's gap depends on the return of the other person.
        self.dependents: dict[int, set[int]] = defaultdict(set)
        for assignment in assignments:
            if assignment.fills_gap is not None:
                self.dependents[assignment.fills_gap.operator_id].add(assignment.operator_id)
        known = {assignment.operator_id for assignment in assignments}
        self.wanted = set(operator_ids) if operator_ids is not None else known
        self.people = self._closure(self.wanted)
        self.gaps: dict[int, Gap] = {}
        self.rows: dict[int, list[Gap]] = defaultdict(list)
        for gap in Gap.objects.filter(contract=contract, operator_id__in=self.people):
            self.gaps[gap.pk] = gap
            self.rows[gap.operator_id].append(gap)
        if operator_ids is None:
            self._add_orphans(known)
        self.assignments: dict[int, list[Assignment]] = defaultdict(list)
        self.backfills: dict[int, Assignment] = {}
        for assignment in assignments:
            self.assignments[assignment.operator_id].append(assignment)
            if assignment.fills_gap_id is not None:
                self.backfills[assignment.fills_gap_id] = assignment
        self.presence: Presence = selectors.presence(contract, operator_ids=self.people)
        self.fresh: dict[int, list[Gap]] = {}
        self.before = {pk: _state(gap) for pk, gap in self.gaps.items()}
        self.linked = {a.fills_gap.pk: a.fills_gap for a in assignments if a.fills_gap is not None} | self.gaps

    def _closure(self, wanted: Iterable[int]) -> set[int]:
        found, queue = set(wanted), deque(wanted)
        while queue:
            for dependent in self.dependents[queue.popleft()] - found:
                found.add(dependent)
                queue.append(dependent)
        return found

    def _add_orphans(self, known: set[int]) -> None:
        """People whose every assignment was withdrawn: their gaps become void."""
        for gap in Gap.objects.filter(contract=self.contract).exclude(operator_id__in=known):
            self.gaps[gap.pk] = gap
            self.rows[gap.operator_id].append(gap)
            self.people.add(gap.operator_id)

    def derive(self) -> None:
        """Person by person; who stands in for somebody comes again when that one's return moves.

        A chain of backfills is followed to its end; each link is looked at once per change.
        """
        queue = deque(sorted(self.people, key=lambda person: person not in self.wanted))
        left = 10 * len(queue) + 10  # a circle of people standing in for each other ends here
        while queue and left:
            left -= 1
            person = queue.popleft()
            reliefs = self._reliefs()
            self._derive(person)
            if self._reliefs() != reliefs:
                queue.extend(self.dependents[person] - set(queue))

    def _reliefs(self) -> dict[int, date | None]:
        return {pk: self._relieved_on(gap) for pk, gap in self.linked.items()}

    def _relieved_on(self, gap: Gap) -> date | None:
        return gap.opened_on if gap.is_void else gap.returned_on

    def _derive(self, person: int) -> None:
        stints = [
            Stint(
                assignment_id=row.pk,
                operator_id=person,
                starts_on=max(row.starts_on, self.contract.starts_on),
                ends_on=row.ends_on,
                end_reason=row.end_reason,
                fills=row.fills_gap_id,
                relieved_on=(self._relieved_on(self.linked[row.fills_gap_id]) if row.fills_gap_id else None),
            )
            for row in self.assignments[person]
        ]
        derived = vacancies(stints, self.presence, self.contract.last_day)
        unmatched = list(self.rows[person])
        self.fresh[person] = []
        for vacancy, row in _matches(derived, unmatched, set(self.backfills)):
            if row is None:
                row = Gap(contract=self.contract, operator_id=person)
                self.fresh[person].append(row)
            else:
                unmatched.remove(row)
            self._fill(row, vacancy)
        for row in unmatched:
            row.is_void = True

    def _fill(self, row: Gap, vacancy: Vacancy) -> None:
        for name in (
            "assignment_id",
            "cause",
            "event_on",
            "opened_on",
            "departed_on",
            "returned_on",
            "maybe_closed_on",
            "lapsed_on",
        ):
            setattr(row, name, getattr(vacancy, name))
        row.proven = [[first.isoformat(), last and last.isoformat()] for first, last in vacancy.proven]
        backfill = self.backfills.get(row.pk)
        row.backfilled_on = filled_on(row.opened_on, backfill.starts_on, backfill.ends_on) if backfill else None
        closings = [day for day in (row.returned_on, row.backfilled_on) if day is not None]
        row.closed_on = min(closings) if closings else None
        row.is_void = False

    def keep(self) -> int:
        new = [gap for gaps in self.fresh.values() for gap in gaps]
        changed = [gap for pk, gap in self.gaps.items() if _state(gap) != self.before[pk]]
        # Both keep the history. Void rows go first: their day may be taken by another row.
        changed.sort(key=lambda gap: not gap.is_void)
        stamp = Gap._meta.get_field("updated_at")
        for gap in changed:
            stamp.pre_save(gap, add=False)
        if changed:
            bulk_update_with_history(changed, Gap, [*_columns(), "updated_at"])
        if new:
            bulk_create_with_history(new, Gap)
        return len(new) + len(changed)


def _matches(
    derived: Iterable[Vacancy], rows: Iterable[Gap], linked: Collection[int]
) -> list[tuple[Vacancy, Gap | None]]:
    """Which row each derived gap takes: same first day, then most days shared, live rows first."""
    pairs = []
    derived, rows = list(derived), list(rows)
    for place, vacancy in enumerate(derived):
        for row in rows:
            shared = overlap(vacancy, row.opened_on, _last_day(row))
            same = vacancy.opened_on == row.opened_on
            if shared or same:
                pairs.append(((not same, row.is_void, row.pk not in linked, -shared), place, row))
    taken: dict[int, Gap] = {}
    for _rank, place, row in sorted(pairs, key=lambda pair: (pair[0], pair[1])):
        if place not in taken and all(row is not other for other in taken.values()):
            taken[place] = row
    return [(vacancy, taken.get(place)) for place, vacancy in enumerate(derived)]


def _last_day(row: Gap) -> date:
    return Vacancy(
        row.assignment_id,
        row.operator_id,
        row.cause,
        row.event_on,
        row.opened_on,
        row.departed_on,
        row.returned_on,
        row.lapsed_on,
        row.maybe_closed_on,
        [(date.fromisoformat(a), b and date.fromisoformat(b)) for a, b in row.proven],
    ).last_day


def _state(gap: Gap) -> tuple[object, ...]:
    return tuple(getattr(gap, name) for name in DERIVED)


def _columns() -> list[str]:
    return [name.removesuffix("_id") for name in DERIVED]
