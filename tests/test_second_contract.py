"""Another contract, loaded from data alone: 60 people, 95 %, 10 days, paid by the month.

It runs from 2025-03-15 to 2026-03-14, its clauses have numbers of their own, and both sides have
confirmed that its deadlines never roll. The contract's own duties are tested in tests/contract.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from billing.models import Instalment
from billing.services import generate_instalments
from confidentiality.models import Undertaking
from contract import records, registry
from contract.choices import Outcome, RunTrigger
from contract.findings import Finding
from contract.loading import load_contract, read_document
from contract.models import Assessment, Contract
from contract.services import evaluate, look
from sample.year.events import instant
from staffing.choices import AttendanceStatus
from staffing.models import (
    Assignment,
    EmploymentContract,
    QualificationProof,
    ReplacementDemand,
    Training,
    TrialAssessment,
)
from staffing.services import assignments, attendance, demands
from tests.billing.factories import make_acceptance, make_invoice, make_payment
from tests.contract.duties import day
from tests.data import SECOND_CONTRACT
from tests.factories import make_assignment, make_operator, make_team

pytestmark = pytest.mark.django_db
ONE = timedelta(days=1)
START, END = date(2025, 3, 15), date(2026, 3, 14)


@pytest.fixture
def contract() -> Contract:
    return load_contract(read_document(SECOND_CONTRACT))


def find(contract: Contract, check_id: str, as_of: date | str) -> list[Finding]:
    moment = day(as_of) if isinstance(as_of, str) else as_of
    evaluation = look(as_of=moment, contract_ids=[contract.pk])
    assert not evaluation.errors
    return [finding for finding in evaluation.findings if finding.check_id == check_id]


def one(contract: Contract, check_id: str, as_of: date | str) -> Finding:
    [finding] = find(contract, check_id, as_of)
    return finding


# --- Sixty people, 95 % ------------------------------------------------------------------------


def report(contract: Contract, team: Iterable[Assignment], absences: int) -> None:
    """The days up to the end of March, the first so many person-days without leave."""
    rows, left = [], absences
    for each in team:
        for offset in range(17):
            status = AttendanceStatus.ABSENT if left > 0 and offset > 0 else AttendanceStatus.REST
            left -= status == AttendanceStatus.ABSENT
            rows.append(attendance.AttendanceRow(each.operator_id, START + offset * ONE, status))
    attendance.enter(
        contract=contract, rows=rows, actor=None, route="api", at=instant(day("2025-04-01")), today=day("2025-04-01")
    )


@pytest.mark.parametrize(
    ("absences", "outcome", "rate"), [(51, Outcome.MET, "95.00%"), (52, Outcome.NOT_MET, "94.90%")]
)
def test_its_rate_is_95_percent_of_sixty_over_the_days_of_its_first_month(
    contract: Contract, absences: int, outcome: Outcome, rate: str
) -> None:
    """17 days of 60 people are 1,020 person-days, 51 of which may be missing."""
    report(contract, make_team(contract, 60), absences)
    [march, _april] = find(contract, "staffing.on_post_rate", "2025-04-10")
    assert (march.period, march.required) == ((START, day("2025-03-31")), "95%")
    assert (march.outcome, march.measured) == (outcome, rate)
    assert march.figures["required"] == 1020 and march.figures["budget"] == 51
    [headcount] = find(contract, "staffing.headcount", "2025-03-31")
    assert (headcount.outcome, headcount.measured) == (Outcome.MET, "60")


def test_fifty_nine_are_one_too_few(contract: Contract) -> None:
    make_team(contract, 3)
    shortage, _standing = find(contract, "staffing.headcount", "2025-03-20")
    assert (shortage.outcome, shortage.measured, shortage.required) == (Outcome.NOT_MET, "3", "60")


# --- Its own days, none of which rolls ----------------------------------------------------------


@pytest.mark.parametrize(("as_of", "outcome"), [("2025-05-01", Outcome.AT_RISK), ("2025-05-02", Outcome.NOT_MET)])
def test_a_gap_is_made_good_in_ten_days_holiday_or_not(contract: Contract, as_of: str, outcome: Outcome) -> None:
    """Ten days from 04-21 end on Labour Day."""
    assignments.correct(make_assignment(contract), ends_on=day("2025-04-21"), end_reason="resignation")
    finding = one(contract, "staffing.backfill", as_of)
    assert (finding.outcome, finding.legal_due_on) == (outcome, day("2025-05-01"))


@pytest.mark.parametrize(("as_of", "outcome"), [("2025-05-04", Outcome.AT_RISK), ("2025-05-05", Outcome.NOT_MET)])
def test_a_person_is_replaced_in_five_days(contract: Contract, as_of: str, outcome: Outcome) -> None:
    demand = records.enter(
        ReplacementDemand(
            contract=contract,
            assignment=make_assignment(contract),
            reason="不能胜任",
            sent_at=instant(day("2025-04-29")),
        )
    )
    demands.arrive(demand, arrived_at=instant(day("2025-04-29")))
    assert one(contract, "staffing.replacement", as_of).outcome == outcome


# --- Whom it lets serve --------------------------------------------------------------------------


@pytest.mark.parametrize(("age", "outcome"), [(40, Outcome.MET), (41, Outcome.NOT_MET)])
def test_it_hires_up_to_forty(contract: Contract, age: int, outcome: Outcome) -> None:
    operator = make_operator(
        contract.vendor,
        hired_on=day("2025-04-01"),
        born=date(2025 - age, 3, 1),
        education="college",
        is_full_time_degree=True,
        clean_record_proved_on=day("2025-03-20"),
    )
    for kind in ("degree", "office_software", "conduct"):
        records.enter(QualificationProof(operator=operator, kind=kind, dated_on=day("2025-03-20")))
    make_assignment(contract, operator, starts_on=day("2025-06-01"))
    finding = one(contract, "staffing.hiring_qualification", "2025-06-02")
    assert (finding.outcome, finding.required) == (outcome, "≤40")


@pytest.mark.parametrize(("starts", "outcome"), [("2025-06-01", Outcome.MET), ("2025-05-31", Outcome.NOT_MET)])
def test_it_trains_for_two_months(contract: Contract, starts: str, outcome: Outcome) -> None:
    operator = make_operator(contract.vendor, hired_on=day("2025-04-01"))
    records.enter(
        Training(
            contract=contract, operator=operator, starts_on=day("2025-04-01"), ends_on=day("2025-05-31"), topic="x"
        )
    )
    make_assignment(contract, operator, starts_on=day(starts))
    assert one(contract, "staffing.training", "2025-06-02").outcome == outcome


def test_three_failures_in_a_row_move_a_person_two_do_not(contract: Contract) -> None:
    assignment = make_assignment(contract)
    for number, failed_on in enumerate(("2025-05-12", "2025-05-19", "2025-05-26"), start=1):
        records.enter(
            TrialAssessment(
                contract=contract, operator=assignment.operator, assessed_on=day(failed_on), is_passed=False
            )
        )
        assert len(find(contract, "staffing.failed_trials", "2025-05-26")) == (number == 3)


# --- Paid by the month ----------------------------------------------------------------------------


def test_its_fee_is_shared_among_twelve_months_to_the_fen(contract: Contract) -> None:
    rows = generate_instalments(contract=contract)
    assert len(rows) == 12
    assert (rows[0].period_start, rows[0].period_end) == (START, day("2025-04-14"))
    assert rows[-1].period_end == END
    assert sum(row.amount for row in rows) == Decimal("2999999.95")
    assert {row.amount for row in rows} == {Decimal("249999.99"), Decimal("250000.00")}
    assert one(contract, "billing.fee_total", "2025-03-20").outcome == Outcome.MET


@pytest.mark.parametrize(("paid_on", "outcome"), [("2025-05-29", Outcome.MET), ("2025-05-30", Outcome.NOT_MET)])
def test_a_month_is_paid_fifteen_days_after_its_invoice(contract: Contract, paid_on: str, outcome: Outcome) -> None:
    """An invoice of 04-16 is due on Labour Day, which does not roll; while the time of acceptance is not confirmed,
    the other reading gives a small enterprise's debtor until 05-29 (decree 728, article 9)."""
    first = generate_instalments(contract=contract)[0]
    make_invoice(first, issued_on=day("2025-04-16"), received_on=day("2025-04-16"))
    assert one(contract, "billing.payment_due", "2025-04-20").legal_due_on == day("2025-05-01")
    make_payment(first, paid_on=day(paid_on))
    assert one(contract, "billing.payment_due", "2025-06-01").outcome == outcome


