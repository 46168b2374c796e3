"""Working hours and what is owed for them (articles 8 and 11): signals, never a finding of breach.

The vendor is the employer. From the rota, corrected by what was reported, these rules see hours
that the law limits or pays extra, and ask the vendor to explain and to prove; what it owes to a
person is between the two of them.

Readings taken here:

- Without an approval on record the standard system holds. An approval counts from the day on which
  its copy arrived, for the days and the post that it names.
- For the limits a shift belongs wholly to the day on which it begins; for the pay of a statutory holiday
  (Labour Law 44) the clock of each day counts: what lies after midnight belongs to the next day.
- A week belongs to the month in which its Sunday lies. The quarter of the comprehensive system is the
  calendar quarter; each month shows it up to the month's end, so that the finding of a closed month
  does not change.
- Whole hours of hundreds of people are looked at in minutes; whatever may exceed a limit is then
  judged by `law.labour`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from contract.batch import ContractFacts
from law import labour
from law.calendar import Calendar, DayKind
from law.periods import month_windows
from staffing.rules.people import Span
from staffing.rules.spans import DAY_MINUTES

Worked = Mapping[date, Mapping[str, int]]
"""The minutes of each person (the key as text, as JSON keeps it) by day."""


def eves_and_holidays(
    contract: ContractFacts, calendar: Calendar, as_of: date, first: date = date.min
) -> frozenset[date]:
    """The days on which a shift may begin that touches a statutory holiday of the contract's life, from a day on.

    Years without a published calendar are left out: of them nothing is said anyway.
    """
    days: set[date] = set()
    first = max(first, contract.starts_on)
    for offset in range((min(as_of, contract.last_day) - first).days + 1):
        day = first + timedelta(days=offset)
        if calendar.published(day.year) and calendar.is_statutory_holiday(day):
            days |= {day - timedelta(days=1), day}
    return frozenset(days)


def by_clock(worked: Worked, nights: Worked, last_day: date) -> Worked:
    """The minutes with those after midnight on the day on which they were worked.

    `nights` holds them by the day on which the shift began; of people away nothing was worked. What runs
    beyond the contract's last day stays on it.
    """
    moved: dict[date, dict[str, int]] = {}
    for day, people in nights.items():
        if day >= last_day:
            continue
        for key, minutes in people.items():
            if key in worked.get(day, {}):
                of_day = moved.setdefault(day, {})
                of_day[key] = of_day.get(key, 0) - minutes
                following = moved.setdefault(day + timedelta(days=1), {})
                following[key] = following.get(key, 0) + minutes
    changed = {}
    for day, people in moved.items():
        sums = {**worked.get(day, {})}
        for key, minutes in people.items():
            sums[key] = sums.get(key, 0) + minutes
        changed[day] = {key: minutes for key, minutes in sums.items() if minutes}
    return {**worked, **changed}


DAY_LIMIT = int((labour.DAY_HOURS + labour.DAY_OVERTIME_LIMIT) * 60)
NORMAL_DAY = int(labour.DAY_HOURS * 60)
MONTH_LIMIT = int(labour.MONTH_OVERTIME_LIMIT * 60)
QUARTER_LIMIT = int(labour.QUARTER_OVERTIME_LIMIT * 60)
WEEK = 7
NOTHING = labour.Overtime()


@dataclass(frozen=True)
class ApprovalFact:
    """An approval of comprehensive hours; `post_id` None: for everybody."""

    pk: int
    document: str
    post_id: int | None
    valid_from: date
    valid_until: date
    arrived_on: date


@dataclass(frozen=True)
class Worker:
    """A person with the posts held, as far as the rules about hours need them."""

    pk: int
    name: str
    spans: tuple[Span, ...]


@dataclass
class Month:
    """One person's month: minutes by day under each system; those of the six days before it."""

    standard: dict[date, int] = field(default_factory=dict)
    comprehensive: dict[date, int] = field(default_factory=dict)
    quarter: dict[date, int] = field(default_factory=dict)
    """The comprehensive days of the calendar quarter up to the month's end."""
    before: dict[date, int] = field(default_factory=dict)


