"""What the checks rest on, for many contracts at once: one or two queries each."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from django.db.models import Count, Q

from contract.batch import Batch
from contract.choices import ConsentKind
from contract.duties.rules.consents import ConsentFacts
from contract.duties.selectors import consents_for
from contract.selectors.excuses import claimed
from law.periods import beijing_day
from staffing.choices import AttendanceStatus, EndReason
from staffing.models import Assignment, Attendance, Gap, ReplacementDemand, StaffDay
from staffing.rules.attrition import Departure
from staffing.rules.facts import ChangeFact, DemandFact, GapFact
from staffing.rules.ledger import Ledger, Tally
from staffing.rules.presence import ONE_DAY, DayCount

# Ends that the vendor chooses: they need the office's consent.
MOVED = frozenset({EndReason.TRANSFER, EndReason.REPLACED})
# Ends that are nobody's leaving: the post, the stand-in's time or the term is over.
NO_DEPARTURE = frozenset({EndReason.REDUCTION, EndReason.BACKFILL_ENDED, EndReason.TERM_END})


SEALED = ("operator__resident_id",)
"""What of a person is not read where only the name is wanted: each would be decrypted."""


def day_counts(contract_ids: Collection[int], last: date, first: date = date.min) -> dict[int, dict[date, DayCount]]:
    """The roll-up of every contract from a day to a day (one query)."""
    counts: dict[int, dict[date, DayCount]] = defaultdict(dict)
    rows = StaffDay.objects.filter(contract_id__in=contract_ids, day__range=(first, last))
    for contract_id, day, *figures in rows.order_by().values_list(
        "contract_id", "day", "in_place", "absent", "unreported"
    ):
        counts[contract_id][day] = DayCount(*figures)
    return counts


def on_duty(contract_ids: Collection[int], last: date) -> dict[int, dict[date, int]]:
    """How many people were reported on duty, by contract and day up to a day (one query)."""
    counts: dict[int, dict[date, int]] = defaultdict(dict)
    rows = Attendance.objects.filter(contract_id__in=contract_ids, day__lte=last, status=AttendanceStatus.ON_DUTY)
    by_day = rows.order_by().values("contract_id", "day").annotate(number=Count("pk"))
    for contract_id, day, number in by_day.values_list("contract_id", "day", "number"):
        counts[contract_id][day] = number
    return counts


def gaps(contract_ids: Collection[int], as_of: date) -> dict[int, list[GapFact]]:
    """The gaps that had opened by a day, void ones left out (one query)."""
    found: dict[int, list[GapFact]] = defaultdict(list)
    rows = Gap.objects.filter(contract_id__in=contract_ids, is_void=False).select_related("operator").defer(*SEALED)
    for gap in rows.order_by("opened_on", "pk"):
        if gap.opened_on > as_of:
            break
        found[gap.contract_id].append(
            GapFact(
                pk=gap.pk,
                name=str(gap.operator),
                cause=gap.cause,
                event_on=gap.event_on,
                opened_on=gap.opened_on,
                departed_on=gap.departed_on,
                returned_on=gap.returned_on,
                backfilled_on=gap.backfilled_on,
                maybe_closed_on=gap.maybe_closed_on,
                lapsed_on=gap.lapsed_on,
                proven=tuple((date.fromisoformat(first), end and date.fromisoformat(end)) for first, end in gap.proven),
            )
        )
    return found


def demands(contract_ids: Collection[int]) -> dict[int, list[DemandFact]]:
    """The demands to replace a person that have arrived (one query)."""
    found: dict[int, list[DemandFact]] = defaultdict(list)
    rows = ReplacementDemand.objects.filter(contract_id__in=contract_ids, arrived_at__isnull=False).select_related(
        "assignment__operator", "replaced_by"
    )
    for demand in rows.order_by("arrived_at", "pk"):
        found[demand.contract_id].append(demand_fact(demand))
    return found


def demand_fact(demand: ReplacementDemand) -> DemandFact:
    """A demand that is at hand with its assignment, its operator and its substitute."""
    substitute = demand.replaced_by
    return DemandFact(
        pk=demand.pk,
        name=str(demand.assignment.operator),
        arrived_at=demand.arrived_at,
        withdrawn_on=demand.withdrawn_on,
        substitute_from=(substitute.starts_on if substitute and not substitute.withdrawn_on else None),
        left_on=demand.assignment.ends_on,
    )


def changes(contract_ids: Collection[int], as_of: date) -> dict[int, list[ChangeFact]]:
    """Moves and exchanges of people that had taken place by a day (three queries)."""
    asked = consents_for(contract_ids, ConsentKind.STAFF_CHANGE)
    demanded: dict[int, date] = {}
    for assignment_id, arrived_at in ReplacementDemand.objects.filter(
        contract_id__in=contract_ids, arrived_at__isnull=False
    ).values_list("assignment_id", "arrived_at"):
        assert arrived_at is not None
        day = beijing_day(arrived_at)
        demanded[assignment_id] = min(day, demanded.get(assignment_id, day))
    found: dict[int, list[ChangeFact]] = defaultdict(list)
    careers: dict[tuple[int, int], list[Assignment]] = defaultdict(list)
    for row in (
        Assignment.objects.filter(contract_id__in=contract_ids, withdrawn_on__isnull=True)
        .select_related("operator")
        .defer(*SEALED)
        .order_by("starts_on")
    ):
        if row.starts_on <= as_of:
            careers[row.contract_id, row.operator_id].append(row)
    for (contract_id, operator_id), career in careers.items():
        about = {("staffing.Operator", operator_id)}
        about |= {("staffing.Assignment", row.pk) for row in career}
        consents = [
            consent for consent in asked.get(contract_id, ()) if (consent.subject_label, consent.subject_pk) in about
        ]
        found[contract_id].extend(_changes(career, demanded, consents, as_of))
    return found


def departures(contract_ids: Collection[int], as_of: date) -> dict[int, list[Departure]]:
    """Who had left each contract by a day: nobody follows on the next day in the same person (one query)."""
    careers: dict[tuple[int, int], list[Assignment]] = defaultdict(list)
    for row in (
        Assignment.objects.filter(contract_id__in=contract_ids, withdrawn_on__isnull=True)
        .select_related("operator")
        .defer(*SEALED)
        .order_by("starts_on")
    ):
        careers[row.contract_id, row.operator_id].append(row)
    found: dict[int, list[Departure]] = defaultdict(list)
    for (contract_id, _operator), career in careers.items():
        for row, after in zip(career, [*career[1:], None], strict=True):
            if row.ends_on is None or row.ends_on > as_of or row.end_reason in NO_DEPARTURE:
                continue
            if after is None or after.starts_on > row.ends_on + ONE_DAY:
                found[contract_id].append(Departure(row.pk, str(row.operator), row.ends_on, row.end_reason))
    return found


def _changes(
    career: list[Assignment], demanded: dict[int, date], consents: list[ConsentFacts], as_of: date
) -> Iterator[ChangeFact]:
    """The changes in one person's assignments on one contract, in their order."""
    following = {a.pk: b for a, b in pairwise(career)}
    for row in career:
        after = following.get(row.pk)
        if row.ends_on is None or row.ends_on > as_of:
            continue
        if row.end_reason in MOVED:
            demand = demanded.get(row.pk)
            given = _given([row, after], consents, row.ends_on, as_of)
            yield _fact(row, given, row.end_reason, row.ends_on, demanded=demand is not None and demand <= row.ends_on)
        elif after is not None and _is_move(row, after):
            given = _given([after, row], consents, after.starts_on, as_of)
            yield _fact(after, given, "post", after.starts_on)


