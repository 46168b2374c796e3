"""What a claim may ask for, and how it stands to an instalment: pure figures."""

from datetime import date
from decimal import Decimal

import pytest

from billing.rules.claims import ClaimFacts, cap, line_amount, suggestion

FEE = Decimal("522933.33")
RATE = {"required": 1350, "in_place_best": 1322, "floor_percent": "98"}


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [("1", "127.700447", "127.70"), ("3", "0.005", "0.02"), ("1", "0.0049", "0.00"), ("2", "0.0025", "0.01")],
)
def test_a_line_is_rounded_half_up_to_the_fen(quantity: str, price: str, amount: str) -> None:
    assert line_amount(Decimal(quantity), Decimal(price)) == Decimal(amount)


@pytest.mark.parametrize(("in_place", "lines"), [(1323, 0), (1322, 1), (1321, 1)])
def test_only_what_is_missing_below_the_floor_is_suggested(in_place: int, lines: int) -> None:
    found = suggestion("staffing.on_post_rate", RATE | {"in_place_best": in_place}, fee=FEE, owed_days=4095)
    assert len(found) == lines
    if found:
        assert found[0].quantity == 1323 - in_place
        assert found[0].unit_price == Decimal("127.700447")


def test_nothing_is_suggested_where_figures_give_nothing() -> None:
    assert suggestion("staffing.backfill", {"days": 2}, fee=FEE, owed_days=4095) == []
    assert suggestion("staffing.on_post_rate", RATE, fee=FEE, owed_days=0) == []


@pytest.mark.parametrize("percent", ["10", "0"])
def test_article_19_leaves_out_what_is_zero(percent: str) -> None:
    figures = {"contract_sum": "2091733.33", "damages_percent": percent, "refund": "0.00"}
    lines = suggestion("contract.subcontracting", figures, fee=FEE, owed_days=0)
    assert [line.amount for line in lines] == ([Decimal("209173.33")] if percent == "10" else [])


@pytest.mark.parametrize(
    ("kind", "policy", "instalment", "most"),
    [
        ("deduction", "instalment", FEE, FEE),
        ("deduction", "instalment", None, Decimal("2091733.33")),
        ("deduction", "contract_sum", FEE, Decimal("2091733.33")),
        ("transfer", "instalment", FEE, None),
        ("costs", "instalment", FEE, None),
    ],
)
def test_a_cap_belongs_to_deductions(kind: str, policy: str, instalment: Decimal | None, most: Decimal | None) -> None:
    found, _basis = cap(kind, policy, instalment=instalment, contract_sum=Decimal("2091733.33"))
    assert found == most


def test_what_waits_and_what_is_set_off_is_known_for_any_day() -> None:
    first, second = date(2025, 7, 8), date(2025, 8, 1)
    facts = ClaimFacts(
        1, "SP-1", ((first, Decimal(100), Decimal(0)), (second, Decimal(20), Decimal(30))), ((second, Decimal(50)),)
    )
    assert facts.withheld(date(2025, 7, 7)) == 0
    assert facts.withheld(first) == 100 and facts.deducted(first) == 0
    assert facts.withheld(second) == 20 and facts.deducted(second) == 30
    assert facts.freed_by(date(2025, 7, 31)) == ()
    assert facts.freed_by(second) == ((second, Decimal(50)),)
