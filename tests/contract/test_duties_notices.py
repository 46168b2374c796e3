"""Notices ahead (articles 4 and 15): two latest days, and an arrival that counts."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.choices import Outcome, Side
from contract.duties.rules.notices import Notice, amendment_notice, headcount_notice, notice_outcome
from contract.findings import Finding
from law.periods import notice_before
from tests.contract.duties import CALENDAR, day, facts

# Monday 17 March 2025: seven days ahead is arguable until the 10th; the clear day before is a
# Sunday, so the last safe day is Friday the 7th.
EFFECTIVE = day("2025-03-17")


def notice(**fields: Any) -> Notice:
    base = Notice(
        pk=7,
        name="增员",
        document="办函〔2025〕7号",
        effective_from=EFFECTIVE,
        sent_on=day("2025-02-20"),
        arrived_on=None,
        cancelled_on=None,
        owed_by=Side.OFFICE,
    )
    return replace(base, **fields)


def headcount(as_of: str, **fields: Any) -> Finding | None:
    contract = fields.pop("contract", facts())
    return headcount_notice(contract, notice(**fields), CALENDAR, day(as_of))


@pytest.mark.parametrize(
    ("arrived", "outcome"),
    [
        ("2025-03-07", Outcome.MET),
        ("2025-03-08", Outcome.AT_RISK),  # a Saturday: no working day is left before the clear day
        ("2025-03-10", Outcome.AT_RISK),
        ("2025-03-11", Outcome.NOT_MET),
    ],
)
def test_an_order_is_safe_arguable_or_late_by_the_day_it_arrives(arrived: str, outcome: Outcome) -> None:
    finding = headcount("2025-06-30", arrived_on=day(arrived))
    assert finding is not None and finding.outcome == outcome
    assert finding.nominal_due_on == day("2025-03-07")
    assert finding.legal_due_on == day("2025-03-10")
    assert finding.measured == arrived and finding.owed_by == Side.OFFICE


@pytest.mark.parametrize(
    ("as_of", "outcome"),
    [
        ("2025-03-07", Outcome.PENDING),
        ("2025-03-08", Outcome.AT_RISK),
        ("2025-03-10", Outcome.AT_RISK),
        ("2025-03-11", Outcome.NOT_MET),
    ],
)
def test_an_order_that_has_not_arrived_moves_through_the_same_days(as_of: str, outcome: Outcome) -> None:
    finding = headcount(as_of)
    assert finding is not None and finding.outcome == outcome


def test_an_arrival_after_the_day_of_reference_has_not_happened_yet() -> None:
    finding = headcount("2025-03-06", arrived_on=day("2025-03-07"))
    assert finding is not None and finding.outcome == Outcome.PENDING and finding.measured == ""


def test_an_order_not_sent_yet_or_cancelled_owes_nothing() -> None:
    assert headcount("2025-02-19") is None
    assert headcount("2025-03-20", cancelled_on=day("2025-03-01")) is None
    assert headcount("2025-02-28", cancelled_on=day("2025-03-01")) is not None


def test_an_order_for_a_day_after_an_early_end_owes_nothing() -> None:
    ended = facts(terminated_on=day("2025-03-16"))
    assert headcount("2025-06-30", contract=ended) is None
    assert headcount("2025-06-30", contract=facts(terminated_on=EFFECTIVE)) is not None


def test_another_contract_counts_with_its_own_days() -> None:
    finding = headcount("2025-06-30", contract=facts({"headcount_notice_days": 10}), arrived_on=day("2025-03-07"))
    assert finding is not None and finding.outcome == Outcome.AT_RISK
    assert finding.legal_due_on == day("2025-03-07")


@pytest.mark.parametrize(
    ("arrived", "outcome"),
    [("2025-02-27", Outcome.MET), ("2025-02-28", Outcome.AT_RISK), ("2025-03-01", Outcome.NOT_MET)],
)
def test_an_amendment_is_announced_a_month_ahead_also_from_a_month_without_that_day(
    arrived: str, outcome: Outcome
) -> None:
    """A month before 31 March is the last day of February."""
    proposed = notice(effective_from=day("2025-03-31"), arrived_on=day(arrived), owed_by=Side.VENDOR)
    finding = amendment_notice(facts(), proposed, CALENDAR, day("2025-06-30"))
    assert finding is not None and finding.outcome == outcome
    assert finding.owed_by == Side.VENDOR and finding.subject.label == "contract.Amendment"


class TestAYearWhoseCalendarIsNotPublished:
    ahead = notice_before(day("2027-02-15"), days=7, calendar=CALENDAR)

    @pytest.mark.parametrize(
        ("arrived", "outcome"),
        [
            ("2026-12-31", Outcome.MET),  # a known working day is left: safe, whatever 2027 brings
            ("2027-01-01", Outcome.UNDETERMINED),
            ("2027-02-07", Outcome.UNDETERMINED),
            ("2027-02-08", Outcome.AT_RISK),  # the arguable day lies after every clear one
            ("2027-02-09", Outcome.NOT_MET),
        ],
    )
    def test_only_what_is_certain_is_said(self, arrived: str, outcome: Outcome) -> None:
        assert notice_outcome(self.ahead, CALENDAR, day("2027-06-30"), day(arrived)) == outcome


@given(arrived=st.dates(date(2024, 11, 1), date(2025, 12, 31)))
def test_a_notice_never_becomes_better_by_arriving_later(arrived: date) -> None:
    ahead = notice_before(day("2025-06-30"), months=1, calendar=CALENDAR)
    order = [Outcome.MET, Outcome.AT_RISK, Outcome.NOT_MET]
    as_of = date(2026, 1, 31)
    early = notice_outcome(ahead, CALENDAR, as_of, arrived)
    late = notice_outcome(ahead, CALENDAR, as_of, arrived + timedelta(days=1))
    assert order.index(early) <= order.index(late)
