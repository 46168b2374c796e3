"""Gap rows: one identity while the facts are corrected, void instead of deleted."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from contract.models import Contract
from staffing.models import Assignment, Gap, Leave
from staffing.services import assignments, leaves, roll_up
from tests.factories import make_assignment, make_contract, make_operator
from tests.staffing.helpers import NOON, report

pytestmark = pytest.mark.django_db

FIRST = date(2024, 11, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number - 1)


@pytest.fixture
def contract() -> Contract:
    return make_contract()


@pytest.fixture
def person(contract: Contract) -> Assignment:
    return make_assignment(contract, starts_on=FIRST)


def live() -> Gap:
    return Gap.objects.get(is_void=False)


def test_a_sick_day_opens_a_gap_and_duty_closes_it(contract: Contract, person: Assignment) -> None:
    report(contract, person, day(3), "S")
    assert (live().opened_on, live().closed_on) == (day(3), None)
    report(contract, person, day(4), "D")
    assert (live().returned_on, live().closed_on) == (day(4), day(4))


def test_the_row_keeps_its_identity_and_its_history(contract: Contract, person: Assignment) -> None:
    report(contract, person, day(3), "SSSD")
    gap = live()
    report(contract, person, day(2), "S")
    report(contract, person, day(6), "S")
    assert live().pk == gap.pk
    assert live().opened_on == day(2)
    assert [row.opened_on for row in gap.history.order_by("history_id")] == [day(3), day(2), day(2)]


def test_a_corrected_report_makes_the_gap_void_and_a_second_one_revives_it(
    contract: Contract, person: Assignment
) -> None:
    report(contract, person, day(3), "S")
    gap = live()
    report(contract, person, day(3), "D")
    assert Gap.objects.get(pk=gap.pk).is_void
    report(contract, person, day(3), "S")
    assert live().pk == gap.pk


def test_a_gap_that_is_split_keeps_its_row_for_the_first_part(contract: Contract, person: Assignment) -> None:
    report(contract, person, day(3), "SSSSSD")
    gap = live()
    report(contract, person, day(5), "D")
    first, second = Gap.objects.filter(is_void=False).order_by("opened_on")
    assert (first.pk, first.closed_on) == (gap.pk, day(5))
    assert (second.opened_on, second.closed_on) == (day(6), day(8))


def test_gaps_that_are_joined_keep_the_first_row(contract: Contract, person: Assignment) -> None:
    report(contract, person, day(3), "SDS")
    first, second = Gap.objects.order_by("opened_on")
    report(contract, person, day(4), "S")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.opened_on, first.is_void, second.is_void) == (day(3), False, True)


def test_a_resignation_opens_a_gap_and_its_correction_moves_it(contract: Contract, person: Assignment) -> None:
    assignments.correct(person, ends_on=day(20), end_reason="resignation", notice_on=day(1))
    gap = live()
    assert (gap.cause, gap.event_on, gap.opened_on) == ("resignation", day(20), day(21))
    assignments.correct(person, ends_on=day(25))
    assert (live().pk, live().event_on) == (gap.pk, day(25))
    assignments.correct(person, ends_on=None, end_reason="")
    assert Gap.objects.get(pk=gap.pk).is_void


def test_the_notice_starts_nothing(contract: Contract, person: Assignment) -> None:
    assignments.correct(person, notice_on=day(1))
    assert not Gap.objects.exists()


def test_a_backfill_closes_its_gap_from_its_first_day(contract: Contract, person: Assignment) -> None:
    assignments.correct(person, ends_on=day(20), end_reason="dismissal")
    make_assignment(contract, starts_on=day(28), fills_gap=live())
    assert (live().backfilled_on, live().closed_on) == (day(28), day(28))


def test_a_backfill_that_began_before_closes_the_gap_as_it_opens(contract: Contract, person: Assignment) -> None:
    assignments.correct(person, ends_on=day(20), end_reason="dismissal")
    spare = make_assignment(contract, starts_on=day(15))
    assignments.correct(spare, fills_gap=live())
    assert live().closed_on == live().opened_on == day(21)


def test_the_earlier_of_return_and_backfill_closes(contract: Contract, person: Assignment) -> None:
    report(contract, person, day(3), "SSSD")
    make_assignment(contract, starts_on=day(5), fills_gap=live())
    assert (live().backfilled_on, live().returned_on, live().closed_on) == (day(5), day(6), day(5))


def test_one_backfill_closes_one_gap(contract: Contract, person: Assignment) -> None:
    other = make_assignment(contract, starts_on=FIRST)
    for assignment in (person, other):
        assignments.correct(assignment, ends_on=day(20), end_reason="resignation")
    first, second = Gap.objects.order_by("pk")
    make_assignment(contract, starts_on=day(22), fills_gap=first)
    second.refresh_from_db()
    assert second.closed_on is None
    with pytest.raises(ValidationError) as caught:
        make_assignment(contract, starts_on=day(22), fills_gap=first)
    assert "fills_gap" in caught.value.message_dict


def test_a_withdrawn_backfill_opens_the_gap_again(contract: Contract, person: Assignment) -> None:
    assignments.correct(person, ends_on=day(20), end_reason="resignation")
    backfill = make_assignment(contract, starts_on=day(22), fills_gap=live())
    assignments.withdraw(backfill, on=day(23), reason="未到岗")
    assert live().closed_on is None
    make_assignment(contract, starts_on=day(24), fills_gap=live())
    assert live().closed_on == day(24)


def test_a_backfill_that_resigns_leaves_a_gap_of_its_own(contract: Contract, person: Assignment) -> None:
    assignments.correct(person, ends_on=day(20), end_reason="resignation")
    first = live()
    backfill = make_assignment(contract, starts_on=day(22), fills_gap=first)
    assignments.correct(backfill, ends_on=day(30), end_reason="resignation")
    second = Gap.objects.exclude(pk=first.pk).get()
    assert (second.event_on, second.closed_on) == (day(30), None)


def test_a_backfill_ends_without_a_gap_once_the_other_is_back(contract: Contract, person: Assignment) -> None:
    report(contract, person, day(3), "SSSSS")
    backfill = make_assignment(contract, starts_on=day(5), fills_gap=live())
    assignments.correct(backfill, ends_on=day(7), end_reason="backfill_ended")
    own = Gap.objects.get(operator=backfill.operator)
    assert (own.opened_on, own.closed_on) == (day(8), None)

    report(contract, person, day(8), "D")
    own.refresh_from_db()
    assert own.is_void

    report(contract, person, day(8), "SSD")
    own.refresh_from_db()
    assert not own.is_void
    assert (own.opened_on, own.closed_on) == (day(8), day(10))


def test_a_chain_of_backfills_is_followed_to_its_end(contract: Contract, person: Assignment) -> None:
    report(contract, person, day(3), "SSSSSSSSSS")
    second = make_assignment(contract, starts_on=day(4), fills_gap=live())
    assignments.correct(second, ends_on=day(6), end_reason="resignation")
    gap = Gap.objects.get(operator=second.operator)
    third = make_assignment(contract, starts_on=day(7), fills_gap=gap)
    assignments.correct(third, ends_on=day(9), end_reason="backfill_ended")
    last = Gap.objects.get(operator=third.operator)
    assert last.closed_on is None

    report(contract, person, day(10), "D")
    gap.refresh_from_db()
    last.refresh_from_db()
    assert gap.returned_on == day(10)
    assert last.is_void


def test_a_gap_of_another_contract_or_a_void_one_cannot_be_filled(contract: Contract, person: Assignment) -> None:
    report(contract, person, day(3), "S")
    gap = live()
    other = make_contract(vendor=contract.vendor)
    with pytest.raises(ValidationError):
        make_assignment(other, fills_gap=gap)
    report(contract, person, day(3), "D")
    with pytest.raises(ValidationError):
        make_assignment(contract, starts_on=day(5), fills_gap=gap)


def test_a_backfill_must_still_be_there_when_the_gap_opens(contract: Contract, person: Assignment) -> None:
    assignments.correct(person, ends_on=day(20), end_reason="resignation")
    with pytest.raises(ValidationError) as caught:
        make_assignment(contract, starts_on=day(1), ends_on=day(20), end_reason="transfer", fills_gap=live())
    assert "fills_gap" in caught.value.message_dict


def test_a_leave_ahead_is_a_gap_ahead(contract: Contract, person: Assignment) -> None:
    leaves.enter(
        Leave(
            contract=contract,
            operator=person.operator,
            kind="maternity",
            starts_on=day(90),
            ends_on=day(180),
            reported_at=NOON,
        )
    )
    assert (live().opened_on, live().maybe_closed_on) == (day(90), day(181))


def test_a_move_between_posts_from_one_day_to_the_next_is_no_gap(contract: Contract) -> None:
    operator = make_operator(contract.vendor)
    first = make_assignment(contract, operator, starts_on=FIRST)
    assignments.correct(first, ends_on=day(10), end_reason="transfer")
    assert live().opened_on == day(11)
    make_assignment(contract, operator, starts_on=day(11))
    assert not Gap.objects.filter(is_void=False).exists()


def test_a_withdrawn_assignment_leaves_no_gap(contract: Contract, person: Assignment) -> None:
    report(contract, person, day(3), "S")
    assignments.withdraw(person, on=day(4), reason="错录")
    assert Gap.objects.get().is_void


def test_an_earlier_end_of_the_contract_makes_later_gaps_void(contract: Contract, person: Assignment) -> None:
    assignments.correct(person, ends_on=day(20), end_reason="resignation")
    contract.terminated_on = day(20)
    contract.save()
    roll_up.settle_contract(contract=contract)
    assert Gap.objects.get().is_void


def test_deriving_again_writes_nothing(contract: Contract, person: Assignment) -> None:
    report(contract, person, day(3), "SS.RSDDA")
    assignments.correct(person, ends_on=day(20), end_reason="resignation")
    assert roll_up.sync_gaps(contract=contract) == 0
    assert roll_up.sync_gaps(contract=contract, operator_ids=[person.operator_id]) == 0


def test_the_history_says_when_the_row_changed(contract: Contract, person: Assignment) -> None:
    report(contract, person, day(3), "S")
    before = live().updated_at
    report(contract, person, day(4), "D")
    assert live().updated_at > before
    assert live().history.count() == 2