class Hours:
    """The hours of a contract's people, cut into months as the rules look at them."""

    def __init__(
        self,
        worked: Worked,
        workers: Mapping[int, Worker],
        approvals: Sequence[ApprovalFact],
        calendar: Calendar,
        as_of: date,
    ) -> None:
        self.calendar, self.workers = calendar, workers
        self.approvals = [row for row in approvals if row.arrived_on <= as_of]
        self._kinds: dict[date, DayKind] = {}
        self._normal: dict[date, int] = {}
        self._holidays: dict[tuple[date, date], tuple[date, ...]] = {}
        self._worked = worked
        self._covered: dict[int, list[tuple[date, date]]] = {}

    def kind(self, day: date) -> DayKind:
        """What a day is; CalendarNotPublished."""
        found = self._kinds.get(day)
        if found is None:
            found = self._kinds[day] = self.calendar.kind(day)
        return found

    def normal(self, day: date) -> int:
        """The minutes of a day that are no overtime; CalendarNotPublished."""
        found = self._normal.get(day)
        if found is None:
            works = self.kind(day) in (DayKind.WORKDAY, DayKind.MAKEUP_WORKDAY)
            found = self._normal[day] = NORMAL_DAY if works else 0
        return found

    def holidays(self, first: date, last: date) -> tuple[date, ...]:
        """The statutory holidays of a span; CalendarNotPublished."""
        found = self._holidays.get((first, last))
        if found is None:
            span = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
            found = tuple(day for day in span if self.kind(day) is DayKind.STATUTORY_HOLIDAY)
            self._holidays[first, last] = found
        return found

    def comprehensive(self, worker: Worker, day: date) -> bool:
        """Whether an approval on record covers a person on a day."""
        return any(first <= day <= last for first, last in self._spans_of(worker))

    def _spans_of(self, worker: Worker) -> list[tuple[date, date]]:
        spans = self._covered.get(worker.pk)
        if spans is None:
            spans = self._covered[worker.pk] = list(self._spans(worker))
        return spans

    def _spans(self, worker: Worker) -> Iterator[tuple[date, date]]:
        """The days of a person that the approvals cover: all, or those on the post named."""
        for row in self.approvals:
            if row.post_id is None:
                yield row.valid_from, row.valid_until
            else:
                for span in worker.spans:
                    if span.post_id == row.post_id:
                        last = min(span.ends_on or row.valid_until, row.valid_until)
                        yield max(span.starts_on, row.valid_from), last

    def months(
        self, windows: Iterable[tuple[date, date]], known: Collection[tuple[date, date]] = ()
    ) -> Iterator[tuple[tuple[date, date], dict[int, Month]]]:
        """Each window with the people who worked in it; look at one before asking for the next. Those that are known
        are passed over.

        Who worked earlier in the quarter and not in this month is among them too.
        """
        windows = list(windows)
        begin = next((since(window[0], self.approvals) for window in windows if window not in known), date.max)
        workers = {str(pk): worker for pk, worker in self.workers.items()}
        quarters: dict[int, dict[date, int]] = {}
        quarter: date | None = None
        tails: dict[int, dict[date, int]] = {}
        for first, last in windows:
            if last < begin:
                continue
            if quarter != (start := quarter_start(first)):
                quarter, quarters = start, {}
            people: dict[int, Month] = {}
            whole: dict[str, bool | None] = {}
            for day in self._days(first, last):
                for key, minutes in self._worked[day].items():
                    worker = workers.get(key)
                    if worker is None:
                        continue
                    pk = worker.pk
                    month = people.get(pk)
                    if month is None:
                        month = people[pk] = Month(before=tails.get(pk, {}), quarter=quarters.setdefault(pk, {}))
                        whole[key] = self._whole(worker, first, last)
                    covered = whole[key]
                    if covered is None:
                        covered = self.comprehensive(worker, day)
                    if covered:
                        month.comprehensive[day] = month.quarter[day] = minutes
                    else:
                        month.standard[day] = minutes
            for pk, days in quarters.items():
                if days and pk not in people:
                    people[pk] = Month(quarter=days)
            if (first, last) not in known:
                yield (first, last), people
            tail = last - timedelta(days=WEEK - 2)
            tails = {
                pk: {day: minutes for day, minutes in month.standard.items() if day >= tail}
                for pk, month in people.items()
                if month.standard
            }

    def _days(self, first: date, last: date) -> list[date]:
        """The days of a window on which anybody worked, in their order."""
        return [
            day for offset in range((last - first).days + 1) if (day := first + timedelta(days=offset)) in self._worked
        ]

    def _whole(self, worker: Worker, first: date, last: date) -> bool | None:
        """Whether approvals cover the whole window, or none of it; None where it must be asked."""
        spans = self._spans_of(worker)
        if any(start <= first and last <= end for start, end in spans):
            return True
        return None if any(start <= last and first <= end for start, end in spans) else False


def signals(hours: Hours, window: tuple[date, date], month: Month) -> list[labour.Signal]:
    """What one person's month exceeds, by the system that holds for each day."""
    return [*_standard(hours, window, month), *_comprehensive(hours, window, month)]


def _standard(hours: Hours, window: tuple[date, date], month: Month) -> Iterator[labour.Signal]:
    days = month.standard
    if not days:
        return
    broken = set()
    if max(days.values()) > DAY_LIMIT:
        broken.add(labour.DAY_TOO_LONG)
    if overtime_minutes(hours, days) > MONTH_LIMIT:
        broken.add(labour.MONTH_TOO_LONG)
    if broken:
        yield from _signals_of(hours.calendar, tuple(days.items()), frozenset(broken))
    both = {**month.before, **days}
    if _seven_in_a_week(both):
        for signal in labour.standard_signals(_worked_days(both), hours.calendar, (labour.NO_REST_DAY,)):
            if signal.last <= window[1]:
                yield signal


