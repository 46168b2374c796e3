"""The check reads the facts of all contracts at once, and runs on after their end."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from confidentiality.checks import undertakings
from confidentiality.models import Undertaking
from contract import records
from contract.choices import Outcome
from contract.models import Contract
from staffing.services import assignments
from tests.confidentiality.factories import batch_of, make_assignment, make_operator
from tests.factories import make_contract

pytestmark = pytest.mark.django_db
TODAY = date(2025, 10, 1)


def found(*contracts: Contract, as_of: date = TODAY) -> dict[str, Outcome]:
    return {finding.subject.name: finding.outcome for finding in undertakings(batch_of(*contracts, as_of=as_of))}


def test_there_is_one_finding_for_each_operator_ever_assigned() -> None:
    contract = make_contract()
    bound, free = (make_assignment(contract).operator for _ in range(2))
    records.enter(Undertaking(contract=contract, operator=bound, signed_on=date(2024, 9, 29)), today=TODAY)
    assert found(contract) == {str(bound): Outcome.MET, str(free): Outcome.NOT_MET}


def test_the_first_of_several_assignments_decides() -> None:
    contract = make_contract()
    first = make_assignment(contract, date(2024, 10, 1))
    assignments.correct(first, ends_on=date(2024, 11, 30), end_reason="resignation")
    make_assignment(contract, date(2025, 2, 1), operator=first.operator)
    records.enter(Undertaking(contract=contract, operator=first.operator, signed_on=date(2025, 1, 15)), today=TODAY)
    assert list(found(contract).values()) == [Outcome.NOT_MET]


def test_an_assignment_entered_by_mistake_binds_nobody() -> None:
    contract = make_contract()
    assignments.withdraw(make_assignment(contract), on=date(2024, 10, 2), reason="录入错误")
    assert found(contract) == {}


def test_somebody_who_only_comes_later_is_pending() -> None:
    contract = make_contract()
    make_assignment(contract, date(2025, 6, 1))
    assert list(found(contract, as_of=date(2025, 5, 31)).values()) == [Outcome.PENDING]


def test_a_withdrawn_undertaking_counts_no_more() -> None:
    contract = make_contract()
    operator = make_assignment(contract).operator
    row = records.enter(Undertaking(contract=contract, operator=operator, signed_on=date(2024, 9, 1)), today=TODAY)
    records.withdraw(row, on=TODAY, reason="签署人有误")
    assert list(found(contract).values()) == [Outcome.NOT_MET]


def test_an_undertaking_for_another_contract_binds_not_for_this_one() -> None:
    one = make_contract()
    operator = make_operator(one.vendor)
    other = make_contract(vendor=one.vendor, office=one.office)
    make_assignment(one, operator=operator)
    records.enter(Undertaking(contract=other, operator=operator, signed_on=date(2024, 9, 1)), today=TODAY)
    assert list(found(one, other).values()) == [Outcome.NOT_MET]


def test_it_goes_on_after_the_contracts_end() -> None:
    contract = make_contract()
    make_assignment(contract)
    assert list(found(contract, as_of=date(2030, 1, 1)).values()) == [Outcome.NOT_MET]


def test_a_contract_that_has_not_begun_owes_nothing() -> None:
    contract = make_contract()
    make_assignment(contract)
    assert found(contract, as_of=date(2024, 9, 30)) == {}


def test_nobody_comes_on_post_after_an_early_termination() -> None:
    contract = make_contract()
    make_assignment(contract, date(2025, 6, 1))
    contract.terminated_on = date(2025, 5, 31)
    contract.save()
    assert found(contract) == {}


def queries(*contracts: Contract) -> int:
    batch = batch_of(*contracts, as_of=TODAY)
    with CaptureQueriesContext(connection) as captured:
        list(undertakings(batch))
    return len(captured)


def test_the_queries_do_not_grow_with_contracts_or_operators() -> None:
    one = make_contract()
    make_assignment(one)
    more = [make_contract() for _ in range(3)]
    for contract in more:
        for _ in range(4):
            operator = make_assignment(contract).operator
            records.enter(Undertaking(contract=contract, operator=operator, signed_on=date(2024, 9, 1)), today=TODAY)
    assert queries(one) == queries(one, *more) == 2
