"""Article 9: the instalments are the fee, and nothing besides is paid."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.rules.facts import InstalmentFacts
from billing.rules.fee import fee_total
from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.duties.rules.conduct import contract_sum
from contract.rules.shares import fee_of_term
from contract.terms import POLICIES, TERMS
from contract.values import Book, DatedValue
from tests.billing.facts import END, Q1, START, contract, instalment

DAY = date(2025, 3, 1)


def quarters(last: str = "522933.34", **first: object) -> list[InstalmentFacts]:
    rows = [instalment(**first)]  # type: ignore[arg-type]
    return [*rows, instalment(), instalment(), instalment(amount=Decimal(last))]


def test_it_is_met_when_the_instalments_add_up_to_the_fen() -> None:
    found = fee_total(contract(), quarters(), DAY)
    assert found.outcome == Outcome.MET
    assert (found.measured, found.required) == ("2,091,733.33", "2,091,733.33")


def test_a_fen_too_little_or_too_much_is_not_met() -> None:
    assert fee_total(contract(), quarters("522933.33"), DAY).outcome == Outcome.NOT_MET
    assert fee_total(contract(), quarters("522933.35"), DAY).outcome == Outcome.NOT_MET


def test_without_instalments_nothing_can_be_said() -> None:
    assert fee_total(contract(), [], DAY).outcome == Outcome.UNDETERMINED


def test_a_contract_without_a_fee_stops_nobody_elses_check() -> None:
    found = fee_total(replace(contract(), terms=Book(TERMS)), quarters(), DAY)
    assert found.outcome == Outcome.UNDETERMINED


def test_a_payment_above_the_instalment_is_not_met_from_its_day_on() -> None:
    paid = {date(2025, 3, 1): str(Q1), date(2025, 3, 2): "0.01"}
    assert fee_total(contract(), quarters(paid=paid), DAY).outcome == Outcome.MET
    found = fee_total(contract(), quarters(paid=paid), date(2025, 3, 2))
    assert found.outcome == Outcome.NOT_MET and "第1期" in str(found.message)


def test_after_an_amendment_the_old_instalments_no_longer_agree() -> None:
    amended = contract(fees={date(2024, 10, 1): "2091733.33", date(2025, 1, 1): "1000000.00"})
    assert fee_total(amended, quarters(), DAY).outcome == Outcome.NOT_MET


# --- Additional purchase (政府采购法 art. 49) -------------------------------------------------------


@pytest.mark.parametrize(("fee", "outcome"), [("110.00", Outcome.MET), ("110.01", Outcome.NOT_MET)])
def test_supplements_add_ten_per_cent_and_not_a_fen_more(fee: str, outcome: Outcome) -> None:
    """政府采购法 49: at most ten per cent of the original sum, all supplements together."""
    base = contract(fees={START: "100.00"})
    rows = [DatedValue("annual_fee", START, Decimal("100.00")), DatedValue("payment_cycle_months", START, 12)]
    # The fee is raised on the second day, as far as needed for the sum of the term.
    days = Decimal(365)
    raised = (Decimal(fee) - Decimal("100.00") / days) * days / (days - 1)
    rows.append(DatedValue("annual_fee", date(2024, 10, 2), raised.quantize(Decimal("0.01"))))
    changed = replace(base, terms=Book(TERMS, rows))
    total = fee_of_term(changed)
    assert total == Decimal(fee)
    row = replace(instalment(amount=total), start=START, end=END)
    found = fee_total(changed, [row], END)
    assert found.outcome == outcome
    if outcome == Outcome.NOT_MET:
        assert "10.00" in str(found.message) and "《政府采购法》第四十九条" in str(found.message)
        marked = replace(
            changed, policies=Book(POLICIES, [DatedValue("fee_change_is_additional_purchase", START, False)])
        )
        assert fee_total(marked, [row], END).outcome == Outcome.MET


# --- Prices of several years ------------------------------------------------------------------------


def two_years(*, amended: bool = False) -> ContractFacts:
    made = contract(ends_on=date(2026, 9, 30))
    rows = [
        DatedValue("fee_basis", START, "contract_year"),
        DatedValue("payment_cycle_months", START, 12),
        DatedValue("annual_fee", START, Decimal("6100000.88")),
        DatedValue("annual_fee", date(2025, 10, 1), Decimal("6700000.92"), amended=amended),
    ]
    return replace(made, terms=Book(TERMS, rows))


@pytest.mark.parametrize(
    ("second", "outcome"),
    [("6700000.92", Outcome.MET), ("6700000.93", Outcome.NOT_MET), ("300000.02", Outcome.NOT_MET)],
)
def test_prices_of_two_years_are_owed_together(second: str, outcome: Outcome) -> None:
    rows = [instalment(amount=Decimal("6100000.88")), instalment(amount=Decimal(second))]
    found = fee_total(two_years(), rows, DAY)
    assert (found.outcome, found.required) == (outcome, "12,800,001.80")


def test_a_price_that_was_agreed_with_the_contract_adds_nothing_and_one_by_amendment_does() -> None:
    rows = [instalment(amount=Decimal("12800001.80"))]
    assert "added" not in fee_total(two_years(), rows, DAY).figures
    assert fee_total(two_years(amended=True), rows, DAY).figures["added"] == Decimal("600000.04")


def test_the_damages_for_a_transfer_are_a_share_of_all_years() -> None:
    assert contract_sum(two_years(), START) == Decimal("12800001.80")
    assert contract_sum(contract(), START) == Decimal("2091733.33")
