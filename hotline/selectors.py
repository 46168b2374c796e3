"""Reads of the service: facts for all contracts of a batch in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from contract.models.base import STANDING
from hotline.choices import Direction
from hotline.figures import OF_A_DAY, OF_A_MONTH
from hotline.models import Indicator, Platform, ServiceDay, ServiceMonth
from hotline.rules.facts import DayFacts, IndicatorFacts, Reading, ServiceFacts

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
