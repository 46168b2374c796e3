"""Reads of the service: facts for all contracts of a batch in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from contract import selectors as core
from contract.models import Contract
from contract.models.base import STANDING
from contract.selectors.excuses import claimed
from hotline.choices import Direction, Layout
from hotline.figures import OF_A_DAY, OF_A_MONTH, ratio_in_words
from hotline.models import Indicator, Platform, SeatDay, SeatLogin, ServiceDay, ServiceMonth
from hotline.rules.facts import DayFacts, IndicatorFacts, Reading, ServiceFacts
from hotline.rules.level import chosen, lost_days, target_of
from hotline.rules.picture import rate_of
from hotline.rules.seats import ONE_DAY, Key, LoginFacts, SeatFacts, SeatLog
from kit import clock
from kit.database.joined import Joined, numbers
from staffing.choices import ShiftKind
from staffing.models import Assignment, Attendance, AttendanceChange, Leave, Shift
from staffing.rules.spans import span_of

DAY_NAMES, MONTH_NAMES = tuple(OF_A_DAY), tuple(OF_A_MONTH)


def service(
    contract_ids: Iterable[int], first: date | None = None, last: date | None = None
) -> dict[int, ServiceFacts]:
    """Everything on record of the service of these contracts (four queries), or of the days between two."""
    ids = list(contract_ids)
    since: dict[int, date] = {}
    counting = Platform.objects.filter(STANDING, contract_id__in=ids).exclude(layout=Layout.SEATS)
    for contract_id, day in counting.values_list("contract_id", "since"):
        since[contract_id] = min(day, since.get(contract_id, day))
    indicators: dict[int, list[IndicatorFacts]] = defaultdict(list)
    for row in Indicator.objects.filter(STANDING, contract_id__in=ids).order_by("contract_id", "pk"):
        indicators[row.contract_id].append(indicator_facts(row))
    days: dict[int, dict[date, DayFacts]] = defaultdict(dict)
    rows = ServiceDay.objects.filter(contract_id__in=ids)
    rows = rows.filter(day__gte=first) if first else rows
    rows = rows.filter(day__lte=last) if last else rows
    for contract_id, day, on, halves, *known in rows.order_by().values_list(
        "contract_id", "day", "taken_in_on", "halves", *DAY_NAMES
    ):
        days[contract_id][day] = DayFacts(dict(zip(DAY_NAMES, known, strict=True)), on, halves)
    months: dict[int, dict[date, DayFacts]] = defaultdict(dict)
    for contract_id, month, on, *known in (
        ServiceMonth.objects.filter(contract_id__in=ids)
        .order_by()
        .values_list("contract_id", "month", "taken_in_on", *MONTH_NAMES)
    ):
        months[contract_id][month] = DayFacts(dict(zip(MONTH_NAMES, known, strict=True)), on)
    return {
        pk: ServiceFacts(since.get(pk), tuple(indicators.get(pk, ())), days.get(pk, {}), months.get(pk, {}))
        for pk in ids
    }


def a_year_before(contract: Contract, first: date, last: date) -> tuple[ServiceFacts, date, date] | None:
    """The same days of the year before, from this contract or from the one of this office that was in force then.

    None where there was no figure, or several contracts: whose calls they were is not guessed.
    """
    one = timedelta(days=1)
    before = first - relativedelta(years=1), last + one - relativedelta(years=1) - one
    running = Contract.objects.filter(office=contract.office_id, starts_on__lte=before[0], ends_on__gte=before[1])
    ids = list(running.values_list("pk", flat=True)[:2])
    if contract.pk in ids:
        ids = [contract.pk]
    facts = service(ids, *before).get(ids[0]) if len(ids) == 1 else None
    known = facts is not None and (facts.days or any(before[0] <= month <= before[1] for month in facts.months))
    return (facts, *before) if facts is not None and known else None


def rates(contract: Contract, month: str, told: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What each of these indicators (as the API tells them, by key) gave in a month, by the reading that counts."""
    first = date.fromisoformat(f"{month}-01")
    last = min(first + relativedelta(months=1) - timedelta(days=1), contract.last_day, clock.today())
    first = max(first, contract.starts_on)
    facts = service([contract.pk])[contract.pk]
    batch = core.batch_of(contract, clock.today())
    (own,), excuses = batch.contracts, claimed(batch)
    rows = {row.pk: row for row in Indicator.objects.filter(STANDING, contract=contract, key__in=told)}
    found = []
    for one in facts.indicators:
        if (row := rows.get(one.pk)) is None:
            continue
        reading, _agreed = chosen(own, one, first)
        found.append(
            {
                "title": row.local_title,
                "rate": rate_of(facts, one, reading, first, last, lost=lost_days(one, excuses, batch.as_of)),
                "target": target_of(one) if one.floor is not None else "–",
                "confirmed": one.confirmed,
                "window": row.get_window_display(),
                "counted": ratio_in_words(row.readings[reading.key]),
                "source": row.source,
            }
        )
    return found


