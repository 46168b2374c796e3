"""What a contract document says about money: how it is paid, what is deducted, which deposits there are."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from billing.choices import (
    BandReading,
    DayKind,
    DepositKind,
    ItemKind,
    QuantitySource,
    TariffSource,
    TariffUnit,
    Unit,
    WaitsFor,
)
from billing.models import Deposit, PaymentItem, PaymentRule, Tariff
from billing.models.amended import IN_FORCE
from billing.rules.schedule import listed
from contract.loading import Loader, known_keys
from contract.models import Contract
from contract.reference.export import facts
from contract.reference.form import Form
from contract.reference.readers import Group, Rows, day, decimal, one_of, optional, required, text_of, whole
from contract.reference.sections import Section, register
from law.periods import contract_quarters, last_day_of_term

BAND = required(above=decimal(4, least=0), price=decimal(6, least=0))
ITEM = required(**text_of(PaymentItem, "title")) | optional(
    percent=decimal(6, least=0, most=100),
    price=decimal(6, least=0),
    unit=one_of(*Unit.values),
    quantity=one_of(*QuantitySource.values),
    bands=Rows(Group(BAND), least=2),
    bands_apply=one_of(*BandReading.values),
)
PAYMENT = required(**text_of(PaymentRule, "title"), items=Rows(Group(ITEM), least=1)) | optional(
    every_months=whole(least=1, most=120),
    first_day=day(),
    last_day=day(),
    waits_for=Rows(one_of(*WaitsFor.values)),
    not_before=day(),
    due_days=whole(least=0, most=366),
    due_in=one_of(*DayKind.values),
    effective_from=day(),
)
GRADE = required(below=decimal(2, least=0), percent=decimal(2, least=0, most=100))
DEDUCTION = required(**text_of(Tariff, "title", "clause"), per=one_of(*TariffUnit.values)) | optional(
    amount=decimal(2, least=0),
    percent=decimal(2, least=0, most=100),
    free=decimal(2, least=0),
    below=decimal(2, least=0),
    grades=Rows(Group(GRADE), least=1),
    check_id=text_of(Tariff, "check_id")["check_id"],
    cap_percent=decimal(2, least=0, most=100),
    source=one_of(*TariffSource.values),
    effective_from=day(),
)
DEPOSIT = required(
    **text_of(Deposit, "title"), kind=one_of(*DepositKind.values), amount=decimal(2, least=0)
) | optional(due_on=day(), return_due_on=day())


# --- What is looked at beyond one field ---------------------------------------------------------


def _check_payments(form: Form, data: Mapping[str, Any]) -> None:
    rules: list[dict[str, Any]] = data["payments"]
    terms = {row.get("key"): row.get("value") for row in data["terms"]}
    _check_basis(form, data["contract"], terms, rules)
    form.once("payments", [_dated_title(rule) for rule in rules])
    _check_days(form, data, "payments")
    for position, rule in enumerate(rules):
        path = f"payments[{position}]"
        form.once(f"{path}.items", [item.get("title") for item in rule.get("items", ())])
        if WaitsFor.GUARANTEE in rule.get("waits_for", ()) and not data["deposits"]:
            form.fail(f"{path}.waits_for", _("names a guarantee, and the document has no deposits"))
        for index, item in enumerate(rule.get("items", ())):
            _check_item(form, f"{path}.items[{index}]", item)
    for since in sorted({rule.get("effective_from") or date.min for rule in rules}):
        holds = {rule.get("title"): rule for rule in sorted(rules, key=_since) if _since(rule) <= since}.values()
        percents = [item["percent"] for rule in holds for item in rule.get("items", ()) if item.get("percent")]
        form.whole("payments: percent", percents)
    if any(item.get("percent") for rule in rules for item in rule.get("items", ())) and "annual_fee" not in terms:
        form.fail("payments", _("shares of the fee need the term annual_fee"))


def _since(row: Mapping[str, Any]) -> date:
    return row.get("effective_from") or date.min


def _dated_title(row: Mapping[str, Any]) -> str:
    return f"{row.get('title', '')} {row.get('effective_from', '')}".strip()


def _check_days(form: Form, data: Mapping[str, Any], name: str) -> None:
    """A row holds from a day of the term on; a rule for so many months from the first day of one of its periods on."""
    first, last = data["contract"].get("starts_on"), data["contract"].get("ends_on")
    if not first or not last or last < first:
        return
    for position, row in enumerate(data[name]):
        since, path = row.get("effective_from"), f"{name}[{position}].effective_from"
        if since is None:
            continue
        if not first < since <= last:
            form.fail(path, _("lies outside the contract's term"))
        elif every := row.get("every_months"):
            starts = [start for start, _end in contract_quarters(first, last, every)]
            if since not in starts:
                form.fail(path, _("is no first day of a period; these are: %(days)s") % {"days": listed(starts)})


def _check_basis(form: Form, facts_: Mapping[str, Any], terms: Mapping[Any, Any], rules: list[Any]) -> None:
    """Whether it is said what the fee is for, and how it is paid."""
    first, last = facts_.get("starts_on"), facts_.get("ends_on")
    basis = terms.get("fee_basis")
    if basis == BY_QUANTITY and "annual_fee" in terms:
        form.fail("terms", _("with the basis by_quantity there is no annual_fee"))
    if basis == BY_QUANTITY and not rules:
        form.fail("payments", _("with the basis by_quantity the payments name the prices"))
    if not rules and "payment_cycle_months" not in terms:
        form.fail("terms", _("these figures are missing: %(keys)s") % {"keys": "payment_cycle_months"})
    if "annual_fee" in terms and basis is None and first and last and last_day_of_term(first, years=1) != last:
        form.fail("terms", _("the term is not one year: say what the fee is for (fee_basis)"))


BY_QUANTITY = "by_quantity"
TEXTS = frozenset({"title", "clause", "check_id"})


def _check_item(form: Form, path: str, item: Mapping[str, Any]) -> None:
    priced = {"price", "unit", "quantity", "bands", "bands_apply"} & item.keys()
    if ("percent" in item) == bool(priced):
        form.fail(path, _("is a share of the fee (percent), or a price with unit and quantity"))
    elif priced and not {"unit", "quantity"} <= item.keys():
        form.fail(path, _("a price needs its unit and its quantity"))
    elif priced and ("price" in item) == ("bands" in item):
        form.fail(path, _("give one price, or bands of prices"))
    if ("bands" in item) != ("bands_apply" in item):
        form.fail(f"{path}.bands_apply", _("say how the bands apply"))
    above = [band.get("above") for band in item.get("bands") or ()]
    if above and (above[0] != 0 or None in above or above != sorted(set(above))):
        form.fail(f"{path}.bands", _("the first band is above 0, each further one above a higher figure"))


def _check_deductions(form: Form, data: Mapping[str, Any]) -> None:
    form.once("deductions", [_dated_title(row) for row in data["deductions"]])
    _check_days(form, data, "deductions")
    for position, row in enumerate(data["deductions"]):
        form.refers(f"deductions[{position}].clause", row.get("clause"), data)
        if row.get("source") == TariffSource.DEPOSIT and not data["deposits"]:
            form.fail(f"deductions[{position}].source", _("names a deposit, and the document has none"))


# --- Written, and written back ------------------------------------------------------------------


def _write_payments(loader: Loader, contract: Contract, rules: list[dict[str, Any]]) -> None:
    known = known_keys(PaymentRule, contract, "title", "effective_from")
    for position, said in enumerate(rules):
        path = f"payments[{position}]"
        values = {name: value for name, value in said.items() if name != "items"}
        key = (said["title"], said.get("effective_from"))
        rule = known.get(key)
        if key not in known:
            rule = loader.create(path, PaymentRule(contract=contract, position=position + 1, **values))
            if rule.pk is None:
                continue
            for index, item in enumerate(said["items"]):
                loader.create(f"{path}.items[{index}]", PaymentItem(rule=rule, position=index + 1, **_item(item)))
        elif rule is not None:
            loader.compare(path, rule, values)
            items = {item.title: item for item in rule.items.all()}
            for index, item in enumerate(said["items"]):
                if item["title"] in items:
                    loader.compare(f"{path}.items[{index}]", items[item["title"]], _item(item))


def _item(said: Mapping[str, Any]) -> dict[str, Any]:
    """An item as it is kept: what the kind is, bands in writing."""
    values: dict[str, Any] = {**said, "kind": ItemKind.PERCENT if "percent" in said else ItemKind.PRICE}
    if "bands" in said:
        values["bands"] = [{name: str(value) for name, value in band.items()} for band in said["bands"]]
    return values


def _export_payments(contract: Contract) -> list[dict[str, Any]]:
    return [
        _without_empty(facts(rule, (name for name in PAYMENT if name != "items")))
        | {"items": [_without_empty(facts(item, ITEM)) for item in rule.items.all()]}
        for rule in contract.payment_rules.filter(IN_FORCE).prefetch_related("items")
    ]


def _write_deductions(loader: Loader, contract: Contract, rows: list[dict[str, Any]]) -> None:
    known = known_keys(Tariff, contract, "title", "effective_from")
    for position, said in enumerate(rows):
        values = dict(said)
        if "grades" in said:
            values["grades"] = [{name: str(value) for name, value in grade.items()} for grade in said["grades"]]
        _one(
            loader, f"deductions[{position}]", known, Tariff(contract=contract, position=position + 1, **values), values
        )


def _export_deductions(contract: Contract) -> list[dict[str, Any]]:
    rows = [_without_empty(facts(row, DEDUCTION)) for row in contract.tariffs.filter(IN_FORCE)]
    return [{name: value for name, value in row.items() if (name, value) != ("free", "0.00")} for row in rows]


def _write_deposits(loader: Loader, contract: Contract, rows: list[dict[str, Any]]) -> None:
    known = {(title, None): row for (title,), row in known_keys(Deposit, contract, "title").items()}
    for position, said in enumerate(rows):
        _one(loader, f"deposits[{position}]", known, Deposit(contract=contract, **said), said)


def _export_deposits(contract: Contract) -> list[dict[str, Any]]:
    return [_without_empty(facts(row, DEPOSIT)) for row in contract.deposits.filter(withdrawn_on=None)]


def _one(loader: Loader, path: str, known: Mapping[Any, Any], row: Any, said: Mapping[str, Any]) -> None:
    key = (row.title, said.get("effective_from"))
    if key not in known:
        loader.create(path, row)
    elif (existing := known[key]) is not None:
        loader.compare(path, existing, said)


def _without_empty(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without what is not said, its numbers as they were written. An article such as 6.3 is no number."""
    return {
        name: value if name in TEXTS else _short(value) for name, value in row.items() if value not in (None, [], "")
    }


