"""Who is assigned, away and reported: the facts behind the day roll-up and the gaps."""

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import date

from django.db.models import Exists, OuterRef, Q

from contract.models import Contract, Term
from contract.rules.service import is_service_day
from contract.selectors import calendar
from contract.terms import TERMS
from contract.values import Book, DatedValue
from staffing.choices import AttendanceStatus
from staffing.models import Assignment, Attendance, Leave
from staffing.rules.presence import Away, Presence, Span, always


def stint_spans(
    contract: Contract, operator_ids: Collection[int] | None = None, first: date = date.min, last: date = date.max
) -> dict[int, list[Span]]:
    """The live assignments of a contract by operator, those that touch the span (one query)."""
    rows = Assignment.objects.filter(contract=contract, withdrawn_on__isnull=True, starts_on__lte=last).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=first)
    )
    if operator_ids is not None:
        rows = rows.filter(operator_id__in=operator_ids)
    spans: dict[int, list[Span]] = defaultdict(list)
    for operator_id, starts_on, ends_on in rows.values_list("operator_id", "starts_on", "ends_on"):
        spans[operator_id].append(Span(starts_on, min(ends_on or date.max, contract.last_day)))
    return spans


def presence(
    contract: Contract, operator_ids: Collection[int] | None = None, first: date = date.min, last: date = date.max
) -> Presence:
    """The live leaves and the attendance of a contract in a span (three queries)."""
    leaves = Leave.objects.filter(contract=contract, cancelled_on__isnull=True, starts_on__lte=last, ends_on__gte=first)
    reported = Attendance.objects.filter(contract=contract, day__range=(first, last))
    if operator_ids is not None:
        leaves = leaves.filter(operator_id__in=operator_ids)
        reported = reported.filter(operator_id__in=operator_ids)
    away: dict[int, list[Away]] = defaultdict(list)
    for operator_id, starts_on, ends_on, kind in leaves.values_list("operator_id", "starts_on", "ends_on", "kind"):
        span = Span(max(starts_on, first), min(ends_on, last))
        away[operator_id].append(Away(operator_id, span, kind))
    return Presence(
        leaves=away,
        reported={
            (operator_id, day): status
            for operator_id, day, status in reported.order_by().values_list("operator_id", "day", "status")
        },
        owed=service_days(contract),
    )


def service_days(contract: Contract) -> Callable[[date], bool]:
    """On which days the contract asks for service (one query; more only where it is not every day)."""
    rows = [
        DatedValue(row.key, row.effective_from, row.typed)
        for row in Term.objects.filter(contract=contract, key="service_days")
    ]
    if not rows:
        return always
    book, days = Book(TERMS, rows), calendar()
    return lambda day: is_service_day(book.on(day, "service_days"), day, days)


def over_leave() -> Q:
    """Whether a row of attendance says “on duty” on a day of a recorded leave.

    The report is believed (docs/decisions/0012); the office is shown that the two contradict.
    """
    leave = Leave.objects.filter(
        contract=OuterRef("contract"),
        operator=OuterRef("operator"),
        cancelled_on__isnull=True,
        starts_on__lte=OuterRef("day"),
        ends_on__gte=OuterRef("day"),
    )
    return Q(Exists(leave), status=AttendanceStatus.ON_DUTY)
