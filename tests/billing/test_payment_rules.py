"""Articles 10 and 12.1: when the office must have paid."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from billing.rules.clocks import acceptance_time, late_rate
from billing.rules.payment import payment_due
from contract.choices import Outcome
from contract.findings import Finding
from law.calendar import DEFAULT, ONE_DAY
from tests.billing.facts import Q1, contract, instalment

# Invoice on Wednesday 8 January: 30 days end on Friday 7 February 2025.
INVOICED, DUE = date(2025, 1, 8), date(2025, 2, 7)
# Acceptance on 10 January: 30 days end on Sunday 9 February, legally on Monday the 10th.
ACCEPTED, SECOND_DUE = date(2025, 1, 10), date(2025, 2, 10)


def finding(
    as_of: date,
    policies: dict[str, Any] | None = None,
    small: bool = False,
    unconfirmed: dict[str, Any] | None = None,
    **fields: Any,
) -> Finding | None:
    readings = {**(policies or {}), **({"vendor_is_small_enterprise": True} if small else {})}
    return payment_due(contract(policies=readings, unconfirmed=unconfirmed), instalment(**fields), as_of, DEFAULT)


def outcome(as_of: date, **fields: Any) -> Outcome:
    found = finding(as_of, **fields)
    assert found is not None
    return found.outcome


def test_nothing_is_payable_before_an_invoice_comes() -> None:
    assert finding(date(2025, 6, 1)) is None
    assert finding(date(2025, 6, 1), accepted=ACCEPTED) is None
    assert finding(date(2025, 1, 7), invoiced=INVOICED) is None


def test_nothing_is_payable_on_an_invoice_that_was_returned() -> None:
    returned = {"invoiced": INVOICED, "returned": date(2025, 1, 15)}
    assert outcome(date(2025, 1, 14), **returned) == Outcome.PENDING
    assert finding(date(2025, 1, 15), **returned) is None


def test_it_is_pending_on_the_last_day_and_late_the_day_after() -> None:
    assert outcome(DUE, invoiced=INVOICED) == Outcome.PENDING
    assert outcome(date(2025, 2, 8), invoiced=INVOICED) == Outcome.NOT_MET


def test_paid_on_the_last_day_is_in_time_and_a_day_later_is_not() -> None:
    later = date(2025, 3, 1)
    assert outcome(later, invoiced=INVOICED, paid={DUE: str(Q1)}) == Outcome.MET
    assert outcome(later, invoiced=INVOICED, paid={date(2025, 2, 8): str(Q1)}) == Outcome.NOT_MET


def test_a_payment_that_is_still_to_come_does_not_count() -> None:
    assert outcome(date(2025, 2, 8), invoiced=INVOICED, paid={date(2025, 2, 9): str(Q1)}) == (Outcome.NOT_MET)


def test_with_both_clocks_it_is_at_risk_after_the_first_and_late_after_the_second() -> None:
    both = {"invoiced": INVOICED, "accepted": ACCEPTED}
    assert outcome(DUE, **both) == Outcome.PENDING
    assert outcome(date(2025, 2, 8), **both) == Outcome.AT_RISK
    assert outcome(SECOND_DUE, **both) == Outcome.AT_RISK
    assert outcome(date(2025, 2, 11), **both) == Outcome.NOT_MET


def test_both_clocks_stand_in_the_figures() -> None:
    found = finding(DUE, invoiced=INVOICED, accepted=ACCEPTED)
    assert found is not None
    assert [
        (clock["started_by"], clock["started_on"], clock["nominal_due_on"], clock["legal_due_on"])
        for clock in found.figures["clocks"]
    ] == [("invoice", INVOICED, DUE, DUE), ("acceptance", ACCEPTED, date(2025, 2, 9), SECOND_DUE)]
    assert (found.nominal_due_on, found.legal_due_on) == (DUE, SECOND_DUE)


def test_each_clock_has_its_own_policy() -> None:
    found = finding(
        DUE, {"payment_due_days": 10, "payment_due_days_acceptance": 20}, invoiced=INVOICED, accepted=ACCEPTED
    )
    assert found is not None and [c["days"] for c in found.figures["clocks"]] == [10, 20]


def test_an_acceptance_that_comes_after_the_invoices_clock_ran_out_moves_nothing() -> None:
    late = {"invoiced": INVOICED, "accepted": date(2025, 2, 8)}
    assert outcome(date(2025, 2, 10), **late) == Outcome.NOT_MET
    assert outcome(date(2025, 2, 10), invoiced=INVOICED, accepted=DUE) == Outcome.AT_RISK


def test_an_acceptance_long_before_the_invoice_makes_nobody_late() -> None:
    # Accepted on 2 January (due 5 February, after Spring Festival), invoiced on 20 February.
    early = {"invoiced": date(2025, 2, 20), "accepted": date(2025, 1, 2)}
    assert outcome(date(2025, 2, 21), **early) == Outcome.PENDING


def test_a_last_day_in_spring_festival_rolls_to_the_first_working_day() -> None:
    rolled = {"invoiced": date(2024, 12, 31), "end": date(2024, 12, 31)}
    found = finding(date(2025, 2, 5), **rolled)
    assert found is not None and found.nominal_due_on == date(2025, 1, 30)
    assert found.legal_due_on == date(2025, 2, 5) and found.outcome == Outcome.AT_RISK
    assert outcome(date(2025, 2, 6), **rolled) == Outcome.NOT_MET


def test_to_a_small_enterprise_sixty_days_are_the_limit_whatever_acceptance_does() -> None:
    # Invoice 8 January: 60 days end on Sunday 9 March, legally on the 10th.
    slow = {
        "policies": {"payment_due_days": 60, "payment_due_days_acceptance": 60},
        "invoiced": INVOICED,
        "accepted": date(2025, 2, 20),
    }
    assert outcome(date(2025, 3, 11), small=False, **slow) == Outcome.AT_RISK
    assert outcome(date(2025, 3, 10), small=True, **slow) == Outcome.AT_RISK
    assert outcome(date(2025, 3, 11), small=True, **slow) == Outcome.NOT_MET


@pytest.mark.parametrize(("days", "interest"), [(10, "2614.67"), (45, "11766.00")])
def test_late_interest_towards_a_small_enterprise_is_half_a_per_mille_a_day(days: int, interest: str) -> None:
    paid = date.fromordinal(DUE.toordinal() + days)
    found = finding(date(2025, 6, 1), small=True, accepted=INVOICED, invoiced=INVOICED, paid={paid: str(Q1)})
    assert found is not None and found.figures["days_late"] == days
    assert found.figures["late_interest"] == Decimal(interest)


def test_late_interest_counts_each_part_for_the_days_it_was_late() -> None:
    parts = {DUE: "422933.33", date(2025, 2, 17): "50000.00"}
    found = finding(date(2025, 2, 27), small=True, accepted=INVOICED, invoiced=INVOICED, paid=parts)
    assert found is not None and found.outcome == Outcome.NOT_MET
    # 50,000 for 10 days and 50,000 for 20 days at 0.05 %.
    assert found.today["late_interest"] == Decimal("750.00")
    assert found.figures["outstanding"] == Decimal("50000.00")


def test_interest_grows_by_the_day_without_a_new_finding() -> None:
    one, other = (
        finding(date(2025, 2, day), {"late_interest_daily_percent": Decimal("0.05")}, invoiced=INVOICED)
        for day in (17, 27)
    )
    assert one is not None and other is not None
    assert replace(one, evidence=other.evidence).fingerprint == other.fingerprint
    assert one.figures["late_since"] == DUE and "late_interest" not in one.figures
    assert (one.today["days_late"], other.today["days_late"]) == (10, 20)
    assert (one.today["late_interest"], other.today["late_interest"]) == (Decimal("2614.67"), Decimal("5229.33"))
    with translation.override("zh-hans"):
        assert "逾期20日" in other.sentence and "逾期20日" not in str(other.message)


def test_what_is_disputed_is_not_counted_as_late() -> None:
    found = finding(date(2025, 3, 8), invoiced=INVOICED, failed=date(2025, 1, 20))
    assert found is not None and found.outcome == Outcome.AT_RISK
    assert "late_since" not in found.figures and found.note is None


def test_no_interest_is_shown_while_nobody_is_late() -> None:
    found = finding(DUE, invoiced=INVOICED)
    assert found is not None
    assert found.figures["late_interest"] == 0 and found.figures["days_late"] == 0


def test_what_did_not_pass_acceptance_is_a_dispute_and_no_lateness() -> None:
    disputed = {"invoiced": INVOICED, "failed": date(2025, 1, 20)}
    assert outcome(date(2025, 2, 8), **disputed) == Outcome.AT_RISK
    passed_later = {**disputed, "accepted": date(2025, 2, 5)}
    assert outcome(date(2025, 3, 8), **passed_later) == Outcome.NOT_MET


def test_a_year_without_a_published_calendar_is_undetermined_after_the_nominal_day() -> None:
    unknown = {"invoiced": date(2027, 1, 8), "end": date(2026, 12, 31)}
    assert outcome(date(2027, 2, 7), **unknown) == Outcome.PENDING
    found = finding(date(2027, 2, 8), **unknown)
    assert found is not None and found.outcome == Outcome.UNDETERMINED
    assert found.figures["days_late"] == 0 and "2027" in str(found.nominal_due_on)


def test_an_instalment_of_nothing_is_never_due() -> None:
    assert finding(date(2025, 6, 1), invoiced=INVOICED, amount=Decimal(0)) is None


def test_the_key_stays_the_same_over_the_life_of_the_duty() -> None:
    keys = {
        found.key
        for day in (DUE, date(2025, 2, 8), date(2025, 4, 1))
        if (found := finding(day, invoiced=INVOICED, accepted=ACCEPTED))
    }
    assert len(keys) == 1


# --- No clock before the quarter's last day (Civil Code 526) ------------------------------------


def test_an_invoice_handed_in_before_the_quarter_ends_starts_no_clock() -> None:
    """Civil Code 526: who is to perform first has not done so before the quarter's last day."""
    early = {"invoiced": date(2025, 7, 2), "end": date(2025, 9, 30)}
    found = finding(date(2025, 8, 2), **early)
    assert found is not None and found.outcome == Outcome.PENDING
    assert (found.nominal_due_on, found.legal_due_on) == (date(2025, 10, 30), date(2025, 10, 30))
    # Not "from the invoice": it came on another day.
    assert [(one["started_by"], one["started_on"]) for one in found.figures["clocks"]] == [
        ("service_end", early["end"])
    ]
    assert [one.label() for one in found.figures["references"]] == ["《民法典》第五百二十六条"]
    assert outcome(date(2025, 10, 30), **early) == Outcome.PENDING
    assert outcome(date(2025, 10, 31), **early) == Outcome.NOT_MET


