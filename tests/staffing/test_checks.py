"""The checks from the tables up: registered, in few queries, the same for many contracts."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contract import records, registry
from contract import selectors as core
from contract.choices import Outcome, RunTrigger
from contract.findings import Finding
from contract.models import Alert, Assessment, Contract, Term
from contract.services import evaluate
from staffing import selectors
from staffing.models import Assignment, Gap, Leave, Post, ReplacementDemand
from staffing.services import assignments, demands, leaves
from tests.factories import make_assignment, make_contract, make_operator, make_team
from tests.staffing.helpers import NOON, report

pytestmark = pytest.mark.django_db

CHECKS = [
    "staffing.attendance_reported",
    "staffing.backfill",
    "staffing.headcount",
    "staffing.on_post_rate",
    "staffing.replacement",
    "staffing.unapproved_change",
]
FIRST = date(2024, 11, 1)


def small(size: int = 3, **fields: object) -> tuple[Contract, list[Assignment]]:
    """A contract of so many people, all of its team there."""
    given = {"terms": {"headcount": size}, "check_ids": CHECKS} | fields
    contract = make_contract(**given)  # type: ignore[arg-type]
    return contract, make_team(contract, size)


def find(check_id: str, contract: Contract, as_of: date) -> list[Finding]:
    batch = core.batch([contract.pk], as_of)
    return list(registry.get(check_id).function(batch))


def eventful() -> Contract:
    """A contract on which every check has something to say."""
    contract, (one, two, three) = small()
    report(contract, one, FIRST, "DSSD")
    leaves.enter(
        Leave(
            contract=contract,
            operator=two.operator,
            kind="sick",
            starts_on=FIRST,
            ends_on=date(2024, 11, 9),
            reported_at=NOON,
        )
    )
    assignments.correct(three, ends_on=date(2024, 11, 20), end_reason="transfer")
    make_assignment(contract, starts_on=date(2024, 11, 25), fills_gap=three.gaps.get())
    records.enter(
        ReplacementDemand(
            contract=contract,
            assignment=one,
            reason="考核不合格",
            sent_at=datetime(2024, 12, 2, tzinfo=UTC),
            arrived_at=datetime(2024, 12, 2, tzinfo=UTC),
        )
    )
    return contract


@pytest.mark.parametrize("check_id", CHECKS)
def test_a_check_takes_the_same_queries_for_one_contract_and_for_three(check_id: str) -> None:
    contracts = [eventful() for _ in range(3)]
    as_of = date(2024, 12, 10)

    def queries(ids: list[int]) -> tuple[int, int]:
        batch = core.batch(ids, as_of)
        with CaptureQueriesContext(connection) as captured:
            found = list(registry.get(check_id).function(batch))
        return len(captured), len(found)

    one, findings = queries([contracts[0].pk])
    three, more = queries([contract.pk for contract in contracts])
    assert one == three <= 3
    assert more == 3 * findings > 0


@pytest.mark.parametrize("check_id", CHECKS)
def test_a_check_says_nothing_before_the_contract_begins(check_id: str) -> None:
    assert find(check_id, eventful(), date(2024, 9, 30)) == []


@pytest.mark.parametrize("check_id", CHECKS)
def test_a_check_says_the_same_twice(check_id: str) -> None:
    contract = eventful()
    one, two = (find(check_id, contract, date(2024, 12, 10)) for _ in range(2))
    assert [f.fingerprint for f in one] == [f.fingerprint for f in two]


@pytest.mark.parametrize("check_id", CHECKS)
def test_every_sentence_of_a_check_can_be_read_in_both_languages(check_id: str) -> None:
    from django.utils import translation

    contract = eventful()
    for as_of in (date(2024, 11, 5), date(2024, 12, 3), date(2025, 1, 31), date(2026, 1, 1)):
        for finding in find(check_id, contract, as_of):
            with translation.override("en"):
                english = str(finding.message)
            with translation.override("zh-hans"):
                chinese = str(finding.message)
            assert english and chinese and english != chinese
            assert finding.outcome in Outcome


def test_a_contract_without_the_term_says_so_and_the_others_are_judged() -> None:
    (one, _team), (two, _others) = small(), small()
    Term.objects.filter(contract=one, key="headcount").delete()
    batch = core.batch([one.pk, two.pk], FIRST)
    found = list(registry.get("staffing.headcount").function(batch))
    assert [(f.contract_id, f.outcome) for f in found] == [(one.pk, Outcome.UNDETERMINED), (two.pk, Outcome.MET)]


def test_a_withdrawn_gap_gives_no_finding() -> None:
    contract, (one, *_others) = small()
    report(contract, one, FIRST, "S")
    assert len(find("staffing.backfill", contract, FIRST)) == 1
    report(contract, one, FIRST, "D")
    assert find("staffing.backfill", contract, FIRST) == []


def test_evaluating_twice_writes_nothing_and_a_correction_supersedes() -> None:
    contract, (one, *_others) = small(check_ids=["staffing.backfill"])
    report(contract, one, FIRST, "S")
    as_of = date(2024, 11, 30)

    def run() -> int:
        outcome = evaluate(as_of=as_of, today=as_of, at=NOON, trigger=RunTrigger.COMMAND)
        assert outcome.run is not None
        return outcome.run.written

    assert (run(), run()) == (1, 0)
    assert Alert.objects.get().outcome == Outcome.UNDETERMINED
    report(contract, one, date(2024, 11, 2), "D")
    assert (run(), run()) == (1, 0)
    assert [a.outcome for a in Assessment.objects.order_by("pk")] == ["undetermined", "met"]
    assert Alert.objects.get().status == "cured"


def test_a_gap_across_a_holiday_is_judged_from_the_tables_up() -> None:
    contract, (one, *_others) = small()
    assignments.correct(one, ends_on=date(2025, 4, 16), end_reason="resignation", notice_on=date(2025, 3, 17))
    [finding] = find("staffing.backfill", contract, date(2025, 5, 6))
    assert (finding.outcome, finding.legal_due_on) == (Outcome.AT_RISK, date(2025, 5, 6))
    make_assignment(contract, starts_on=date(2025, 5, 6), fills_gap=Gap.objects.get())
    [finding] = find("staffing.backfill", contract, date(2025, 6, 1))
    assert finding.outcome == Outcome.MET
    shortage, standing = find("staffing.headcount", contract, date(2025, 6, 1))
    assert (shortage.outcome, standing.outcome) == (Outcome.MET, Outcome.MET)


def test_a_replacement_on_demand_is_followed_through() -> None:
    contract, (one, *_others) = small()
    demand = records.enter(
        ReplacementDemand(
            contract=contract, assignment=one, reason="连续投诉", sent_at=datetime(2025, 3, 7, 8, tzinfo=UTC)
        )
    )
    assert find("staffing.replacement", contract, date(2025, 3, 20)) == []
    demands.arrive(demand, arrived_at=datetime(2025, 3, 7, 16, 1, tzinfo=UTC))
    [finding] = find("staffing.replacement", contract, date(2025, 3, 11))
    assert (finding.outcome, finding.legal_due_on) == (Outcome.PENDING, date(2025, 3, 11))
    assignments.correct(one, ends_on=date(2025, 3, 10), end_reason="replaced")
    substitute = make_assignment(contract, starts_on=date(2025, 3, 11))
    demands.fulfil(demand, assignment=substitute)
    [finding] = find("staffing.replacement", contract, date(2025, 3, 20))
    assert (finding.outcome, finding.measured) == (Outcome.MET, "2025-03-11")
    assert Gap.objects.get().closed_on == date(2025, 3, 11)
    [change] = find("staffing.unapproved_change", contract, date(2025, 3, 20))
    assert change.outcome == Outcome.MET


def test_a_substitute_named_before_the_person_leaves_fills_the_gap_as_well() -> None:
    contract, (one, *_others) = small()
    demand = records.enter(
        ReplacementDemand(contract=contract, assignment=one, reason="连续投诉", sent_at=NOON, arrived_at=NOON)
    )
    substitute = make_assignment(contract, starts_on=date(2025, 1, 2))
    demands.fulfil(demand, assignment=substitute)
    assert not Gap.objects.exists()
    assignments.correct(one, ends_on=date(2025, 1, 3), end_reason="replaced")
    assert Gap.objects.get().closed_on == date(2025, 1, 4)


def test_a_demand_can_be_withdrawn_once_and_met_once() -> None:
    from django.core.exceptions import ValidationError

    contract, (one, two, _three) = small()
    demand = records.enter(
        ReplacementDemand(contract=contract, assignment=one, reason="x", sent_at=NOON, arrived_at=NOON)
    )
    with pytest.raises(ValidationError):
        records.enter(ReplacementDemand(contract=contract, assignment=one, reason="x", sent_at=NOON))
    with pytest.raises(ValidationError):
        demands.fulfil(demand, assignment=one)
    demands.withdraw(demand, on=date(2025, 1, 2))
    with pytest.raises(ValidationError):
        demands.fulfil(demand, assignment=two)


# --- Changes ----------------------------------------------------------------------------------


def kinds(contract: Contract) -> list[str]:
    found = selectors.changes([contract.pk], date(2025, 9, 30))
    return [fact.kind for fact in found[contract.pk]]


def test_departures_and_backfills_are_no_changes() -> None:
    contract, (one, two, three) = small()
    assignments.correct(one, ends_on=FIRST, end_reason="resignation")
    make_assignment(contract, starts_on=date(2024, 11, 8), fills_gap=one.gaps.get())
    assignments.correct(two, ends_on=FIRST, end_reason="dismissal")
    assignments.correct(three, ends_on=FIRST, end_reason="reduction")
    make_assignment(contract, starts_on=date(2024, 11, 9))
    assert kinds(contract) == []


def test_a_move_to_another_post_is_a_change_whatever_reason_was_given() -> None:
    contract, _team = small()
    posts = [records.enter(Post(contract=contract, code=code, name=code)) for code in "AB"]
    operator = make_operator(contract.vendor)
    first = make_assignment(contract, operator, post=posts[0])
    assignments.correct(first, ends_on=FIRST, end_reason="resignation")
    make_assignment(contract, operator, post=posts[1], starts_on=date(2024, 11, 2))
    assert kinds(contract) == ["post"]


def test_a_consent_on_the_new_assignment_is_a_consent() -> None:
    contract, _team = small()
    operator = make_operator(contract.vendor)
    first = make_assignment(contract, operator)
    assignments.correct(first, ends_on=FIRST, end_reason="transfer")
    make_assignment(
        contract, operator, starts_on=date(2024, 11, 2), consent_ref="函〔2024〕9号", consented_on=date(2024, 10, 30)
    )
    [finding] = find("staffing.unapproved_change", contract, date(2024, 11, 2))
    assert finding.outcome == Outcome.MET


# --- What pages show --------------------------------------------------------------------------


def test_today_shows_how_many_are_in_place_of_how_many() -> None:
    contract, (one, *_others) = small()
    report(contract, one, FIRST, "S")
    today = selectors.on_post_today([contract.pk], FIRST)[contract.pk]
    assert (today.required, today.in_place, today.count.absent) == (3, 2, 1)
    assert selectors.on_post_today([contract.pk], date(2025, 10, 1)) == {}


def test_months_show_their_budget_and_where_they_stand() -> None:
    contract, team = small(size=3)
    for assignment in team:
        report(contract, assignment, contract.starts_on, "D" * 31)
    months = selectors.month_rates([contract.pk], date(2024, 11, 3))[contract.pk]
    assert [month.outcome for month in months] == [Outcome.MET, Outcome.PENDING]
    assert (months[0].budget, months[0].left) == (1, 1)


def test_open_gaps_come_with_their_days_left_the_most_urgent_first() -> None:
    contract, (one, two, _three) = small()
    report(contract, one, date(2024, 11, 5), "S")
    report(contract, two, FIRST, "SD")
    assignments.correct(two, ends_on=date(2024, 11, 3), end_reason="resignation")
    found = selectors.open_gaps([contract.pk], date(2024, 11, 6))
    assert [(item.gap.operator, item.days_left) for item in found] == [(two.operator, 12), (one.operator, 14)]


def test_boards_take_the_same_queries_for_one_contract_and_for_three() -> None:
    contracts = [eventful().pk for _ in range(3)]
    as_of = date(2024, 12, 10)
    for read in (selectors.on_post_today, selectors.month_rates, selectors.open_gaps):
        taken = []
        for ids in (contracts[:1], contracts):
            with CaptureQueriesContext(connection) as captured:
                read(ids, as_of)
            taken.append(len(captured))
        assert taken[0] == taken[1] <= 9