def test_acceptance_gives_it_thirty_days_by_default(contract: Contract) -> None:
    first = generate_instalments(contract=contract)[0]
    make_invoice(first, issued_on=day("2025-04-16"), received_on=day("2025-04-16"))
    make_acceptance(first, accepted_on=day("2025-04-20"))
    finding = one(contract, "billing.payment_due", "2025-05-10")
    assert (finding.outcome, finding.legal_due_on) == (Outcome.AT_RISK, day("2025-05-20"))


# --- Confidentiality, and the whole of it ------------------------------------------------------


def test_its_people_are_bound_before_their_first_day(contract: Contract) -> None:
    bound, unbound = make_team(contract, 2)
    records.enter(Undertaking(contract=contract, operator=bound.operator, signed_on=START - ONE), today=START)
    found = {f.subject.pk: f.outcome for f in find(contract, "confidentiality.undertaking", START)}
    assert sorted(found.values()) == sorted([Outcome.MET, Outcome.NOT_MET])
    assert len(found) == len({bound.pk, unbound.pk})


def test_every_check_runs_on_it_and_stands_under_its_own_clause(contract: Contract) -> None:
    assignment = make_assignment(contract)
    records.enter(EmploymentContract(operator=assignment.operator, signed_on=START, starts_on=START))
    generate_instalments(contract=contract)
    assert Instalment.objects.filter(contract=contract).count() == 12
    evaluation = evaluate(
        as_of=day("2025-06-30"),
        at=instant(day("2025-06-30")),
        today=day("2025-06-30"),
        trigger=RunTrigger.COMMAND,
        contract_ids=[contract.pk],
    )
    assert not evaluation.errors
    carried = dict(contract.obligations.values_list("check_id", "clause__ref"))
    assert set(carried) == set(registry.checks())
    stood = set(Assessment.objects.values_list("check_id", "clause_ref"))
    assert stood and all(carried[check_id] == ref for check_id, ref in stood)


def test_before_and_after_its_term_it_asks_for_nothing_new(contract: Contract) -> None:
    make_team(contract, 2)
    generate_instalments(contract=contract)
    assert look(as_of=START - ONE, contract_ids=[contract.pk]).findings == []
    last, later = (
        {(f.check_id, f.key): f for f in look(as_of=as_of, contract_ids=[contract.pk]).findings}
        for as_of in (END, END + timedelta(days=120))
    )
    fresh = {check_id for check_id, _key in later.keys() - last.keys()}
    assert fresh <= {
        "billing.invoice_first",
        "confidentiality.data_return",
        "confidentiality.offboarding",
        "staffing.wages_paid",
        "staffing.overtime_pay",
    }
    assert Outcome.PENDING not in {finding.outcome for finding in later.values()}