def test_an_invoice_of_the_last_day_and_one_of_the_day_after_differ_by_a_day() -> None:
    last = finding(date(2025, 10, 1), invoiced=date(2025, 9, 30), end=date(2025, 9, 30))
    after = finding(date(2025, 10, 1), invoiced=date(2025, 10, 1), end=date(2025, 9, 30))
    assert last is not None and after is not None
    assert (last.nominal_due_on, after.nominal_due_on) == (date(2025, 10, 30), date(2025, 10, 31))


# --- A failure of the vendor's: the clock runs from the pass (526) -------------------------------


def test_what_failed_for_the_vendors_fault_is_due_from_its_pass() -> None:
    failed = {"invoiced": INVOICED, "failed": date(2025, 1, 10), "accepted": date(2025, 2, 20)}
    found = finding(date(2025, 2, 21), **failed)
    assert found is not None and found.outcome == Outcome.PENDING
    # 30 days from 20 February end on Saturday 22 March, legally on Monday the 24th.
    assert (found.nominal_due_on, found.legal_due_on) == (date(2025, 3, 22), date(2025, 3, 24))
    assert found.figures["late_interest"] == 0
    assert [one.label() for one in found.figures["references"]] == ["《民法典》第五百二十六条"]
    assert outcome(date(2025, 3, 24), **failed) == Outcome.AT_RISK
    assert outcome(date(2025, 3, 25), **failed) == Outcome.NOT_MET


