"""Article 14: who leaves hands everything back in time, and is reminded of the duty."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from confidentiality.checks import offboardings
from confidentiality.models import Offboarding
from confidentiality.rules.offboarding import ITEMS, Departure, offboarding
from contract import records
from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.models import Contract
from contract.terms import POLICIES, TERMS
from contract.values import Book
from law.calendar import Calendar
from staffing.services import assignments
from tests.confidentiality.factories import batch_of, make_assignment
from tests.factories import make_contract, make_party, set_policy

LEFT = date(2025, 3, 4)  # a Tuesday: three days end on Friday the 7th
CALENDAR = Calendar()
TODAY = date(2025, 12, 1)


def facts(**policies) -> ContractFacts:
    return ContractFacts(
        pk=1,
        number="T-1",
        title="",
        starts_on=date(2024, 10, 1),
        ends_on=date(2025, 9, 30),
        terms=Book(TERMS),
        policies=Book(POLICIES),
    )


def find(as_of: date, *, left_on: date = LEFT, back_on: date | None = None, **done: date):
    departure = Departure(7, "王某 (H0007)", left_on, back_on, 3 if done else None, done)
    return offboarding(facts(), departure, CALENDAR, as_of)


def everything(day: date) -> dict[str, date]:
    return dict.fromkeys(ITEMS, day)


class TestTheRule:
    def test_nothing_is_owed_on_the_last_day_in_post(self) -> None:
        assert find(LEFT) is None
        assert find(LEFT + timedelta(days=1)).outcome == Outcome.PENDING

    def test_it_stays_pending_on_the_last_day_and_is_broken_on_the_next(self) -> None:
        assert find(date(2025, 3, 7)).outcome == Outcome.PENDING
        assert find(date(2025, 3, 8)).outcome == Outcome.NOT_MET

    def test_over_a_weekend_it_is_at_risk_until_monday(self) -> None:
        friday = date(2025, 3, 6)  # left on a Thursday: the third day is a Sunday
        assert find(date(2025, 3, 9), left_on=friday).outcome == Outcome.PENDING
        assert find(date(2025, 3, 10), left_on=friday).outcome == Outcome.AT_RISK
        assert find(date(2025, 3, 11), left_on=friday).outcome == Outcome.NOT_MET

    def test_it_is_met_only_when_all_four_things_are_done(self) -> None:
        done = everything(date(2025, 3, 7))
        assert find(TODAY, **done).outcome == Outcome.MET
        for item in ITEMS:
            rest = {name: day for name, day in done.items() if name != item}
            finding = find(TODAY, **rest)
            assert finding.outcome == Outcome.NOT_MET
            assert finding.measured == "3/4"
            assert finding.done_on is None

    def test_one_thing_a_day_late_is_late_for_good(self) -> None:
        done = everything(date(2025, 3, 7)) | {"accounts": date(2025, 3, 8)}
        finding = find(TODAY, **done)
        assert finding.outcome == Outcome.NOT_MET
        assert finding.done_on == date(2025, 3, 8)
        assert finding.measured == "4/4"

    def test_what_is_handed_over_before_the_last_day_counts(self) -> None:
        assert find(TODAY, **everything(date(2025, 3, 1))).outcome == Outcome.MET

    def test_who_is_back_in_time_has_not_left(self) -> None:
        assert find(TODAY, back_on=date(2025, 3, 7)) is None
        assert find(TODAY, back_on=date(2025, 3, 8)).outcome == Outcome.NOT_MET

    def test_where_the_calendar_is_not_published_it_cannot_be_said(self) -> None:
        finding = find(date(2035, 3, 6), left_on=date(2035, 3, 1))
        assert finding.outcome == Outcome.UNDETERMINED
        assert finding.legal_due_on is None

    @given(
        as_of=st.dates(date(2025, 3, 5), date(2025, 4, 1)),
        done=st.fixed_dictionaries({item: st.none() | st.dates(date(2025, 3, 1), date(2025, 4, 1)) for item in ITEMS}),
    )
    def test_the_worst_of_the_four_decides_and_the_key_never_moves(self, as_of, done) -> None:
        finding = find(as_of, **done)
        alone = {find(as_of, **(everything(date(2025, 3, 1)) | {item: day})).outcome for item, day in done.items()}
        assert finding.outcome in alone
        assert (finding.outcome == Outcome.MET) == (alone == {Outcome.MET})
        assert finding.key == "staffing.Assignment:7:"


def found(*contracts: Contract, as_of: date = TODAY) -> dict[str, Outcome]:
    return {finding.subject.name: finding.outcome for finding in offboardings(batch_of(*contracts, as_of=as_of))}


@pytest.mark.django_db
class TestTheCheck:
    def left(self, contract: Contract, on: date = LEFT):
        assignment = make_assignment(contract)
        assignments.correct(assignment, ends_on=on, end_reason="resignation")
        return assignment

    def test_who_is_still_in_post_owes_nothing(self) -> None:
        contract = make_contract()
        make_assignment(contract)
        assert found(contract, as_of=date(2025, 9, 30)) == {}

    def test_everybody_leaves_with_the_contract(self) -> None:
        contract = make_contract()
        make_assignment(contract)
        assert list(found(contract, as_of=date(2025, 10, 1)).values()) == [Outcome.PENDING]
        assert list(found(contract, as_of=TODAY).values()) == [Outcome.NOT_MET]

    def test_who_goes_on_in_the_next_contract_of_the_office_does_not_leave(self) -> None:
        contract = make_contract()
        assignment = make_assignment(contract)
        after = make_contract(
            starts_on=date(2025, 10, 1), ends_on=date(2026, 9, 30), office=contract.office, vendor=contract.vendor
        )
        assignments.correct(assignment, ends_on=date(2025, 9, 30), end_reason="term_end")
        make_assignment(after, operator=assignment.operator)
        assert found(contract, after) == {}

    def test_another_office_is_another_matter(self) -> None:
        contract = make_contract()
        assignment = self.left(contract, date(2025, 9, 30))
        after = make_contract(
            starts_on=date(2025, 10, 1), ends_on=date(2026, 9, 30), office=make_party(), vendor=contract.vendor
        )
        make_assignment(after, operator=assignment.operator)
        assert list(found(contract).values()) == [Outcome.NOT_MET]

    def test_a_change_of_post_is_no_departure(self) -> None:
        contract = make_contract()
        assignment = make_assignment(contract)
        assignments.correct(assignment, ends_on=LEFT, end_reason="transfer")
        make_assignment(contract, LEFT + timedelta(days=1), operator=assignment.operator)
        assert found(contract, as_of=date(2025, 9, 30)) == {}

    def test_the_record_that_stands_counts(self) -> None:
        contract = make_contract()
        assignment = self.left(contract)
        row = records.enter(
            Offboarding(
                contract=assignment.contract,
                assignment=assignment,
                materials_on=LEFT,
                devices_on=LEFT,
                accounts_on=LEFT,
                reminded_on=LEFT,
            ),
            today=TODAY,
        )
        assert found(contract) == {str(assignment.operator): Outcome.MET}
        records.withdraw(row, on=TODAY, reason="误录")
        assert found(contract) == {str(assignment.operator): Outcome.NOT_MET}

    def test_the_number_of_days_is_the_contracts_own(self) -> None:
        contract = make_contract()
        self.left(contract)
        set_policy(contract, "offboarding_days", 10)
        assert list(found(contract, as_of=date(2025, 3, 14)).values()) == [Outcome.PENDING]

    def test_the_queries_do_not_grow_with_contracts_or_people(self) -> None:
        contracts = [make_contract() for _ in range(3)]
        for contract in contracts:
            for _ in range(3):
                records.enter(Offboarding(contract=contract, assignment=self.left(contract)), today=TODAY)

        def queries(*some: Contract) -> int:
            batch = batch_of(*some, as_of=TODAY)
            with CaptureQueriesContext(connection) as captured:
                assert len(list(offboardings(batch))) == 3 * len(some)
            return len(captured)

        assert queries(contracts[0]) == queries(*contracts) == 2


@pytest.mark.django_db
class TestTheService:
    @pytest.fixture
    def assignment(self):
        return make_assignment(make_contract())

    def test_steps_are_added_one_by_one(self, assignment) -> None:
        row = records.enter(
            Offboarding(contract=assignment.contract, assignment=assignment, materials_on=LEFT), today=TODAY
        )
        row = records.correct(row, today=TODAY, accounts_on=LEFT)
        assert (row.materials_on, row.devices_on, row.accounts_on) == (LEFT, None, LEFT)
        assert row.history.count() == 2

    def test_one_record_stands_for_an_assignment(self, assignment) -> None:
        records.enter(Offboarding(contract=assignment.contract, assignment=assignment), today=TODAY)
        with pytest.raises(ValidationError):
            records.enter(Offboarding(contract=assignment.contract, assignment=assignment), today=TODAY)

    @pytest.mark.parametrize("day", [date(2024, 9, 30), TODAY + timedelta(days=1)])
    def test_a_step_lies_between_the_first_day_in_post_and_today(self, assignment, day) -> None:
        with pytest.raises(ValidationError) as caught:
            records.enter(Offboarding(contract=assignment.contract, assignment=assignment, devices_on=day), today=TODAY)
        assert set(caught.value.message_dict) == {"devices_on"}
        assert not Offboarding.objects.exists()

    def test_a_withdrawn_record_is_not_corrected(self, assignment) -> None:
        row = records.enter(Offboarding(contract=assignment.contract, assignment=assignment), today=TODAY)
        records.withdraw(row, on=TODAY, reason="误录")
        with pytest.raises(ValidationError):
            records.correct(row, today=TODAY, devices_on=LEFT)
