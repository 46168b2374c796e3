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
from hotline.choices import Direction
from hotline.figures import OF_A_DAY, OF_A_MONTH, in_words
from hotline.models import Indicator, Platform, ServiceDay, ServiceMonth
from hotline.rules.facts import DayFacts, IndicatorFacts, Reading, ServiceFacts
from hotline.rules.level import chosen, lost_days, target_of
from hotline.rules.picture import rate_of
from kit import clock

DAY_NAMES, MONTH_NAMES = tuple(OF_A_DAY), tuple(OF_A_MONTH)


def service(
    contract_ids: Iterable[int], first: date | None = None, last: date | None = None
) -> dict[int, ServiceFacts]:
    """Everything on record of the service of these contracts (four queries), or of the days between two."""
    ids = list(contract_ids)
    since: dict[int, date] = {}
    for contract_id, day in Platform.objects.filter(STANDING, contract_id__in=ids).values_list("contract_id", "since"):
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
        part, whole = row.readings[reading.key]
        found.append(
            {
                "title": row.local_title,
                "rate": rate_of(facts, one, reading, first, last, lost=lost_days(one, excuses, batch.as_of)),
                "target": target_of(one) if one.floor is not None else "–",
                "confirmed": one.confirmed,
                "window": row.get_window_display(),
                "counted": f"{in_words(part)} ÷ {in_words(whole)}",
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