def test_a_failure_for_the_offices_own_cause_moves_nothing() -> None:
    own = {"invoiced": INVOICED, "office_failed": date(2025, 1, 10), "accepted": date(2025, 2, 20)}
    assert outcome(date(2025, 2, 8), **own) == Outcome.NOT_MET


def test_only_the_part_that_failed_waits_for_its_pass() -> None:
    part = {"invoiced": INVOICED, "failed": date(2025, 1, 10), "part": "22933.33"}
    # The rest was accepted on 10 January and is due on 10 February.
    assert outcome(date(2025, 2, 10), **part) == Outcome.AT_RISK
    assert outcome(date(2025, 2, 11), **part) == Outcome.NOT_MET
    paid = {**part, "paid": {SECOND_DUE: "500000.00"}}
    assert outcome(date(2025, 2, 11), **paid) == Outcome.AT_RISK
    passed = {**paid, "accepted": date(2025, 2, 20)}
    assert outcome(date(2025, 3, 22), **passed) == Outcome.PENDING
    assert outcome(date(2025, 3, 25), **passed) == Outcome.NOT_MET


def test_a_failure_found_when_the_payment_was_late_already_revives_nothing() -> None:
    assert outcome(date(2025, 2, 11), invoiced=INVOICED, failed=date(2025, 2, 8)) == Outcome.NOT_MET
    assert outcome(date(2025, 2, 11), invoiced=INVOICED, failed=DUE) == Outcome.AT_RISK