def _is_move(before: Assignment, after: Assignment) -> bool:
    """Another post from one day to the next, whatever reason the end was given."""
    return (
        before.ends_on is not None
        and after.starts_on == before.ends_on + ONE_DAY
        and after.fills_gap_id is None
        and before.end_reason != EndReason.BACKFILL_ENDED
        and None not in (before.post_id, after.post_id)
        and before.post_id != after.post_id
    )


def _given(
    assignments: Iterable[Assignment | None], consents: Iterable[ConsentFacts], changed_on: date, as_of: date
) -> list[tuple[date, str]]:
    """The days of consent with their documents: noted on the old or on the new assignment, or
    granted to a request that names the person or one of the assignments."""
    noted = [
        (row.consented_on, row.consent_ref) for row in assignments if row is not None and row.consented_on is not None
    ]
    granted = [
        (max(consent.decided_on, consent.valid_from), consent.document)
        for consent in consents
        if consent.decided_on is not None
        and consent.valid_from is not None
        and consent.covers(max(changed_on, consent.valid_from), as_of)
    ]
    return noted + granted


def _fact(row: Assignment, given: Iterable[tuple[date, str]], kind: str, changed_on: date, **extra: Any) -> ChangeFact:
    """A change with the earliest consent to it."""
    consented_on, document = min(given, default=(None, ""))
    return ChangeFact(
        assignment_id=row.pk,
        name=str(row.operator),
        kind=kind,
        changed_on=changed_on,
        consent_ref=document,
        consented_on=consented_on,
        **extra,
    )


def open_gap_rows(contract_ids: Collection[int], as_of: date) -> list[Gap]:
    """Gap rows that stand open on a day (one query)."""
    return list(
        Gap.objects.filter(contract_id__in=contract_ids, is_void=False, opened_on__lte=as_of)
        .filter(Q(closed_on__isnull=True) | Q(closed_on__gt=as_of))
        .filter(Q(lapsed_on__isnull=True) | Q(lapsed_on__gt=as_of))
        .select_related("operator", "contract", "assignment")
        .order_by("event_on", "pk")
    )


def tally(batch: Batch, first: date, last: date) -> Tally:
    """The person-days of a span owed, in place and not proven, of the batch's only contract."""
    (contract,) = batch.contracts
    counts = day_counts([contract.pk], batch.as_of)[contract.pk]
    excuses = [one for one in claimed(batch) if one.contract_id == contract.pk]
    return Ledger(contract, counts, batch.as_of, excuses).sum(first, last)
