"""The payment rules of contracts, the quantities that are known, and what an instalment waits for."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal

from billing.choices import QuantitySource, WaitsFor
from billing.models import Deposit, PaymentRule, Quantity
from billing.models.amended import IN_FORCE
from billing.rules.schedule import Day, Item, Planned, Quantities, Rule, planned
from contract.batch import Batch
from contract.duties.models import ServiceReport
from staffing import selectors as staffing


def rules(contract_ids: Iterable[int]) -> dict[int, list[Rule]]:
    """The payment rules by contract that count, with those of later days, in their order (two queries; one where there
    are none)."""
    found: dict[int, list[Rule]] = defaultdict(list)
    rows = PaymentRule.objects.filter(IN_FORCE, contract_id__in=list(contract_ids))
    rows = rows.order_by("contract_id", "position", "pk")
    for row in rows.prefetch_related("items"):
        found[row.contract_id].append(rule_facts(row))
    return found


def of_rules(pks: Collection[int]) -> dict[int, Rule]:
    """These rules (two queries; none where there are none)."""
    rows = PaymentRule.objects.filter(pk__in=pks).prefetch_related("items") if pks else ()
    return {row.pk: rule_facts(row) for row in rows}


def rule_facts(row: PaymentRule) -> Rule:
    names = ("pk", "title", "every_months", "first_day", "last_day", "not_before", "due_days", "due_in")
    items = tuple(
        Item(
            item.pk,
            item.title,
            item.kind,
            item.percent,
            item.price,
            item.unit,
            item.quantity,
            tuple((Decimal(band["above"]), Decimal(band["price"])) for band in item.bands),
            item.bands_apply,
        )
        for item in row.items.all()
    )
    own = {name: getattr(row, name) for name in names}
    return Rule(**own, waits_for=frozenset(row.waits_for), items=items, since=row.effective_from)


def quantities(ruled: Mapping[int, Collection[Rule]], as_of: date) -> dict[int, Quantities]:
    """What is known of the quantities that these contracts' rules ask for (three queries; fewer where none do)."""
    items = {pk: [item for rule in known for item in rule.items] for pk, known in ruled.items()}
    by_attendance = [pk for pk, some in items.items() if any(one.quantity == QuantitySource.ATTENDANCE for one in some)]
    by_report = [pk for pk, some in items.items() if any(one.quantity == QuantitySource.REPORTED for one in some)]
    confirmed: dict[int, dict[tuple[int, date], Decimal]] = defaultdict(dict)
    if by_report:
        rows = Quantity.objects.filter(
            instalment__contract__in=by_report, withdrawn_at=None, is_confirmed=True, answered_on__lte=as_of
        )
        same: dict[tuple[int, str, str], list[int]] = defaultdict(list)  # an item before and after an amendment
        for pk, known in ruled.items():
            for rule in known:
                for one in rule.items:
                    same[pk, rule.title, one.title].append(one.pk)
        names = ("instalment__contract_id", "item__rule__title", "item__title", "instalment__period_start", "quantity")
        for pk, rule_title, title, start, quantity in rows.values_list(*names):
            for item in same[pk, rule_title, title]:
                confirmed[pk][item, start] = quantity
    people = staffing.day_counts(by_attendance, as_of) if by_attendance else {}
    duty = staffing.on_duty(by_attendance, as_of) if by_attendance else {}
    return {
        pk: Quantities(
            {
                day: Day(count.in_place, duty.get(pk, {}).get(day, 0), count.unreported)
                for day, count in people.get(pk, {}).items()
            },
            confirmed[pk],
        )
        for pk in ruled
    }


def schedules(batch: Batch) -> dict[int, list[Planned]]:
    """What the rules of the batch's contracts make as of its day; contracts without rules are left out.

    A contract whose fee cannot be read has no rows: its check says so.
    """
    ruled = batch.read(rules)
    known = quantities(ruled, batch.as_of) if ruled else {}
    found: dict[int, list[Planned]] = {}
    for contract in batch.contracts:
        if contract.pk in ruled:
            try:
                found[contract.pk] = planned(contract, ruled[contract.pk], known[contract.pk], batch.as_of)
            except (KeyError, ValueError):
                found[contract.pk] = []
    return found


def reports_accepted(contract_ids: Collection[int]) -> dict[int, list[tuple[date, date | None]]]:
    """The reports of contracts that were not returned: first day of their period, and when they were accepted."""
    found: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    rows = ServiceReport.objects.filter(contract_id__in=contract_ids, returned_on=None)
    for pk, start, accepted in rows.order_by("pk").values_list("contract_id", "period_start", "accepted_on"):
        found[pk].append((start, accepted))
    return found


def beside(
    instalments: Iterable[tuple[int, int, date, date]], waiting: Mapping[int, Collection[str]]
) -> dict[int, dict[str, date | None]]:
    """By instalment (pk, contract, first and last day) the days of what it waits for beside invoice and acceptance."""
    rows = list(instalments)
    asked = sorted({contract for pk, contract, _first, _last in rows if WaitsFor.REPORT in waiting.get(pk, ())})
    reports = reports_accepted(asked) if asked else {}
    secured = [contract for pk, contract, _first, _last in rows if WaitsFor.GUARANTEE in waiting.get(pk, ())]
    guarantees: dict[int, list[date | None]] = defaultdict(list)
    if secured:
        for contract, day in Deposit.objects.filter(contract_id__in=secured, withdrawn_on=None).values_list(
            "contract_id", "given_on"
        ):
            guarantees[contract].append(day)
    found: dict[int, dict[str, date | None]] = {}
    for pk, contract, first, last in rows:
        if WaitsFor.REPORT in waiting.get(pk, ()):
            days = [day for start, day in reports.get(contract, ()) if first <= start <= last]
            known = [day for day in days if day is not None]
            found.setdefault(pk, {})[WaitsFor.REPORT] = max(known) if days and len(known) == len(days) else None
        if WaitsFor.GUARANTEE in waiting.get(pk, ()):
            given = guarantees.get(contract, [])
            came = [day for day in given if day is not None]
            found.setdefault(pk, {})[WaitsFor.GUARANTEE] = max(came) if given and len(came) == len(given) else None
    return found
