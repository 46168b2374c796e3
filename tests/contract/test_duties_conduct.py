"""Misconduct (18), third parties (19), consents (12.4, 13.4, 14.1, 19), formalities (22)."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from contract.choices import ConsentDecision, ConsentKind, Outcome, PartySide, Side
from contract.duties.rules.conduct import Incident, ThirdParty, draft_claim, misconduct_correction, subcontracting
from contract.duties.rules.consents import ConsentFacts, consent_answered
from contract.duties.rules.formalities import Signing, formalities
from contract.findings import Finding
from tests.contract.duties import CALENDAR, day, facts


def incident(**fields: Any) -> Incident:
    base = Incident(
        pk=6,
        title="私自离岗",
        document="整改通知",
        found_on=day("2025-03-03"),
        arrived_on=day("2025-03-04"),
        correct_by=None,
        corrected_on=None,
        withdrawn_on=None,
    )
    return replace(base, **fields)


def correction(as_of: str, **fields: Any) -> Finding | None:
    return misconduct_correction(facts(), incident(**fields), CALENDAR, day(as_of))


class TestMisconduct:
    @pytest.mark.parametrize(("as_of", "outcome"), [("2025-03-11", Outcome.PENDING), ("2025-03-12", Outcome.NOT_MET)])
    def test_the_clock_runs_from_the_arrival_of_the_request(self, as_of: str, outcome: Outcome) -> None:
        found = correction(as_of)
        assert found is not None and found.outcome == outcome

    @pytest.mark.parametrize(("corrected", "outcome"), [("2025-03-11", Outcome.MET), ("2025-03-12", Outcome.NOT_MET)])
    def test_a_correction_is_in_time_on_the_last_day(self, corrected: str, outcome: Outcome) -> None:
        found = correction("2025-04-30", corrected_on=day(corrected))
        assert found is not None and found.outcome == outcome

    def test_the_day_that_the_request_names_comes_first(self) -> None:
        found = correction("2025-03-07", correct_by=day("2025-03-06"))
        assert found is not None and found.outcome == Outcome.NOT_MET

    def test_before_the_vendor_is_asked_the_ball_is_with_the_office(self) -> None:
        found = correction("2025-03-03")
        assert found is not None and found.outcome == Outcome.PENDING
        assert found.owed_by == Side.OFFICE and found.legal_due_on is None
        corrected = correction("2025-03-05", arrived_on=None, corrected_on=day("2025-03-04"))
        assert corrected is not None and corrected.outcome == Outcome.MET

    def test_what_is_withdrawn_or_not_found_yet_owes_nothing(self) -> None:
        assert correction("2025-03-02") is None
        assert correction("2025-03-20", withdrawn_on=day("2025-03-19")) is None


def consent(**fields: Any) -> ConsentFacts:
    base = ConsentFacts(
        pk=5,
        kind=ConsentKind.THIRD_PARTY,
        subject="示例保洁公司",
        subject_label="",
        subject_pk=None,
        arrived_on=day("2025-03-03"),
        decision=ConsentDecision.GRANTED,
        decided_on=day("2025-03-06"),
        document="办函〔2025〕12号",
        valid_from=day("2025-03-06"),
        valid_to=day("2025-05-31"),
        revoked_on=None,
        withdrawn_on=None,
    )
    return replace(base, **fields)


class TestAThirdParty:
    def found(self, **fields: Any) -> Finding:
        row = ThirdParty(
            pk=3,
            name="示例外包公司",
            document="检查记录",
            found_on=day("2025-04-01"),
            paid=Decimal("1045866.66"),
            consent=None,
            withdrawn_on=None,
        )
        result = subcontracting(facts(), replace(row, **fields), day("2025-06-30"), CALENDAR)
        assert result is not None
        return result

    def test_without_consent_the_claim_is_the_refund_and_ten_percent_of_the_contract_sum(self) -> None:
        found = self.found()
        assert found.outcome == Outcome.NOT_MET
        assert found.figures["refund"] == Decimal("1045866.66")
        assert found.figures["damages"] == Decimal("209173.33")
        assert found.figures["total"] == Decimal("1255039.99")

    def test_what_was_paid_must_be_recorded_for_a_total(self) -> None:
        found = self.found(paid=None)
        assert found.outcome == Outcome.NOT_MET
        assert found.figures["damages"] == Decimal("209173.33") and "total" not in found.figures

    @pytest.mark.parametrize("lacking", [{"annual_fee": None, "fee_basis": "by_quantity"}, {"damages_percent": None}])
    @pytest.mark.parametrize("paid", [None, Decimal("1.01")])
    def test_a_contract_without_a_sum_or_without_damages_says_so_and_is_still_breached(
        self, lacking: dict[str, Any], paid: Decimal | None
    ) -> None:
        row = ThirdParty(3, "甲", "", day("2025-04-01"), paid, None, None)
        found = subcontracting(facts(lacking), row, day("2025-06-30"), CALENDAR)
        assert found is not None and found.outcome == Outcome.NOT_MET
        assert found.figures.get("refund") == paid and "damages" not in found.figures
        covered = subcontracting(facts(lacking), replace(row, consent=consent()), day("2025-06-30"), CALENDAR)
        assert covered is not None and covered.outcome == Outcome.MET

    @pytest.mark.parametrize(
        ("found_on", "outcome"),
        [
            ("2025-03-05", Outcome.NOT_MET),
            ("2025-03-06", Outcome.MET),
            ("2025-05-31", Outcome.MET),
            ("2025-06-01", Outcome.NOT_MET),
        ],
    )
    def test_a_consent_holds_from_its_writing_to_its_last_day(self, found_on: str, outcome: Outcome) -> None:
        assert self.found(found_on=day(found_on), consent=consent()).outcome == outcome

    def test_a_refusal_covers_nothing(self) -> None:
        refused = consent(decision=ConsentDecision.REFUSED, valid_from=None, valid_to=None)
        assert self.found(consent=refused).outcome == Outcome.NOT_MET

    def test_the_figures_are_those_of_the_day(self) -> None:
        other = facts({"annual_fee": "1000000", "damages_percent": "5"})
        claim = draft_claim(other, day("2025-04-01"), Decimal("1.01"))
        assert (claim.refund, claim.damages) == (Decimal("1.01"), Decimal("50000.00"))

    def test_it_is_not_known_before_it_was_found(self) -> None:
        row = ThirdParty(3, "甲", "", day("2025-04-01"), None, None, None)
        assert subcontracting(facts(), row, day("2025-03-31"), CALENDAR) is None
        withdrawn = replace(row, withdrawn_on=day("2025-04-20"))
        assert subcontracting(facts(), withdrawn, day("2025-04-20"), CALENDAR) is None


class TestConsents:
    def answered(self, as_of: str, **fields: Any) -> Finding | None:
        return consent_answered(facts(), consent(**fields), CALENDAR, day(as_of))

    @pytest.mark.parametrize(("as_of", "outcome"), [("2025-03-10", Outcome.PENDING), ("2025-03-11", Outcome.NOT_MET)])
    def test_the_office_answers_within_seven_days(self, as_of: str, outcome: Outcome) -> None:
        found = self.answered(as_of, decision="", decided_on=None, document="", valid_from=None)
        assert found is not None and found.outcome == outcome

    @pytest.mark.parametrize(("decided", "outcome"), [("2025-03-10", Outcome.MET), ("2025-03-11", Outcome.NOT_MET)])
    def test_a_refusal_is_an_answer_too(self, decided: str, outcome: Outcome) -> None:
        found = self.answered("2025-06-30", decision=ConsentDecision.REFUSED, decided_on=day(decided))
        assert found is not None and found.outcome == outcome

    def test_a_request_that_has_not_arrived_or_was_withdrawn_asks_for_nothing(self) -> None:
        assert self.answered("2025-03-02") is None
        assert self.answered("2025-06-30", arrived_on=None, decision="", decided_on=None) is None
        assert self.answered("2025-06-30", withdrawn_on=day("2025-03-05")) is None

    def test_a_decision_after_the_day_of_reference_allows_nothing_yet(self) -> None:
        assert not consent().covers(day("2025-03-06"), as_of=day("2025-03-05"))
        assert consent().covers(day("2025-03-06"), as_of=day("2025-03-06"))

    def test_a_revoked_consent_holds_to_its_last_day(self) -> None:
        revoked = consent(revoked_on=day("2025-04-10"))
        assert revoked.covers(day("2025-04-10"), as_of=day("2025-06-30"))
        assert not revoked.covers(day("2025-04-11"), as_of=day("2025-06-30"))


def signing(signed: str | None = "2024-09-29", **fields: Any) -> Signing:
    day_ = day(signed) if signed else None
    base = Signing(pk=1, signatory="张某", signed_on=day_, sealed_on=day_, originals=2)
    return replace(base, **fields)


class TestFormalities:
    def found(self, vendor: Signing | None, as_of: str = "2024-10-02") -> Finding:
        signings = {PartySide.OFFICE: signing()}
        if vendor is not None:
            signings[PartySide.VENDOR] = vendor
        return formalities(facts(), signings, day(as_of))

    @pytest.mark.parametrize(("signed", "outcome"), [("2024-10-01", Outcome.MET), ("2024-10-02", Outcome.NOT_MET)])
    def test_both_have_signed_and_sealed_by_the_first_day(self, signed: str, outcome: Outcome) -> None:
        found = self.found(signing(signed))
        assert found.outcome == outcome and found.measured == signed

    @pytest.mark.parametrize(("as_of", "outcome"), [("2024-10-01", Outcome.PENDING), ("2024-10-02", Outcome.NOT_MET)])
    def test_a_seal_that_is_missing_keeps_it_from_taking_effect(self, as_of: str, outcome: Outcome) -> None:
        assert self.found(signing(sealed_on=None), as_of).outcome == outcome

    def test_what_nobody_recorded_is_undetermined(self) -> None:
        assert self.found(None).outcome == Outcome.UNDETERMINED

    @pytest.mark.parametrize(("originals", "outcome"), [(2, Outcome.MET), (1, Outcome.AT_RISK), (3, Outcome.AT_RISK)])
    def test_each_side_holds_half_of_the_originals(self, originals: int, outcome: Outcome) -> None:
        assert self.found(signing(originals=originals)).outcome == outcome


class TestTheEndOfTheContract:
    """Terminated on 2025-03-10: what was open is settled by it, what comes later is nobody's."""

    CONTRACT = facts(terminated_on=day("2025-03-10"))

    def corrected(self, as_of: str, **fields: Any) -> Finding | None:
        return misconduct_correction(self.CONTRACT, incident(**fields), CALENDAR, day(as_of))

    @pytest.mark.parametrize(
        ("as_of", "correct_by", "outcome"),
        [
            ("2025-03-10", None, Outcome.PENDING),
            ("2025-03-11", None, Outcome.MET),  # its day, 03-11, lies after the end
            ("2025-06-30", "2025-03-10", Outcome.NOT_MET),  # its last day ended at 24:00 (Civil Code 203)
            ("2025-06-30", "2025-03-11", Outcome.MET),
            ("2025-06-30", "2025-03-09", Outcome.NOT_MET),
        ],
    )
    def test_misconduct_whose_time_had_not_run_out_is_settled(
        self, as_of: str, correct_by: str | None, outcome: Outcome
    ) -> None:
        found = self.corrected(as_of, correct_by=correct_by and day(correct_by))
        assert found is not None and found.outcome == outcome

    @pytest.mark.parametrize(("found_on", "counts"), [("2025-03-10", True), ("2025-03-11", False)])
    def test_what_is_found_after_the_last_day_is_none_of_this_contract(self, found_on: str, counts: bool) -> None:
        moved = {"found_on": day(found_on), "arrived_on": day("2025-03-12")}
        assert (self.corrected("2025-06-30", **moved) is not None) is counts
        third = ThirdParty(1, "示例公司", "记录", day(found_on), None, None, None)
        assert (subcontracting(self.CONTRACT, third, day("2025-06-30"), CALENDAR) is not None) is counts

    def test_nobody_is_asked_any_more(self) -> None:
        assert self.corrected("2025-03-11", arrived_on=None) is None

    @pytest.mark.parametrize(
        ("kind", "arrived", "outcome"),
        [
            (ConsentKind.STAFF_CHANGE, "2025-02-28", Outcome.NOT_MET),  # due 03-07
            (ConsentKind.STAFF_CHANGE, "2025-03-03", Outcome.NOT_MET),  # due 03-10, the last day itself (203)
            (ConsentKind.STAFF_CHANGE, "2025-03-04", None),
            (ConsentKind.STAFF_CHANGE, "2025-03-11", None),
            (ConsentKind.THIRD_PARTY, "2025-03-11", None),
            (ConsentKind.DISCLOSURE, "2025-03-11", Outcome.NOT_MET),
        ],
    )
    def test_only_a_disclosure_is_still_asked_and_answered(
        self, kind: ConsentKind, arrived: str, outcome: Outcome | None
    ) -> None:
        asked = consent(kind=kind, arrived_on=day(arrived), decision="", decided_on=None, valid_from=None)
        found = consent_answered(self.CONTRACT, asked, CALENDAR, day("2025-06-30"))
        assert (found and found.outcome) == outcome