def _short(value: Any) -> Any:
    """3.500000 as 3.5, and 100.000000 as 100; an amount keeps its fen."""
    if isinstance(value, str) and value.replace(".", "", 1).isdigit() and "." in value:
        number = Decimal(value)
        return f"{number:.2f}" if number == number.quantize(Decimal("0.01")) else f"{number.normalize():f}"
    return value


def _anew(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rules of the next contract: the days of the old one are not its days."""
    return _without(_newest(rules), "first_day", "last_day", "not_before")


def _newest(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each title the row that held in the end, from the first day on."""
    last = {row["title"]: row for row in sorted(rows, key=lambda row: row.get("effective_from", ""))}
    return _without(list(last.values()), "effective_from")


def _without(rows: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in names} for row in rows]


register(
    Section(
        "payments",
        Rows(Group(PAYMENT)),
        check=_check_payments,
        write=_write_payments,
        export=_export_payments,
        anew=_anew,
    )
)
register(
    Section(
        "deductions",
        Rows(Group(DEDUCTION)),
        check=_check_deductions,
        write=_write_deductions,
        export=_export_deductions,
        anew=_newest,
    )
)
register(
    Section(
        "deposits",
        Rows(Group(DEPOSIT)),
        write=_write_deposits,
        export=_export_deposits,
        anew=lambda rows: _without(rows, "due_on", "return_due_on"),
    )
)