# --- A small enterprise: late acceptance gains no time (728 art. 9, 802 art. 10) -----------------

LATE = {"small": True, "invoiced": date(2025, 1, 10), "accepted": date(2025, 2, 7)}
AGREED = {"acceptance_days": 15}


def test_after_late_acceptance_the_clock_runs_from_the_end_of_the_agreed_time() -> None:
    """Decree 728 art. 9 (802 art. 10): thirty days from 15 January 2025, not from 7 February."""
    found = finding(date(2025, 2, 8), AGREED, **LATE)
    assert found is not None and found.legal_due_on == date(2025, 2, 14)
    assert [(one["started_by"], one["started_on"]) for one in found.figures["clocks"]] == [
        ("invoice", date(2025, 1, 10)),
        ("acceptance_time", date(2025, 1, 15)),
    ]
    assert outcome(date(2025, 2, 14), policies=AGREED, **LATE) == Outcome.AT_RISK
    assert outcome(date(2025, 2, 15), policies=AGREED, **LATE) == Outcome.NOT_MET


def test_who_never_accepts_has_no_other_day_than_who_accepts_late() -> None:
    never = {**LATE, "accepted": None}
    assert outcome(date(2025, 2, 14), policies=AGREED, **never) == Outcome.AT_RISK
    assert outcome(date(2025, 2, 15), policies=AGREED, **never) == Outcome.NOT_MET


def test_acceptance_on_the_last_day_of_its_time_is_not_late() -> None:
    found = finding(date(2025, 2, 1), AGREED, small=True, invoiced=date(2025, 1, 10), accepted=date(2025, 1, 15))
    assert found is not None and found.figures["clocks"][1]["started_by"] == "acceptance"


def test_while_the_time_for_acceptance_is_not_confirmed_both_results_are_shown_and_nobody_is_late() -> None:
    """Decree 728 art. 9 applies where a time for acceptance is agreed, and that is open."""
    for day in (date(2025, 2, 15), date(2025, 3, 10)):
        found = finding(day, unconfirmed=AGREED, **LATE)
        assert found is not None and found.outcome == Outcome.AT_RISK
        assert found.figures["readings"] == (date(2025, 2, 14), date(2025, 3, 10))
        assert found.figures["late_interest"] == 0
        assert "2025-02-14" in str(found.message) and "2025-03-10" in str(found.message)
    # By either reading it is late now.
    assert outcome(date(2025, 3, 11), unconfirmed=AGREED, **LATE) == Outcome.NOT_MET


CONFIRMED: dict[str, Any] = {"small": True, "invoiced": INVOICED, "accepted": ACCEPTED}


@pytest.mark.parametrize(
    ("confirmed", "due"),
    [
        (date(2025, 1, 13), date(2025, 2, 12)),  # both agreed after the invoice and the acceptance
        (date(2025, 1, 2), SECOND_DUE),  # … or before them: the later clocks decide
        (date(2025, 2, 8), SECOND_DUE),  # after the invoice's clock ran out it revives nothing
    ],
)
def test_with_periodic_settlement_a_small_enterprises_third_clock_runs_from_the_confirmation(
    confirmed: date, due: date
) -> None:
    """Decree 728 art. 8 (802 art. 9): from the day on which both sides confirmed the settlement."""
    found = finding(date(2025, 2, 9), confirmed=confirmed, **CONFIRMED)
    assert found is not None and found.legal_due_on == due
    assert outcome(due, confirmed=confirmed, **CONFIRMED) == Outcome.AT_RISK
    assert outcome(due + ONE_DAY, confirmed=confirmed, **CONFIRMED) == Outcome.NOT_MET


def test_the_third_clock_is_none_of_others_and_no_way_out_of_late_acceptance() -> None:
    others = {**CONFIRMED, "small": False}
    found = finding(date(2025, 2, 9), confirmed=date(2025, 1, 13), **others)
    assert found is not None and found.legal_due_on == SECOND_DUE
    late = finding(date(2025, 2, 8), AGREED, confirmed=date(2025, 2, 8), **LATE)
    assert late is not None and late.legal_due_on == date(2025, 2, 14)


def test_payment_days_may_be_working_days() -> None:
    """From Wednesday 2025-01-08 ten working days, over the working Sunday 26 January, end before the festival."""
    policies = {"payment_days_kind": "working_days", "payment_due_days": 10}
    assert outcome(date(2025, 1, 22), policies=policies, invoiced=INVOICED) == Outcome.PENDING
    assert outcome(date(2025, 1, 23), policies=policies, invoiced=INVOICED) == Outcome.NOT_MET