def transfer(transferred: str, found: str) -> ThirdParty:
    return ThirdParty(3, "示例公司", "记录", day(found), None, None, None, transferred_on=day(transferred))


@pytest.mark.parametrize(("transferred", "found"), [("2025-09-20", True), ("2025-09-30", True), ("2025-10-01", False)])
def test_a_transfer_in_the_term_is_found_after_its_end(transferred: str, found: bool) -> None:
    result = subcontracting(facts(), transfer(transferred, "2025-10-10"), day("2025-10-10"), CALENDAR)
    assert (result is not None and result.outcome == Outcome.NOT_MET) is found
    assert subcontracting(facts(), transfer(transferred, "2025-10-10"), day("2025-10-09"), CALENDAR) is None
    if result is not None:
        # Three years from 10 October 2025 (Civil Code 188); the calendar of 2028 is not published.
        assert result.figures["claim_until"] == day("2028-10-10") and result.figures["refund_arguable"]
        assert "terminate_until" not in result.figures
        assert result.figures["references"][0].label() == "《民法典》第一百八十八条"


def test_found_in_the_term_the_right_to_terminate_has_a_year() -> None:
    result = subcontracting(facts(), transfer("2025-03-01", "2025-03-10"), day("2025-03-10"), CALENDAR)
    assert result is not None and result.figures["terminate_until"] == day("2026-03-10")
    assert result.figures["references"][0].label() == "《民法典》第五百六十四条" and "claim_until" not in result.figures


