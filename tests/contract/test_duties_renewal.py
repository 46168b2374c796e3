"""The end of the term (articles 5 and 17): assessed, decided, followed without a gap."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.batch import ContractFacts
from contract.choices import Outcome, RenewalDecision
from contract.duties.rules.renewal import (
    Arbitration,
    Ending,
    Following,
    Sheet,
    passes,
    renewal_assessment,
    renewed_to,
    tender_end,
    term_end,
    weighted_result,
)
from contract.findings import Finding
from tests.contract.duties import day, facts

TENDER = day("2024-10-01")
RENEW, NOT_RENEW = RenewalDecision.RENEW, RenewalDecision.NOT_RENEW


def sheet(decided: str | None = "2025-07-20", decision: str = RENEW, **fields: Any) -> Sheet:
    base = Sheet(
        pk=4,
        assessed_on=day("2025-07-10"),
        result=Decimal("86.50"),
        pass_mark=Decimal(80),
        decision=decision if decided else "",
        decided_on=day(decided) if decided else None,
        document="办函〔2025〕40号",
    )
    return replace(base, **fields)


def following(**fields: Any) -> Following:
    base = Following(
        pk=2, number="T-2", signed_on=day("2025-09-20"), starts_on=day("2025-10-01"), ends_on=day("2026-09-30")
    )
    return replace(base, **fields)


def ending(**fields: Any) -> Ending:
    return Ending(tender_starts_on=fields.pop("tender_starts_on", TENDER), **fields)


def assessed(as_of: str, contract: ContractFacts | None = None, **fields: Any) -> Finding | None:
    return renewal_assessment(contract or facts(), ending(**fields), day(as_of))


def ended(as_of: str, contract: ContractFacts | None = None, **fields: Any) -> Finding:
    finding = term_end(contract or facts(), ending(**fields), day(as_of))
    assert finding is not None
    return finding


class TestTheAssessment:
    @pytest.mark.parametrize(
        ("as_of", "outcome"),
        [
            ("2025-08-01", Outcome.PENDING),  # sixty days before 30 September
            ("2025-08-02", Outcome.AT_RISK),
            ("2025-09-30", Outcome.AT_RISK),
            ("2025-10-01", Outcome.NOT_MET),
        ],
    )
    def test_it_is_prudent_before_a_policy_day_and_due_before_the_end(self, as_of: str, outcome: Outcome) -> None:
        finding = assessed(as_of)
        assert finding is not None and finding.outcome == outcome
        assert (finding.nominal_due_on, finding.legal_due_on) == (day("2025-08-01"), day("2025-09-30"))

    @pytest.mark.parametrize(("decided", "outcome"), [("2025-09-30", Outcome.MET), ("2025-10-01", Outcome.NOT_MET)])
    def test_a_decision_is_in_time_on_the_last_day(self, decided: str, outcome: Outcome) -> None:
        finding = assessed("2025-12-01", sheets=(sheet(decided),))
        assert finding is not None and finding.outcome == outcome
        assert finding.measured == "86.50" and finding.required == "80"

    def test_a_score_without_a_decision_decides_nothing(self) -> None:
        finding = assessed("2025-08-02", sheets=(sheet(None),))
        assert finding is not None and finding.outcome == Outcome.AT_RISK

    def test_the_days_of_another_policy_count(self) -> None:
        finding = assessed("2025-07-03", facts(policies={"renewal_decision_lead_days": 90}))
        assert finding is not None and finding.outcome == Outcome.AT_RISK

    def test_in_the_tenders_last_year_nothing_is_left_to_renew(self) -> None:
        third = facts(starts_on=day("2026-10-01"), ends_on=day("2027-09-30"))
        assert assessed("2027-09-30", third) is None
        second = facts(starts_on=day("2025-10-01"), ends_on=day("2026-09-30"))
        assert assessed("2026-09-30", second) is not None

    def test_a_contract_cut_short_is_not_renewed(self) -> None:
        cut = facts(terminated_on=day("2025-03-31"))
        assert assessed("2025-09-30", cut) is None
        assert term_end(cut, ending(), day("2025-12-01")) is None
        assert assessed("2025-09-30", facts(terminated_on=day("2025-09-30"))) is not None


class TestTheEndOfTheTerm:
    @pytest.mark.parametrize(
        ("as_of", "outcome"),
        [
            ("2025-08-01", Outcome.PENDING),
            ("2025-08-02", Outcome.AT_RISK),
            ("2025-09-30", Outcome.AT_RISK),
            ("2025-10-01", Outcome.NOT_MET),
        ],
    )
    def test_undecided_it_becomes_a_gap(self, as_of: str, outcome: Outcome) -> None:
        assert ended(as_of).outcome == outcome

    def test_a_finding_of_an_open_gap_does_not_change_from_day_to_day(self) -> None:
        assert ended("2025-10-01").fingerprint == ended("2026-05-01").fingerprint

    def test_a_contract_that_follows_the_next_day_leaves_no_gap(self) -> None:
        finding = ended("2025-09-21", following=following())
        assert finding.outcome == Outcome.MET and finding.figures["days_between"] == 0

    def test_a_contract_not_signed_yet_is_not_known_yet(self) -> None:
        assert ended("2025-09-19", following=following()).outcome == Outcome.AT_RISK

    def test_signed_only_after_the_end_it_came_too_late(self) -> None:
        late = following(signed_on=day("2025-10-01"))
        assert ended("2025-12-01", following=late).outcome == Outcome.NOT_MET
        in_time = following(signed_on=day("2025-09-30"))
        assert ended("2025-12-01", following=in_time).outcome == Outcome.MET

    @pytest.mark.parametrize(("as_of", "outcome"), [("2025-09-30", Outcome.AT_RISK), ("2025-10-01", Outcome.NOT_MET)])
    def test_a_gap_of_one_day_is_a_risk_while_it_can_be_closed(self, as_of: str, outcome: Outcome) -> None:
        finding = ended(as_of, following=following(starts_on=day("2025-10-02")))
        assert finding.outcome == outcome and finding.figures["days_between"] == 1

    def test_two_contracts_at_once_are_a_risk(self) -> None:
        finding = ended("2025-09-25", following=following(starts_on=day("2025-09-30")))
        assert finding.outcome == Outcome.AT_RISK and finding.figures["days_between"] == -1

    def test_a_decision_not_to_renew_settles_it(self) -> None:
        finding = ended("2025-08-05", sheets=(sheet(decision=NOT_RENEW),))
        assert finding.outcome == Outcome.MET

    def test_a_decision_to_renew_needs_a_contract_too(self) -> None:
        assert ended("2025-08-02", sheets=(sheet(),)).outcome == Outcome.AT_RISK
        assert ended("2025-10-01", sheets=(sheet(),)).outcome == Outcome.NOT_MET

    def test_a_term_beyond_the_tenders_years_is_not_met(self) -> None:
        beyond = facts(starts_on=day("2026-10-01"), ends_on=day("2027-10-01"))
        assert ended("2026-10-01", beyond).outcome == Outcome.NOT_MET
        last = facts(starts_on=day("2026-10-01"), ends_on=day("2027-09-30"))
        assert ended("2026-10-01", last).outcome == Outcome.PENDING

    def test_a_next_contract_beyond_the_tender_is_named(self) -> None:
        short = facts({"tender_years": 1})
        assert ended("2025-09-25", short, following=following()).outcome == Outcome.AT_RISK

    def test_without_the_tenders_first_day_nothing_is_said_about_its_years(self) -> None:
        finding = ended("2024-12-01", tender_starts_on=None)
        assert finding.outcome == Outcome.PENDING and finding.figures["tender_ends_on"] is None


def test_the_tender_ends_the_day_before_its_anniversary() -> None:
    assert tender_end(TENDER, 3) == day("2027-09-30")
    assert tender_end(day("2024-02-29"), 1) == day("2025-02-28")
    assert tender_end(day("2024-02-29"), 3) == day("2027-02-28")
    assert tender_end(None, 3) is None


def test_a_renewal_adds_a_year_to_the_day() -> None:
    assert renewed_to(day("2025-09-30")) == day("2026-09-30")
    assert renewed_to(day("2027-02-28")) == day("2028-02-29")


def test_the_result_weighs_every_criterion_and_the_pass_mark_itself_passes() -> None:
    weights = {1: Decimal(70), 2: Decimal(30)}
    result = weighted_result({1: Decimal("85.5"), 2: Decimal("67.15")}, weights)
    assert result == Decimal("80.00")  # 79.995, half up
    assert passes(result, Decimal(80)) and not passes(Decimal("79.99"), Decimal(80))


@pytest.mark.parametrize(
    ("scores", "weights"), [({1: 90}, {1: 60, 2: 40}), ({1: 90, 2: 90}, {1: 60, 2: 30}), ({1: 1, 3: 1}, {1: 60, 2: 40})]
)
def test_a_sheet_that_is_incomplete_has_no_result(scores: dict[int, int], weights: dict[int, int]) -> None:
    with pytest.raises(ValueError, match=r"criterion|weights"):
        weighted_result({k: Decimal(v) for k, v in scores.items()}, {k: Decimal(v) for k, v in weights.items()})


@given(points=st.lists(st.integers(0, 100), min_size=4, max_size=4))
def test_the_result_lies_between_the_worst_and_the_best_score(points: list[int]) -> None:
    weights = dict(enumerate(map(Decimal, (10, 20, 30, 40))))
    result = weighted_result(dict(enumerate(map(Decimal, points))), weights)
    assert min(points) <= result <= max(points)


@pytest.mark.parametrize(("closed", "named"), [(None, True), ("2025-08-02", True), ("2025-08-01", False)])
def test_a_dispute_in_arbitration_is_named_and_changes_no_outcome(closed: str | None, named: bool) -> None:
    """合同第17条: renewed after a passed assessment, unless there is another dispute."""
    dispute = Arbitration(5, "加班费争议", day("2025-07-01"), day(closed) if closed else None)
    with_it = assessed("2025-08-01", sheets=(sheet(),), disputes=(dispute,))
    without = assessed("2025-08-01", sheets=(sheet(),))
    assert with_it is not None and without is not None and with_it.outcome == without.outcome == Outcome.MET
    assert ("加班费争议" in str(with_it.message), "disputes" in with_it.figures) == (named, named)
    assert assessed("2025-06-30", sheets=(sheet(),), disputes=(dispute,)).figures.get("disputes") is None  # type: ignore[union-attr]
