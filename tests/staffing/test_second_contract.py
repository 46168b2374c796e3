"""Rota, hours, pay and labour matters on another contract, loaded from data alone.

It begins on 2025-03-15 and ends on 2026-03-14; its last days never roll over days off.
"""

from datetime import date, timedelta

import pytest

from contract import records
from contract import services as core
from contract.choices import Outcome, RunTrigger
from contract.findings import Finding
from contract.loading import load_contract, read_document
from contract.models import Assessment, Contract
from staffing.models import Assignment, HoursApproval, LabourMatter, PayProof
from staffing.rules.spans import parse
from staffing.services import rota
from tests.contract.admin_helpers import AT
from tests.data import SECOND_CONTRACT
from tests.factories import make_assignment, make_team, set_policy
from tests.staffing.helpers import report, span

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2025, 3, 15), date(2026, 3, 14)
ONE = timedelta(days=1)
HOURS = ("00:00-08:00", "08:00-16:00", "16:00-24:00")


@pytest.fixture
def contract() -> Contract:
    return load_contract(read_document(SECOND_CONTRACT))


@pytest.fixture
def team(contract: Contract) -> list[Assignment]:
    return make_team(contract, 3)


def cover(contract: Contract, team: list[Assignment], first: date, last: date) -> None:
    """Every minute is covered by one of three people, and reported."""
    rota.enter(
        contract=contract,
        actor=None,
        route="api",
        at=AT,
        rows=[
            rota.RotaRow(who.operator_id, day, (parse(hours),))
            for who, hours in zip(team, HOURS, strict=True)
            for day in span(first, last)
        ],
    )
    for who in team:
        report(contract, who, first, "D" * len(span(first, last)), today=last)


def find(contract: Contract, check_id: str, as_of: date) -> dict[date | None, Finding]:
    evaluation = core.look(as_of=as_of, contract_ids=[contract.pk])
    assert not evaluation.errors
    return {
        finding.period[0] if finding.period else None: finding
        for finding in evaluation.findings
        if finding.check_id == check_id
    }


def test_its_first_month_is_owed_from_its_first_day_on(contract, team) -> None:
    cover(contract, team, FIRST, date(2025, 4, 4))
    finding = find(contract, "staffing.coverage", date(2025, 4, 1))[FIRST]
    assert finding.period == (FIRST, date(2025, 3, 31))
    assert (finding.outcome, finding.measured) == (Outcome.MET, "0 min")


def test_a_higher_minimum_agreed_for_a_day_on_holds_from_that_day(contract, team) -> None:
    set_policy(contract, "minimum_on_duty", 2, date(2025, 3, 31))
    cover(contract, team, FIRST, date(2025, 4, 4))
    finding = find(contract, "staffing.coverage", date(2025, 4, 1))[FIRST]
    assert finding.outcome == Outcome.NOT_MET
    assert finding.figures["uncovered"] == ["2025-03-31 00:00–24:00"]


def test_nobody_is_owed_after_its_last_day(contract, team) -> None:
    cover(contract, team, date(2026, 3, 1), LAST)
    for as_of in (LAST, LAST + ONE, LAST + 30 * ONE):
        found = find(contract, "staffing.coverage", as_of)
        assert max(found) == date(2026, 3, 1)  # type: ignore[type-var]
        finding = found[date(2026, 3, 1)]
        assert finding.period == (date(2026, 3, 1), LAST)
        assert finding.outcome == (Outcome.MET if as_of > LAST else Outcome.PENDING)


@pytest.mark.parametrize(
    ("as_of", "outcome"),
    [
        (date(2025, 4, 18), Outcome.PENDING),
        (date(2025, 4, 20), Outcome.AT_RISK),  # warned of on its last days
        (date(2025, 4, 21), Outcome.UNDETERMINED),
    ],
)
def test_its_proof_of_wages_is_due_on_a_sunday(contract, team, as_of, outcome) -> None:
    finding = find(contract, "staffing.wages_paid", as_of)[FIRST]
    assert finding.outcome == outcome
    assert finding.legal_due_on == date(2025, 4, 20)


def test_a_proof_names_the_month_and_not_the_first_day_of_the_term(contract, team) -> None:
    records.enter(
        PayProof(
            contract=contract,
            kind="wages",
            month=date(2025, 3, 20),
            paid_on=date(2025, 4, 10),
            declared_by="某",
            document="一号",
            arrived_on=date(2025, 4, 20),
        ),
        today=date(2025, 4, 20),
    )
    assert find(contract, "staffing.wages_paid", date(2025, 5, 1))[FIRST].outcome == Outcome.MET


def test_twelve_hours_are_a_signal_until_its_own_approval_covers_them(contract, team) -> None:
    one = team[0]
    rota.enter(
        contract=contract,
        actor=None,
        route="api",
        at=AT,
        rows=[rota.RotaRow(one.operator_id, FIRST + n * ONE, (parse("08:00-20:00"),)) for n in (0, 3)],
    )
    as_of = date(2025, 4, 1)
    assert find(contract, "staffing.working_hours", as_of)[FIRST].outcome == Outcome.UNDETERMINED
    records.enter(
        HoursApproval(
            contract=contract,
            document="综批",
            authority="某局",
            approved_on=FIRST,
            valid_from=FIRST,
            valid_until=LAST,
            arrived_on=as_of,
        ),
        today=as_of,
    )
    assert find(contract, "staffing.working_hours", as_of)[FIRST].outcome == Outcome.MET


def test_its_holidays_are_those_of_its_own_months(contract, team) -> None:
    """Qingming, Labour Day (two days since 2025), the Dragon Boat Festival; none before."""
    cover(contract, team, FIRST, date(2025, 6, 5))
    found = find(contract, "staffing.overtime_pay", date(2025, 6, 5))
    hours = {period.month: f.figures["hours_300"] for period, f in found.items() if period}
    assert hours == {3: "0", 4: "24", 5: "72"}
    assert found[FIRST].figures["hours_200"] != "0"  # weekends, without an approval


def test_a_labour_matter_is_due_on_the_third_day_also_on_a_holiday(contract) -> None:
    make_assignment(contract)
    records.enter(
        LabourMatter(
            contract=contract, kind="injury", title="扭伤", occurred_on=date(2025, 9, 28), known_on=date(2025, 9, 28)
        ),
        today=date(2025, 9, 28),
    )
    for as_of, outcome in (
        (date(2025, 9, 29), Outcome.PENDING),
        (date(2025, 10, 1), Outcome.AT_RISK),
        (date(2025, 10, 2), Outcome.NOT_MET),
    ):
        [finding] = find(contract, "staffing.labour_dispute", as_of).values()
        assert finding.outcome == outcome


def test_its_findings_stand_under_its_own_clauses(contract, team) -> None:
    core.evaluate(
        as_of=date(2025, 4, 30), today=date(2025, 4, 30), at=AT, trigger=RunTrigger.COMMAND, contract_ids=[contract.pk]
    )
    refs = dict(
        Assessment.objects.filter(
            check_id__in=["staffing.coverage", "staffing.wages_paid", "staffing.working_hours"]
        ).values_list("check_id", "clause_ref")
    )
    carried = dict(contract.obligations.values_list("check_id", "clause__ref"))
    assert refs == {check_id: carried[check_id] for check_id in refs}
    assert len(refs) == 3 and "7" not in refs.values()


def test_it_gives_nothing_before_its_first_day(contract, team) -> None:
    assert core.look(as_of=FIRST - ONE, contract_ids=[contract.pk]).findings == []