@pytest.mark.parametrize(("as_of", "to_terminate"), [("2025-09-30", True), ("2025-10-01", False)])
def test_with_the_term_the_right_to_terminate_ends_and_the_claim_stays(as_of: str, to_terminate: bool) -> None:
    """Civil Code 564 during the term, 188 after it: three years from 2025-03-10."""
    result = subcontracting(facts(), transfer("2025-03-01", "2025-03-10"), day(as_of), CALENDAR)
    assert result is not None and ("terminate_until" in result.figures) is to_terminate
    article = "《民法典》第五百六十四条" if to_terminate else "《民法典》第一百八十八条"
    assert result.figures["references"][0].label() == article
    assert result.figures.get("claim_until") == (None if to_terminate else day("2028-03-10"))
    assert result.figures.get("refund_arguable", False) is not to_terminate


def test_after_an_early_end_what_was_paid_is_not_called_arguable() -> None:
    contract = facts(terminated_on=day("2025-06-30"))
    result = subcontracting(contract, transfer("2025-03-01", "2025-03-10"), day("2025-07-01"), CALENDAR)
    assert result is not None and result.figures["claim_until"] == day("2028-03-10")
    assert "refund_arguable" not in result.figures and "terminate_until" not in result.figures


@pytest.mark.parametrize(
    ("sum_is", "total", "damages"),
    [
        ("term_fee", "6275200.00", "209173.33"),
        ("tender_total", "6275200.00", "627520.00"),
        ("tender_total", "0", "209173.33"),  # not given: the fee of the term
    ],
)
def test_what_the_contract_sum_is_follows_the_reading(sum_is: str, total: str, damages: str) -> None:
    """合同第19条: ten per cent of the contract sum, which is the year's fee or the tender's total."""
    contract = facts(policies={"contract_sum": sum_is, "tender_total": total})
    assert draft_claim(contract, day("2025-04-01"), Decimal(0)).damages == Decimal(damages)
