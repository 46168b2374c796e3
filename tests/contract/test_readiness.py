"""What was not looked at is never green: on the home page, on the board, on the terminal."""

import io
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client

from contract import records, services
from contract.choices import OpeningKind, Outcome
from contract.models import Contract, Obligation, OpeningFact, Term
from contract.selectors import batch
from contract.selectors.readiness import lacks
from tests.contract.admin_helpers import office_user
from tests.factories import make_assignment, make_contract

pytestmark = pytest.mark.django_db
TODAY = date(2025, 3, 20)


def sentences(contract: Contract) -> list[str]:
    return lacks(batch([contract.pk], TODAY).contracts)[contract.pk]


def bare_contract() -> Contract:
    """As somebody makes one in the browser and leaves it: no check, no figure, nobody."""
    contract = make_contract(check_ids=[])
    Term.objects.all().delete()
    return contract


def test_a_contract_that_is_checked_manned_and_complete_lacks_nothing() -> None:
    contract = make_contract()
    make_assignment(contract, starts_on=contract.starts_on)
    office_user(contract, "wang")
    assert sentences(contract) == []


def test_each_thing_that_is_missing_has_its_sentence() -> None:
    contract = bare_contract()
    assert len(sentences(contract)) == 5  # checks, figures, the office, people, how it is paid


def test_a_clause_without_a_check_and_without_a_reason_is_counted() -> None:
    contract = make_contract()
    Obligation.objects.filter(contract=contract, check_id="staffing.headcount").delete()
    assert any("1" in sentence and "既" in sentence for sentence in sentences(contract))


def test_an_unchecked_contract_is_red_on_the_home_page_and_nothing_on_its_card_is_green(client: Client) -> None:
    contract = bare_contract()
    client.force_login(office_user(contract, "wang"))
    page = client.get("/admin/").content.decode()
    assert "没有任何条款挂接检查" in page
    assert "o-none" not in page and "state-good" not in page.partition('class="o-card"')[2].partition("<header>")[2]


def test_a_checked_contract_has_no_red_part(client: Client) -> None:
    contract = make_contract()
    make_assignment(contract, starts_on=contract.starts_on)
    client.force_login(office_user(contract, "wang"))
    assert "o-unready" not in client.get("/admin/").content.decode()


def test_the_board_marks_the_clause_that_nobody_looks_at(client: Client) -> None:
    contract = make_contract()
    Obligation.objects.filter(contract=contract, check_id="staffing.headcount").delete()
    client.force_login(office_user(contract, "wang"))
    page = client.get(f"/admin/contract/clause/board/?contract={contract.pk}").content.decode()
    assert "未检查" in page and "o-unready" in page


def test_the_command_says_it_too() -> None:
    contract = bare_contract()
    told = io.StringIO()
    call_command("evaluate", as_of="2025-03-20", dry_run=True, stdout=io.StringIO(), stderr=told)
    assert f"{contract.number}: " in told.getvalue()


# --- From which day on it is judged ----------------------------------------------------------


@pytest.fixture
def late() -> Contract:
    """In force since October, in this program since 10 March."""
    contract = make_contract(in_use_from=date(2025, 3, 10))
    make_assignment(contract, starts_on=date(2025, 3, 10))
    return contract


def found(contract: Contract, day: date = TODAY) -> list[Any]:
    return services.look(as_of=day, contract_ids=[contract.pk]).findings


def test_nothing_that_was_over_before_the_day_is_judged(late: Contract) -> None:
    for finding in found(late):
        over = finding.legal_due_on or finding.nominal_due_on or (finding.period and finding.period[1])
        assert over is None or over >= date(2025, 3, 10), finding


def test_without_the_day_the_same_contract_is_judged_from_its_first() -> None:
    contract = make_contract()
    make_assignment(contract, starts_on=date(2025, 3, 10))
    assert any(one.period and one.period[1] < date(2025, 3, 10) for one in found(contract))


def test_a_settled_rate_is_not_judged_again(late: Contract) -> None:
    def rates() -> list[Any]:
        return [one.period for one in found(late) if one.check_id == "staffing.on_post_rate"]

    assert rates() == [(date(2025, 3, 1), date(2025, 3, 31))]
    fact = OpeningFact(contract=late, kind=OpeningKind.RATE, text="三月到位率已由双方核定", document="〔2025〕7号")
    fact.first, fact.last = date(2025, 3, 1), date(2025, 3, 31)
    records.enter(fact)
    assert rates() == []
    records.withdraw(fact, on=TODAY, reason="误登")
    assert len(rates()) == 1


def test_an_opening_fact_needs_a_day_of_use_after_it() -> None:
    contract = make_contract()
    fact = OpeningFact(contract=contract, kind=OpeningKind.OTHER, text="a", document="b")
    fact.first = fact.last = contract.starts_on
    with pytest.raises(ValidationError) as refused:
        records.enter(fact)
    assert "contract" in refused.value.message_dict


def test_a_contract_of_which_nothing_was_told_is_accused_of_nothing() -> None:
    contract = make_contract(check_ids=["staffing.on_post_rate", "staffing.headcount", "staffing.post_structure"])
    outcomes = {one.outcome for one in found(contract)}
    assert outcomes <= {Outcome.UNDETERMINED, Outcome.PENDING}


def test_a_contract_that_is_exempt_in_writing_lacks_nothing() -> None:
    contract = make_contract()
    Obligation.objects.filter(contract=contract).delete()
    assert sentences(contract)
    contract.clauses.update(exemption="示例合同，不设检查。")
    assert sentences(contract) == []