def test_towards_others_late_acceptance_cites_no_rule_for_small_enterprises() -> None:
    found = finding(date(2025, 2, 20), AGREED, **{**LATE, "small": False})
    assert found is not None and found.figures["references"] == ()
    assert found.legal_due_on == date(2025, 3, 10)


# --- The texts and the rate in force on the day --------------------------------------------------


@pytest.mark.parametrize(
    ("invoiced", "decree", "articles"),
    [(date(2025, 5, 1), "728", ["八", "九", "十五"]), (date(2025, 5, 2), "802", ["九", "十", "十七"])],
)
def test_the_decree_in_force_on_the_day_is_cited_and_no_other(invoiced: date, decree: str, articles: list[str]) -> None:
    # 30 days from 1 May end on Saturday 31 May; without a roll the last day of the old text.
    readings = {"deadline_roll": "never", "acceptance_days": 1, "payment_due_days_acceptance": 1}
    found = finding(date(2025, 7, 1), readings, small=True, invoiced=invoiced, end=date(2025, 3, 31))
    assert found is not None
    assert [one.label() for one in found.figures["references"]] == [
        f"《保障中小企业款项支付条例》（国务院令第{decree}号）第{article}条" for article in articles
    ]


def test_a_vendor_that_is_no_small_enterprise_sees_none_of_its_rules() -> None:
    found = finding(date(2025, 2, 17), invoiced=INVOICED)
    assert found is not None and found.outcome == Outcome.NOT_MET
    assert not any("中小企业" in one.label() for one in found.figures["references"])
    # One-year LPR of 7 February 2025, 3.10 %, and 30 % on top: 522,933.33 × 4.03 % × 10 / 365.
    assert (found.figures["late_rate"]["basis"], found.today["late_interest"]) == ("market", Decimal("577.38"))


def test_a_rate_that_both_sides_confirmed_holds_for_everybody() -> None:
    found = finding(date(2025, 2, 17), {"late_interest_daily_percent": Decimal("0.02")}, invoiced=INVOICED)
    assert found is not None and found.today["late_interest"] == Decimal("1045.87")
    unconfirmed = finding(
        date(2025, 2, 17), unconfirmed={"late_interest_daily_percent": Decimal("0.02")}, invoiced=INVOICED
    )
    assert unconfirmed is not None and unconfirmed.figures["late_rate"]["basis"] == "market"


def test_towards_a_small_enterprise_nothing_below_the_lpr_of_the_signing_can_be_agreed() -> None:
    for percent, basis in (("0.008", "floor"), ("0.01", "agreed")):  # 2.92 % and 3.65 % a year; LPR 3.35 %
        found = finding(
            date(2025, 2, 17),
            {"late_interest_daily_percent": Decimal(percent)},
            small=True,
            accepted=INVOICED,
            invoiced=INVOICED,
        )
        assert found is not None and found.figures["late_rate"]["basis"] == basis


# --- Late interest as agreed by the LPR ---------------------------------------------------------------


def test_late_interest_by_the_lpr_holds_only_where_both_sides_confirmed_it() -> None:
    day = date(2025, 3, 3)  # the LPR of 2024-10-21: 3.10 %
    agreed = contract(policies={"late_interest_kind": "lpr", "late_interest_lpr_surcharge_percent": Decimal(50)})
    rate = late_rate(agreed, day)
    assert (rate.basis, rate.percent) == ("agreed_lpr", Decimal("4.65"))
    open_ = contract(unconfirmed={"late_interest_kind": "lpr"}, policies={"vendor_is_small_enterprise": True})
    assert late_rate(open_, day).basis == "statute"


def test_towards_a_small_enterprise_it_is_not_below_the_lpr_at_signing() -> None:
    small = contract(
        policies={
            "late_interest_kind": "lpr",
            "late_interest_lpr_surcharge_percent": Decimal(0),
            "vendor_is_small_enterprise": True,
        }
    )
    rate = late_rate(small, date(2025, 6, 2))  # 3.00 % by then, 3.35 % when it began
    assert (rate.basis, rate.percent) == ("floor", Decimal("3.35"))


def test_the_time_for_acceptance_may_count_working_days() -> None:
    asked = contract(policies={"acceptance_days": 5, "acceptance_days_kind": "working_days"})
    assert acceptance_time(asked, instalment(), DEFAULT).last_day == date(2025, 1, 8)  # after New Year's Day