def _comprehensive(hours: Hours, window: tuple[date, date], month: Month) -> Iterator[labour.Signal]:
    """The quarter up to the month's end, where the month itself added to it."""
    if month.comprehensive and quarter_overtime(hours, window, month) > QUARTER_LIMIT:
        yield from labour.comprehensive_signals(_worked_days(month.quarter), hours.calendar)


def quarter_overtime(hours: Hours, window: tuple[date, date], month: Month) -> int:
    """What exceeds the normal hours of the quarter, in minutes; holidays are paid apart."""
    normal = int(labour.quarter_normal_hours(window[0]) * 60)
    in_all = sum(month.quarter.values())
    if in_all <= normal:
        return 0
    holidays = hours.holidays(quarter_start(window[0]), window[1])
    return max(in_all - _on(month.quarter, holidays) - normal, 0)


def overtime_minutes(hours: Hours, days: Mapping[date, int]) -> int:
    """Overtime under the standard system in minutes; the same as `labour.standard_overtime`.

    Who works by the public calendar never has more normal days in a week than the calendar, so the
    40 hours of a week add nothing to the 8 hours of its days.
    """
    overtime = 0
    for day, minutes in days.items():
        if (extra := minutes - hours.normal(day)) > 0:
            overtime += extra
    return overtime


def owed(hours: Hours, window: tuple[date, date], month: Month, *, closes_quarter: bool) -> labour.Overtime:
    """The hours of one person's month that are paid extra (Labour Law art. 44).

    What exceeds the normal hours of the comprehensive system shows at the end of its quarter.
    """
    overtime = NOTHING
    if month.standard and overtime_minutes(hours, month.standard):
        overtime += _overtime_of(hours.calendar, tuple(month.standard.items()))
    if on_holidays := _on(month.comprehensive, hours.holidays(*window)):
        overtime += labour.Overtime(at_300=as_hours(on_holidays))
    if closes_quarter and month.quarter and (extra := quarter_overtime(hours, window, month)):
        overtime += labour.Overtime(at_150=as_hours(extra))
    return overtime


def _on(days: Mapping[date, int], holidays: Iterable[date]) -> int:
    """The minutes worked on some days."""
    return sum(days.get(day, 0) for day in holidays)


def windows_until(contract: ContractFacts, as_of: date) -> list[tuple[date, date]]:
    """The calendar months of a contract that have begun by a day."""
    months = month_windows(contract.starts_on, contract.last_day)
    return [(first, last) for first, last in months if first <= as_of]


def assigned_months(contract: ContractFacts, workers: Iterable[Worker]) -> dict[date, bool]:
    """Whether anybody was assigned in each calendar month, by its first day in the term."""
    spans = [(span.starts_on, span.ends_on or date.max) for worker in workers for span in worker.spans]
    return {
        first: any(start <= last and first <= end for start, end in spans)
        for first, last in month_windows(contract.starts_on, contract.last_day)
    }


def since(month: date, approvals: Collection[ApprovalFact]) -> date:
    """Back to which day hours bear on a month that begins on a day: its first week reaches into the month before,
    comprehensive hours are counted by the quarter, and a shift may have begun on the day before."""
    first = month - timedelta(days=WEEK)
    return min(first, quarter_start(month) - timedelta(days=1)) if approvals else first


def quarter_start(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def as_hours(minutes: int) -> Decimal:
    """Minutes as hours, to the hundredth; whole and half hours are exact."""
    return (Decimal(minutes) / 60).quantize(Decimal("0.01"))


def shown(hours: Decimal) -> str:
    """ "12" or "12.5": hours as a person writes them."""
    return f"{hours.normalize():f}"


def _worked_days(days: Mapping[date, int]) -> list[labour.WorkedDay]:
    return [labour.WorkedDay(day, _hours_of(minutes)) for day, minutes in days.items()]


# People of one crew have the same days in a month: what the law says of them is worked out once.
@lru_cache(maxsize=1024)
def _signals_of(
    calendar: Calendar, days: tuple[tuple[date, int], ...], codes: frozenset[str]
) -> tuple[labour.Signal, ...]:
    return tuple(labour.standard_signals(_worked_days(dict(days)), calendar, codes))


@lru_cache(maxsize=1024)
def _overtime_of(calendar: Calendar, days: tuple[tuple[date, int], ...]) -> labour.Overtime:
    return labour.standard_overtime(_worked_days(dict(days)), calendar)


@lru_cache(maxsize=DAY_MINUTES)
def _hours_of(minutes: int) -> Decimal:
    return Decimal(min(minutes, DAY_MINUTES)) / 60


def _seven_in_a_week(days: Mapping[date, int]) -> bool:
    # The first day of the calendar, number 1, is a Monday.
    return WEEK in Counter((day.toordinal() - 1) // WEEK for day in days).values()
