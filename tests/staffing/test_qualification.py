"""Hiring conditions, training, trial, employment: rules at both edges, checks from the tables."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from contract import records
from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Finding
from contract.terms import POLICIES, TERMS
from contract.values import Book, DatedValue
from law.calendar import DEFAULT
from staffing.models import EmploymentContract, Post, QualificationProof, Training, TrialAssessment
from staffing.rules.people import EmploymentFact, PersonFact, Span, TrainingFact, TrialFact
from staffing.rules.postings import PostFact, post_structure
from staffing.rules.qualification import (
    REQUIRED_PROOFS,
    consecutive_failures,
    employment_contract,
    failed_trials,
    hiring_qualification,
    training,
)
from tests.factories import make_assignment, make_contract, make_operator

START, END = date(2024, 10, 1), date(2025, 9, 30)
PROVED = frozenset(REQUIRED_PROOFS)


def facts(**terms: Any) -> ContractFacts:
    figures = {"hire_age_limit": 35, "training_months": 1, "failed_trials_limit": 2} | terms
    book = Book(TERMS, [DatedValue(key, START, value) for key, value in figures.items()])
    return ContractFacts(1, "T-1", "示例", START, END, terms=book, policies=Book(POLICIES))


def person(**fields: Any) -> PersonFact:
    fields = {
        "pk": 7,
        "name": "示例",
        "hired_on": date(2024, 12, 1),
        "born_on": date(1995, 5, 15),
        "spans": (Span(1, date(2024, 12, 1)),),
        "education_rank": 1,
        "is_full_time_degree": True,
        "proofs": PROVED,
    } | fields
    return PersonFact(**fields)


def hired(**fields: Any) -> Outcome:
    (finding,) = hiring_qualification(facts(), [person(**fields)])
    return finding.outcome


@pytest.mark.parametrize(
    ("born", "hired_on", "outcome"),
    [
        (date(1989, 12, 1), date(2024, 12, 1), Outcome.MET),
        (date(1988, 12, 2), date(2024, 12, 1), Outcome.MET),
        (date(1988, 12, 1), date(2024, 12, 1), Outcome.NOT_MET),
        (date(2008, 12, 1), date(2024, 12, 1), Outcome.MET),
        (date(2008, 12, 2), date(2024, 12, 1), Outcome.NOT_MET),
        (date(2009, 1, 2), date(2025, 1, 1), Outcome.NOT_MET),
    ],
)
def test_the_age_counts_on_the_day_of_hire_and_includes_the_whole_year_of_35(
    born: date, hired_on: date, outcome: Outcome
) -> None:
    assert hired(born_on=born, hired_on=hired_on) == outcome


def test_a_degree_below_junior_college_is_not_met() -> None:
    assert hired(education_rank=0) == Outcome.NOT_MET


@pytest.mark.parametrize("kind", REQUIRED_PROOFS)
def test_a_missing_proof_is_asked_for_and_alone_no_breach(kind: str) -> None:
    assert hired(proofs=PROVED - {kind}) == Outcome.UNDETERMINED


def test_a_degree_not_shown_to_be_full_time_is_asked_for() -> None:
    assert hired(is_full_time_degree=False) == Outcome.UNDETERMINED


def test_who_was_hired_before_the_contract_is_not_new() -> None:
    assert not list(hiring_qualification(facts(), [person(hired_on=START - timedelta(days=1))]))
    assert list(hiring_qualification(facts(), [person(hired_on=START)]))


def trained(trial: date, *starts: date, as_of: date = END) -> Outcome:
    taken = {7: [TrainingFact(day, trial, trial - timedelta(days=1)) for day in starts]}
    (finding,) = training(facts(), [person()], taken, as_of, DEFAULT)
    return finding.outcome


def test_trial_may_begin_on_the_corresponding_day_of_the_next_month() -> None:
    assert trained(date(2024, 12, 1), date(2024, 11, 1)) == Outcome.MET
    assert trained(date(2024, 11, 30), date(2024, 11, 1)) == Outcome.NOT_MET
    assert trained(date(2025, 3, 1), date(2025, 1, 31)) == Outcome.MET
    assert trained(date(2025, 2, 28), date(2025, 1, 31)) == Outcome.NOT_MET  # the month ends with February


def test_trial_in_the_future_is_pending_and_no_training_is_asked_for() -> None:
    assert trained(date(2025, 3, 1), date(2025, 1, 31), as_of=date(2025, 2, 28)) == "pending"
    assert trained(date(2025, 3, 1)) == Outcome.UNDETERMINED


@pytest.mark.parametrize(
    ("last", "outcome"),
    [
        (date(2024, 11, 5), Outcome.NOT_MET),  # three days are no month
        (date(2024, 12, 1), Outcome.NOT_MET),
        (date(2024, 12, 2), Outcome.MET),  # from 3 November to 2 December
        (None, Outcome.UNDETERMINED),
    ],
)
def test_a_month_of_training_lasts_from_its_first_to_its_last_day(last: date | None, outcome: Outcome) -> None:
    """合同第13条第1款: a month or more of training."""
    taken = {7: [TrainingFact(date(2024, 11, 3), date(2024, 12, 18), last, 24)]}
    (finding,) = training(facts(), [person()], taken, END, DEFAULT)
    assert (finding.outcome, finding.figures["hours"]) == (outcome, 24)


@pytest.mark.parametrize(("second", "outcome"), [(date(2024, 11, 19), Outcome.MET), (date(2024, 11, 20), "not_met")])
def test_two_trainings_are_one_month_only_without_a_day_between_them(second: date, outcome: Outcome) -> None:
    trial = date(2024, 12, 18)
    parts = [TrainingFact(date(2024, 11, 3), trial, date(2024, 11, 18)), TrainingFact(second, trial, date(2024, 12, 2))]
    (finding,) = training(facts(), [person()], {7: parts}, END, DEFAULT)
    assert finding.outcome == outcome


def sequence(results: str) -> list[TrialFact]:
    return [TrialFact(date(2025, 1, 1 + n), letter == "P") for n, letter in enumerate(results)]


@pytest.mark.parametrize(
    ("results", "failed"), [("FPF", False), ("PFF", True), ("FF", True), ("F", False), ("", False)]
)
def test_only_failures_in_a_row_count(results: str, failed: bool) -> None:
    assert (consecutive_failures(sequence(results), 2) is not None) == failed


@given(st.text("PF", max_size=12), st.integers(1, 4))
def test_failures_in_a_row_agree_with_a_search_in_the_text(results: str, limit: int) -> None:
    assert (consecutive_failures(sequence(results), limit) is not None) == ("F" * limit in results)


def moved(left: date | None, as_of: date = END) -> Finding:
    someone = person(spans=(Span(1, date(2024, 12, 1), left),))
    results = {7: [TrialFact(date(2025, 3, 3), False), TrialFact(date(2025, 3, 10), False)]}
    (finding,) = failed_trials(facts(), [someone], results, as_of, DEFAULT)
    return finding


def test_the_person_is_moved_by_the_last_day() -> None:
    due = date(2025, 3, 13)
    assert moved(due).outcome == Outcome.MET
    assert moved(due + timedelta(days=1)).outcome == Outcome.NOT_MET
    assert moved(None, as_of=due).outcome == Outcome.PENDING
    assert moved(None, as_of=due + timedelta(days=1)).outcome == Outcome.NOT_MET


def employed(*contracts: EmploymentFact, as_of: date = END, **fields: Any) -> Outcome:
    (finding,) = employment_contract(facts(), [person(**fields)], {7: list(contracts)}, as_of, DEFAULT)
    return finding.outcome


def test_a_labour_contract_is_due_within_a_month_of_hiring() -> None:
    assert employed(as_of=date(2025, 1, 1)) == Outcome.PENDING
    assert employed(as_of=date(2025, 1, 2)) == Outcome.UNDETERMINED


def test_a_day_served_after_the_labour_contract_ended_is_not_met() -> None:
    until = EmploymentFact(date(2024, 12, 1), date(2025, 6, 30))
    assert employed(until, as_of=date(2025, 6, 30)) == Outcome.MET
    assert employed(until, as_of=date(2025, 7, 1)) == Outcome.NOT_MET
    again = EmploymentFact(date(2025, 7, 1))
    assert employed(until, again, as_of=date(2025, 7, 1)) == Outcome.MET


def test_past_the_retirement_day_it_is_asked_which_paper_covers_the_relation_and_nothing_is_concluded() -> None:
    """Reform of 2025: a woman born on 1975-01-01 may be past retirement from 2025-02-01."""
    woman: dict[str, Any] = {"born_on": date(1975, 1, 1), "is_woman": True}
    before, ended = EmploymentFact(date(2024, 12, 1)), EmploymentFact(date(2024, 12, 1), date(2025, 1, 31))
    assert employed(before, as_of=date(2025, 1, 31), **woman) == Outcome.MET
    assert employed(before, as_of=date(2025, 2, 1), **woman) == Outcome.UNDETERMINED
    assert employed(ended, as_of=date(2025, 3, 1), **woman) == Outcome.UNDETERMINED  # never not met
    service = EmploymentFact(date(2025, 2, 1))
    assert employed(before, service, as_of=date(2025, 3, 1), **woman) == Outcome.MET
    assert employed(before, as_of=date(2025, 3, 1), born_on=date(1975, 1, 1), is_woman=False) == Outcome.MET
    assert employed(before, as_of=date(2025, 3, 1), born_on=date(1975, 1, 1)) == Outcome.MET


@pytest.mark.django_db
def test_records_are_kept_corrected_and_withdrawn() -> None:
    contract = make_contract()
    operator = make_operator(contract.vendor, hired_on=date(2025, 1, 2))
    row = records.enter(Training(contract=contract, operator=operator, starts_on=date(2025, 1, 2), topic="规范"))
    row = records.correct(row, ends_on=date(2025, 2, 1))
    assert row.history.count() == 2
    with pytest.raises(ValidationError):
        records.correct(row, ends_on=date(2025, 1, 1))
    records.withdraw(row, on=date(2025, 2, 2), reason="误录")
    with pytest.raises(ValidationError):
        records.correct(row, topic="x")
    with pytest.raises(TypeError):
        row.delete()


@pytest.mark.django_db
def test_a_person_of_another_vendor_is_refused() -> None:
    with pytest.raises(ValidationError) as error:
        records.enter(
            TrialAssessment(
                contract=make_contract(),
                is_passed=True,
                operator=make_operator(make_contract().vendor),
                assessed_on=date(2025, 2, 1),
            )
        )
    assert "operator" in error.value.message_dict


CHECKS = (
    "staffing.hiring_qualification",
    "staffing.training",
    "staffing.failed_trials",
    "staffing.employment_contract",
    "staffing.post_structure",
    "staffing.service_place",
)


def _staffed(size: int) -> Any:
    contract = make_contract(place_of_service="示例路1号")
    post = records.enter(Post(contract=contract, code="A", name="接听", planned_headcount=size))
    for _number in range(size):
        operator = make_operator(
            contract.vendor,
            hired_on=date(2024, 11, 1),
            education="college",
            is_full_time_degree=True,
            born=date(1999, 5, 15),
        )
        make_assignment(contract, operator, starts_on=date(2024, 12, 2), post=post)
        for kind in REQUIRED_PROOFS:
            records.enter(QualificationProof(operator=operator, kind=kind, dated_on=date(2024, 10, 9)))
        trained_to = date(2024, 12, 1)
        records.enter(
            Training(contract=contract, operator=operator, starts_on=date(2024, 11, 1), ends_on=trained_to, topic="x")
        )
        records.enter(EmploymentContract(operator=operator, signed_on=date(2024, 11, 1), starts_on=date(2024, 11, 1)))
    return contract


@pytest.mark.django_db
@pytest.mark.parametrize("check_id", CHECKS)
def test_the_queries_of_a_check_do_not_grow_with_contracts_or_people(
    check_id: str, django_assert_max_num_queries: Any
) -> None:
    from contract import registry, selectors

    contracts = [_staffed(1), _staffed(3)]
    batch = selectors.batch([c.pk for c in contracts], date(2025, 3, 3))
    with django_assert_max_num_queries(4):
        found = list(registry.get(check_id).function(batch))
    assert {finding.outcome for finding in found} <= {Outcome.MET}


def structure(*sizes: tuple[int, int], later: int | None = None) -> Finding:
    """Posts of so many planned and so many held, on 3 March 2025; `later` is what the first asks for from then on."""
    posts = [
        PostFact(place, f"岗{place}", planned, ((date(2025, 3, 3), later),) if later is not None and not place else ())
        for place, (planned, _held) in enumerate(sizes)
    ]
    people = [
        person(spans=(Span(1, date(2024, 12, 1), post_id=place),))
        for place, (_planned, held) in enumerate(sizes)
        for _number in range(held)
    ]
    (found,) = post_structure(facts(), people, posts, date(2025, 3, 3))
    return found


def test_a_post_is_short_while_another_has_too_many_and_missing_people_are_the_headcounts() -> None:
    assert structure((2, 2), (19, 19)).outcome == Outcome.MET
    assert structure((2, 1), (19, 19)).outcome == Outcome.MET  # one is missing: the headcount says so
    found = structure((2, 1), (19, 20))
    assert found.outcome == Outcome.AT_RISK and "岗0 1/2" in str(found.message)


def test_what_a_post_asks_for_follows_its_day() -> None:
    assert structure((1, 1), (3, 3), later=0).outcome == Outcome.MET
    assert structure((1, 1), (3, 4), later=2).outcome == Outcome.AT_RISK
    assert structure((1, 0), (3, 3)).outcome == Outcome.AT_RISK
    assert structure((1, 0), (3, 3), later=0).outcome == Outcome.MET


def test_who_begins_after_the_last_day_serves_nobody_under_this_contract() -> None:
    for first, counts in ((END, True), (END + timedelta(days=1), False)):
        late = [person(hired_on=date(2025, 8, 1), spans=(Span(1, first),))]
        later = END + timedelta(days=90)
        assert bool(list(hiring_qualification(facts(), late))) is counts
        assert bool(list(training(facts(), late, {}, later, DEFAULT))) is counts
        assert bool(list(employment_contract(facts(), late, {}, later, DEFAULT))) is counts


def test_the_end_settles_what_was_not_due_by_then() -> None:
    hired_late = [person(hired_on=date(2025, 9, 20), spans=(Span(1, date(2025, 9, 20)),))]
    for as_of, outcome in ((END, Outcome.PENDING), (date(2025, 10, 21), Outcome.MET)):
        [finding] = employment_contract(facts(), hired_late, {}, as_of, DEFAULT)
        assert finding.outcome == outcome
    failed = {7: [TrialFact(date(2025, 9, 28), False), TrialFact(date(2025, 9, 29), False)]}
    for as_of, outcome in ((END, Outcome.PENDING), (END + timedelta(days=60), Outcome.MET)):
        [finding] = failed_trials(facts(), [person()], failed, as_of, DEFAULT)
        assert finding.outcome == outcome


@pytest.mark.parametrize(("day", "outcome"), [(27, Outcome.NOT_MET), (28, Outcome.MET)])
def test_a_move_due_on_the_contracts_last_day_is_not_met_one_after_it_lapses(day: int, outcome: Outcome) -> None:
    """Three days from 27 September 2025 end on the 30th (Civil Code 203), from the 28th on 1 October."""
    failed = {7: [TrialFact(date(2025, 9, 26), False), TrialFact(date(2025, 9, day), False)]}
    [before] = failed_trials(facts(), [person()], failed, END, DEFAULT)
    [after] = failed_trials(facts(), [person()], failed, END + timedelta(days=1), DEFAULT)
    assert (before.outcome, after.outcome) == (Outcome.PENDING, outcome)


@pytest.mark.parametrize(
    ("begun", "last", "trial", "outcome"),
    [
        (date(2025, 1, 31), date(2025, 2, 27), date(2025, 3, 1), Outcome.NOT_MET),
        (date(2025, 1, 31), date(2025, 2, 28), date(2025, 2, 28), Outcome.NOT_MET),
        (date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 1), Outcome.MET),
        (date(2025, 1, 28), date(2025, 2, 27), date(2025, 2, 28), Outcome.MET),
    ],
)
def test_a_month_from_a_months_end_lasts_to_the_end_of_february(
    begun: date, last: date, trial: date, outcome: Outcome
) -> None:
    """Civil Code 202: where there is no corresponding day a month ends on its last day."""
    (finding,) = training(facts(), [person()], {7: [TrainingFact(begun, trial, last, None)]}, END, DEFAULT)
    assert finding.outcome == outcome


@pytest.mark.parametrize(("last", "outcome"), [(date(2024, 12, 2), Outcome.MET), (date(2024, 12, 1), Outcome.NOT_MET)])
def test_a_longer_training_after_the_trial_began_changes_nothing(last: date, outcome: Outcome) -> None:
    first = TrainingFact(date(2024, 11, 3), date(2024, 12, 18), last, None)
    later = TrainingFact(date(2025, 1, 5), None, date(2025, 4, 5), None)
    (finding,) = training(facts(), [person()], {7: [first, later]}, END, DEFAULT)
    assert finding.outcome == outcome and finding.figures["training_from"] == date(2024, 11, 3)
