"""What somebody writes says on the next page what it changes: on forms, on pages of steps, and for lists taken in."""

from datetime import date
from typing import Any

import pytest

from billing.models import AcceptanceSheet
from contract import records
from contract.models import Assessment, Contract
from staffing.models import QualificationProof
from tests.billing.cases import MEMBERS, People, make_sheet
from tests.billing.factories import make_instalments, make_invoice
from tests.contract.admin_helpers import office_user, signed_in
from tests.factories import make_assignment, make_contract, make_operator

pytestmark = pytest.mark.django_db
TODAY = date(2025, 1, 20)


@pytest.fixture
def contract(settings: Any) -> Contract:
    settings.DEMONSTRATION_DAY = TODAY.isoformat()
    return make_contract()


@pytest.fixture
def clerk(contract: Contract) -> Any:
    return signed_in(office_user(contract))


def evaluate(clerk: Any, contract: Contract) -> None:
    clerk.post(f"/admin/contract/contract/{contract.pk}/evaluate/")


def said(page: Any) -> str:
    return "\n".join(str(message) for message in page.context["messages"])


def newcomer(contract: Contract, **fields: Any) -> Any:
    """Somebody hired for this contract, on post, of whom nothing is on file."""
    person = make_operator(contract.vendor, hired_on=date(2024, 11, 1), born=date(1998, 5, 15), **fields)
    make_assignment(contract, person, starts_on=date(2024, 12, 5))
    return person


def test_a_training_that_is_entered_settles_what_was_open(contract: Contract, clerk: Any) -> None:
    person = newcomer(contract)
    evaluate(clerk, contract)
    sent = {"operator": person.pk, "contract": contract.pk, "starts_on": "2024-11-01", "ends_on": "2024-12-03"}
    text = said(clerk.post("/admin/staffing/training/add/", sent | {"topic": "上岗培训"}, follow=True))
    assert f"{contract.number}，与今日评估结果相比" in text
    assert "→ 已履行" in text and person.name in text


def test_what_belongs_to_a_person_and_to_no_contract_is_told_as_well(contract: Contract, clerk: Any) -> None:
    person = newcomer(contract, is_full_time_degree=True)
    for kind in ("degree", "office_software", "conduct"):
        records.enter(QualificationProof(operator=person, kind=kind, dated_on=date(2024, 10, 9)))
    evaluate(clerk, contract)
    sent = {"operator": person.pk, "kind": "clean_record", "dated_on": "2024-10-30", "document": "无犯罪记录证明"}
    text = said(clerk.post("/admin/staffing/qualificationproof/add/", sent, follow=True))
    assert person.name in text and "→ 已履行" in text


def test_the_decision_on_an_acceptance_sheet_says_what_it_starts(contract: Contract, clerk: Any) -> None:
    make_instalments(contract)
    row = contract.instalments.get(sequence=1)
    make_invoice(row)
    sheet = make_sheet(People(contract), row, members=MEMBERS)
    evaluate(clerk, contract)
    page = f"/admin/billing/acceptancesheet/{sheet.pk}/change/"
    form = {"do": "decide", "result": "passed", "accepted_on": TODAY.isoformat(), "purchaser_opinion": "同意"}
    text = said(clerk.post(page, form, follow=True))
    assert AcceptanceSheet.objects.get().acceptance is not None
    assert "验收" in text and "→" in text


def test_what_was_told_once_is_not_told_with_the_next_record(contract: Contract, clerk: Any) -> None:
    people = [newcomer(contract), newcomer(contract)]
    evaluate(clerk, contract)
    texts = []
    for person in people:
        sent = {"operator": person.pk, "contract": contract.pk, "starts_on": "2024-11-01", "ends_on": "2024-12-03"}
        texts.append(said(clerk.post("/admin/staffing/training/add/", sent | {"topic": "上岗培训"}, follow=True)))
    assert people[0].name in texts[0] and people[0].name not in texts[1] and people[1].name in texts[1]


def test_a_page_that_writes_nothing_evaluates_nothing(
    contract: Contract, clerk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluate(clerk, contract)
    monkeypatch.setattr("contract.admin.consequences.look", lambda **_: pytest.fail("looked"))
    sent = {"contract": contract.pk, "third_party": "", "description": ""}
    assert clerk.post("/admin/contract/subcontracting/add/", sent).status_code == 200
    assert clerk.post("/i18n/setlang/", {"language": "en"}).status_code in (302, 404)


def test_what_is_said_is_only_looked_at(contract: Contract, clerk: Any) -> None:
    person = newcomer(contract)
    evaluate(clerk, contract)
    kept = list(Assessment.objects.values_list("pk", flat=True))
    sent = {"operator": person.pk, "contract": contract.pk, "starts_on": "2024-11-01", "ends_on": "2024-12-03"}
    clerk.post("/admin/staffing/training/add/", sent | {"topic": "上岗培训"}, follow=True)
    assert list(Assessment.objects.values_list("pk", flat=True)) == kept