def indicator_facts(row: Indicator) -> IndicatorFacts:
    return IndicatorFacts(
        pk=row.pk,
        title=row.title,
        title_en=row.title_en,
        readings={key: Reading.of(key, pair) for key, pair in row.readings.items()},
        window=row.window,
        policy=row.policy,
        at_least=row.direction == Direction.AT_LEAST,
        floor=row.floor_percent,
        minimum=row.minimum,
        confirmed=row.confirmed_on is not None,
    )


def seats(contract_ids: Iterable[int], last: date) -> dict[int, SeatFacts]:
    """The seat logs up to a day and the reports of the same days (seven queries; two where there is no seat log)."""
    logs: dict[int, dict[date, SeatLog]] = defaultdict(dict)
    rows = SeatDay.objects.filter(contract_id__in=list(contract_ids), day__lte=last)
    for pk, day, sessions, calls, *told in rows.order_by().values_list(
        "contract_id", "day", "sessions", "calls", "told_from", "told_to"
    ):
        logs[pk][day] = SeatLog(sessions, calls, (told[0], told[1]))
    found: dict[int, SeatFacts] = defaultdict(SeatFacts)
    if not logs:
        return found
    # Only days that a log tells are compared: nothing is read of those before the first and after the last.
    first, last = min(min(days) for days in logs.values()), max(max(days) for days in logs.values())
    logins: dict[int, list[LoginFacts]] = defaultdict(list)
    names: dict[int, str] = {}
    for row in SeatLogin.objects.filter(STANDING, contract_id__in=logs).select_related("operator").order_by("pk"):
        logins[row.contract_id].append(LoginFacts(row.login, row.operator_id, row.from_day, row.to_day, row.is_static))
        names[row.operator_id] = str(row.operator)
    reported: dict[int, dict[Key, str]] = defaultdict(dict)
    # A row for each status of a day, and for each shift, not for each person: a month of 45 is some ninety rows.
    attendance = Attendance.objects.filter(contract_id__in=logs, day__range=(first, last)).order_by()
    by_status = attendance.values_list("contract_id", "day", "status").annotate(who=Joined("operator_id"))
    for pk, day, status, who in by_status:
        reported[pk].update({(operator, day): status for operator in numbers(who)})
    leaves, stints = _spans(Leave, logs, cancelled_on__isnull=True), _spans(Assignment, logs, withdrawn_on__isnull=True)
    shifts: dict[int, dict[Key, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    elsewhere: dict[int, set[Key]] = defaultdict(set)
    planned = Shift.objects.filter(contract_id__in=logs, replaced_by__isnull=True, day__range=(first - ONE_DAY, last))
    by_hours = planned.order_by().values_list("contract_id", "day", "starts_at", "ends_at", "kind")
    for pk, day, starts_at, ends_at, kind, who in by_hours.annotate(who=Joined("operator_id")):
        keys = [(operator, day) for operator in numbers(who)]
        if kind == ShiftKind.DUTY:
            span = span_of(day, starts_at, ends_at, kind)
            for key in keys:
                shifts[pk][key].append((span.start, span.end))
        else:
            elsewhere[pk].update(keys)
    for pk, days in logs.items():
        other = frozenset(elsewhere[pk] - set(shifts[pk]))
        found[pk] = SeatFacts(days, logins[pk], reported[pk], leaves[pk], stints[pk], shifts[pk], other, names)
    return found


def _spans(model: Any, contract_ids: Iterable[int], **live: Any) -> dict[int, dict[int, list[tuple[date, date]]]]:
    found: dict[int, dict[int, list[tuple[date, date]]]] = defaultdict(lambda: defaultdict(list))
    rows = model.objects.filter(contract_id__in=contract_ids, **live).order_by()
    for pk, operator, first, last in rows.values_list("contract_id", "operator_id", "starts_on", "ends_on"):
        found[pk][operator].append((first, last or date.max))
    return found


def first_reported(contract_id: int) -> dict[Key, str]:
    """What the vendor reported of a person and a day before its first correction (one query)."""
    found: dict[Key, str] = {}
    rows = AttendanceChange.objects.filter(contract_id=contract_id).order_by("pk")
    for operator, day, old in rows.values_list("operator_id", "day", "old"):
        found.setdefault((operator, day), old)
    return found
