"""The scores of the periods against the contract's figures, and the right to terminate that bad ones give."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.rules.score import PeriodScore, scores
from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Finding
from contract.terms import TERMS
from contract.values import Book, DatedValue
from tests.billing.facts import END, START, contract

AGREED = {"score_floor": 90, "score_misses_in_a_row": 3, "score_low": 80, "score_lows_in_all": 2}


def scored(**terms: int) -> ContractFacts:
    rows = [
        DatedValue(key, START, value if "misses" in key or "lows" in key else Decimal(value))
        for key, value in (terms or AGREED).items()
    ]
    return replace(contract(), terms=Book(TERMS, rows))


def found(*points: str, as_of: date = END, of: ContractFacts | None = None) -> list[Finding]:
    rows = [
        PeriodScore(n, f"YS-{n}", date(2024, n, 1), date(2024, n, 28), Decimal(one), date(2024, n + 1, 5))
        for n, one in enumerate(points, start=1)
    ]
    return list(scores(of or scored(), rows, as_of))


@pytest.mark.parametrize(
    ("points", "outcome", "terminates"),
    [
        (("90", "95"), Outcome.MET, False),
        (("95", "89.99"), Outcome.NOT_MET, False),
        (("89", "95"), Outcome.AT_RISK, False),
        (("89", "89", "95", "89"), Outcome.NOT_MET, False),
        (("89", "89", "89"), Outcome.NOT_MET, True),
        (("79", "95", "80"), Outcome.NOT_MET, False),
        (("79", "95", "79.99"), Outcome.NOT_MET, True),
        (("89", "89", "89", "95"), Outcome.NOT_MET, True),
    ],
)
def test_three_in_a_row_or_two_low_ones_give_the_right(
    points: tuple[str, ...], outcome: Outcome, terminates: bool
) -> None:
    [one] = found(*points)
    assert (one.outcome, one.figures["terminates"]) == (outcome, terminates)


def test_only_what_was_accepted_by_the_day_counts() -> None:
    assert found("89", as_of=date(2024, 2, 4)) == []
    assert len(found("89", as_of=date(2024, 2, 5))) == 1


def test_a_contract_that_names_no_score_is_not_green() -> None:
    [one] = found("99", of=scored(headcount=1))
    assert one.outcome == Outcome.UNDETERMINED
