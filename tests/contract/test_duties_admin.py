"""The pages on which the office keeps the contract's own duties."""

from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from contract import records
from contract.duties.models import (
    Amendment,
    AssessmentScheme,
    Consent,
    HeadcountOrder,
    Inspection,
    Misconduct,
    RenewalAssessment,
)
from contract.models import Contract, Excuse, Term
from contract.services import excuses
from kit import clock
from tests.contract.admin_helpers import has, lacks, make_assessment, office_user, signed_in
from tests.contract.duties import day
from tests.contract.test_duties_checks import OWN, full_contract
from tests.factories import make_contract, make_user

pytestmark = pytest.mark.django_db

MODELS = [
    "amendment",
    "headcountorder",
    "forcemajeureevent",
    "excuse",
    "consent",
    "assessmentscheme",
    "renewalassessment",
    "reportschedule",
    "servicereport",
    "inspection",
    "inspectionremark",
    "misconduct",
    "subcontracting",
    "dispute",
    "formality",
]


@pytest.fixture
def contract() -> Contract:
    return make_contract(check_ids=OWN)


@pytest.fixture
def clerk(contract: Contract) -> User:
    return office_user(contract)


@pytest.fixture
def client(clerk: User) -> Client:
    return signed_in(clerk)


def add(client: Client, model: str, data: dict[str, Any]) -> Any:
    return client.post(reverse(f"admin:contract_{model}_add"), data)


def change(client: Client, row: Any, data: dict[str, Any]) -> Any:
    return client.post(reverse(f"admin:contract_{row._meta.model_name}_change", args=[row.pk]), data)


def rows(prefix: str, rows: list[dict[str, Any]], initial: int = 0) -> dict[str, Any]:
    """The data of an inline formset."""
    data = {f"{prefix}-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}
    return {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial, **data}


def errors(page: Any) -> dict[str, Any]:
    assert page.status_code == 200
    found: dict[str, Any] = page.context["adminform"].form.errors
    return found


def test_a_consent_is_asked_for_and_answered(contract: Contract, client: Client) -> None:
    request = {
        "contract": contract.pk,
        "kind": "staff_change",
        "subject": "李某",
        "purpose": "调任班长",
        "requested_on": "2025-03-03",
        "arrived_on": "2025-03-03",
    }
    assert add(client, "consent", request).status_code == 302
    consent = Consent.objects.get()
    answer = request | {"decision": "granted", "decided_on": "2025-03-06", "document": "", "valid_from": "2025-03-05"}
    assert {"document", "valid_from"} <= set(errors(change(client, consent, answer)))
    answer |= {"document": "办函〔2025〕12号", "valid_from": "2025-03-06"}
    assert change(client, consent, answer).status_code == 302
    consent.refresh_from_db()
    assert consent.decision == "granted" and consent.history.count() == 2


def test_an_amendment_becomes_terms_with_the_second_agreement(contract: Contract, client: Client) -> None:
    data = {
        "contract": contract.pk,
        "proposed_by": "office",
        "title": "调整",
        "document": "补充协议",
        "proposed_on": "2025-01-06",
        "arrived_on": "2025-01-07",
        "effective_from": "2025-03-01",
    }
    figures = rows("changes", [{"key": "headcount", "value": "五十"}])
    assert add(client, "amendment", data | figures).status_code == 200
    figures = rows("changes", [{"key": "headcount", "value": "50"}])
    assert add(client, "amendment", data | figures).status_code == 302
    amendment = Amendment.objects.get()
    [row] = amendment.changes.all()
    kept = rows("changes", [{"id": row.pk, "amendment": amendment.pk, "key": "headcount", "value": "50"}], initial=1)
    agreed = data | kept | {"office_agreed_on": "2025-01-08", "vendor_agreed_on": "2025-03-02"}
    assert "effective_from" in errors(change(client, amendment, agreed))
    assert not Term.objects.filter(amendment=amendment).exists()
    agreed["vendor_agreed_on"] = "2025-01-20"
    assert change(client, amendment, agreed).status_code == 302
    assert Term.objects.get(amendment=amendment).typed == 50
    page = change(client, amendment, agreed | {"effective_from": "2025-04-01"})
    assert "effective_from" in errors(page)


@pytest.mark.parametrize(("effective", "refused"), [("2024-10-01", False), ("2024-10-02", True)])
def test_a_figure_of_a_later_day_comes_from_an_amendment_or_an_order(
    contract: Contract, client: Client, effective: str, refused: bool
) -> None:
    contract.term_rows.filter(key="headcount").delete()
    data = {"contract": contract.pk, "key": "headcount", "value": "46", "effective_from": effective, "note": ""}
    page = add(client, "term", data)
    if refused:
        assert set(errors(page)) == {"effective_from"}
    else:
        assert page.status_code == 302


def test_an_order_that_arrived_changes_the_headcount(contract: Contract, client: Client) -> None:
    data = {
        "contract": contract.pk,
        "document": "办函〔2025〕7号",
        "headcount": 50,
        "effective_from": "2025-03-17",
        "issued_on": "2025-03-03",
        "arrived_on": "2025-03-18",
    }
    assert "arrived_on" in errors(add(client, "headcountorder", data))
    assert not HeadcountOrder.objects.exists()
    assert add(client, "headcountorder", data | {"arrived_on": "2025-03-04"}).status_code == 302
    assert Term.objects.get(headcount_order=HeadcountOrder.objects.get()).typed == 50


def test_remarks_are_kept_on_the_page_of_their_inspection(contract: Contract, client: Client) -> None:
    data = {"contract": contract.pk, "inspected_on": "2025-03-04", "summary": "抽查", "arrived_on": "2025-03-05"}
    early = rows("remarks", [{"number": 1, "text": "补齐台账", "due_on": "2025-03-05"}])
    page = add(client, "inspection", data | early)
    assert page.status_code == 200 and not Inspection.objects.exists()
    has(page, "2025-03-05")
    right = rows("remarks", [{"number": 1, "text": "补齐台账", "due_on": "2025-03-14"}])
    assert add(client, "inspection", data | right).status_code == 302
    assert Inspection.objects.get().remarks.get().due_on == day("2025-03-14")


def test_a_number_given_twice_is_named_as_the_page_names_it(contract: Contract, client: Client) -> None:
    remark = {"number": 1, "text": "整改", "due_on": "2025-03-14"}
    data = {"contract": contract.pk, "inspected_on": "2025-03-01", "summary": "检查"}
    page = add(client, "inspection", data | rows("remarks", [remark, remark]))
    message = page.context["inline_admin_formsets"][0].formset.non_form_errors()[0]
    assert message == "请修改序号的重复数据"
    assert not Inspection.objects.exists()


def test_a_scheme_a_sheet_and_a_decision(contract: Contract, client: Client) -> None:
    data = {"contract": contract.pk, "title": "年度考核", "pass_mark": "80"}
    sixty = {"title": "接通质量", "weight": "60"}
    both = {"office_confirmed_on": "2025-05-06", "vendor_confirmed_on": "2025-05-08"}
    page = add(client, "assessmentscheme", data | both | rows("criteria", [sixty]))
    assert "60" in str(errors(page)) and not AssessmentScheme.objects.exists()
    forty = {"title": "人员稳定", "weight": "40"}
    page = add(client, "assessmentscheme", data | both | rows("criteria", [sixty, forty]))
    assert page.status_code == 302
    scheme = AssessmentScheme.objects.get()
    sheet = {"contract": contract.pk, "scheme": scheme.pk, "assessed_on": "2025-07-10"}
    assert add(client, "renewalassessment", sheet).status_code == 302
    assessment = RenewalAssessment.objects.get()
    page = client.get(reverse("admin:contract_renewalassessment_change", args=[assessment.pk]))
    has(page, "接通质量", "人员稳定")
    first, second = scheme.criteria.order_by("pk")
    points = rows("scores", [{"criterion": first.pk, "points": "90"}, {"criterion": second.pk, "points": "70"}])
    decision = {"decision": "renew", "decided_on": "2025-07-20", "document": "办函"}
    page = change(client, assessment, sheet | points | decision)
    assert page.status_code == 302, errors(page)
    assessment.refresh_from_db()
    assert str(assessment.result) == "82.00" and assessment.decision == "renew"


def test_an_excuse_is_proposed_for_a_finding_and_approved_by_a_colleague(
    contract: Contract, clerk: User, client: Client
) -> None:
    misconduct = records.enter(
        Misconduct(
            contract=contract,
            title="离岗",
            description="离岗",
            found_on=day("2025-03-03"),
            arrived_on=day("2025-03-04"),
        )
    )
    finding = make_assessment(
        contract,
        check_id="contract.misconduct_correction",
        subject_name="离岗",
        subject_label="contract.Misconduct",
        subject_pk=misconduct.pk,
    )
    foreign = make_assessment(make_contract())
    data = {
        "finding": finding.pk,
        "cause": "waiver",
        "from_on": "2025-03-10",
        "to_on": "2025-03-20",
        "document": "书面豁免",
        "reason": "双方同意",
    }
    assert "finding" in errors(add(client, "excuse", data | {"finding": foreign.pk}))
    assert add(client, "excuse", data).status_code == 302
    excuse = Excuse.objects.get()
    assert (excuse.subject_pk, excuse.proposed_by, excuse.approved_by) == (misconduct.pk, clerk, None)
    action = {"action": "approve", "_selected_action": [excuse.pk]}
    listing = reverse("admin:contract_excuse_changelist")
    client.post(listing, action)
    excuse.refresh_from_db()
    assert excuse.approved_by is None
    colleague = office_user(contract)
    page = reverse("admin:contract_excuse_change", args=[excuse.pk])
    button = 'name="_approve"'
    assert button not in client.get(page).content.decode()
    assert button in signed_in(colleague).get(page).content.decode()
    signed_in(colleague).post(page, {"_approve": "1"})
    excuse.refresh_from_db()
    assert excuse.approved_by == colleague and excuse.approved_on is not None


@pytest.fixture
def excuse(contract: Contract, clerk: User) -> Excuse:
    """Proposed by the clerk, not approved yet."""
    return excuses.propose(
        excuse=Excuse(
            contract=contract,
            cause="waiver",
            check_id="contract.term_end",
            subject_label="contract.Contract",
            subject_pk=contract.pk,
            document="书面豁免",
            reason="双方同意",
            from_on=day("2025-01-25"),
            to_on=day("2025-01-31"),
        ),
        actor=clerk,
    )


def page_of(excuse: Excuse) -> str:
    return reverse("admin:contract_excuse_change", args=[excuse.pk])


REVOKE = 'name="_revoke"'


def test_an_approved_excuse_is_revoked_by_the_button_once(
    contract: Contract, client: Client, clerk: User, excuse: Excuse
) -> None:
    excuses.approve(excuse=excuse, actor=office_user(contract), on=day("2025-02-01"))
    has(client.get(page_of(excuse)), REVOKE)
    said = client.post(page_of(excuse), {"_revoke": "1"}, follow=True).context["messages"]
    assert [message.level_tag for message in said] == ["success"]
    excuse.refresh_from_db()
    assert excuse.revoked_on == clock.today()
    assert excuse.history.latest().history_user == clerk
    Excuse.objects.update(revoked_on=day("2025-02-03"))
    again = client.post(page_of(excuse), {"_revoke": "1"}, follow=True)
    assert [message.level_tag for message in again.context["messages"]] == ["error"]
    has(again, "2025-02-03")
    lacks(again, [REVOKE])
    excuse.refresh_from_db()
    assert excuse.revoked_on == day("2025-02-03")


def test_an_excuse_that_nobody_approved_has_nothing_to_revoke(client: Client, excuse: Excuse) -> None:
    lacks(client.get(page_of(excuse)), [REVOKE])
    said = client.post(page_of(excuse), {"_revoke": "1"}, follow=True).context["messages"]
    assert [message.level_tag for message in said] == ["error"]
    excuse.refresh_from_db()
    assert excuse.revoked_on is None


def test_nobody_without_the_right_to_change_revokes(contract: Contract, excuse: Excuse) -> None:
    excuses.approve(excuse=excuse, actor=office_user(contract), on=day("2025-02-01"))
    reader = make_user(party=contract.office, is_staff=True, permissions=["contract.view_excuse"])
    lacks(signed_in(reader).get(page_of(excuse)), [REVOKE])
    assert signed_in(reader).post(page_of(excuse), {"_revoke": "1"}).status_code == 403
    foreign = office_user(make_contract())
    assert signed_in(foreign).post(page_of(excuse), {"_revoke": "1"}).status_code == 302
    excuse.refresh_from_db()
    assert excuse.revoked_on is None


def test_the_day_of_revocation_is_no_field_to_fill_in(contract: Contract, client: Client, excuse: Excuse) -> None:
    excuses.approve(excuse=excuse, actor=office_user(contract), on=day("2025-02-01"))
    data = {
        "cause": "waiver",
        "from_on": "2025-01-25",
        "to_on": "2025-01-31",
        "document": "书面豁免",
        "reason": "双方已同意",
        "revoked_on": "2025-01-01",
    }
    page = change(client, excuse, data)
    assert page.status_code == 302, errors(page)
    excuse.refresh_from_db()
    assert (excuse.reason, excuse.revoked_on) == ("双方已同意", None)


@pytest.mark.parametrize("model", MODELS)
def test_nothing_of_another_office_is_seen_and_nothing_is_deleted(model: str, client: Client) -> None:
    foreign = full_contract()
    page = client.get(reverse(f"admin:contract_{model}_changelist"))
    assert page.status_code == 200
    assert page.context["cl"].result_count == 0
    from django.apps import apps

    row = apps.get_model("contract", model)._default_manager.first()
    if row is not None:
        assert client.get(reverse(f"admin:contract_{model}_change", args=[row.pk])).status_code == 302
        assert client.get(reverse(f"admin:contract_{model}_delete", args=[row.pk])).status_code in (302, 403)
    assert foreign.pk


@pytest.mark.parametrize("model", MODELS)
def test_a_list_costs_the_same_for_many_rows(model: str, django_assert_max_num_queries: Any) -> None:
    contract = full_contract()
    client = signed_in(office_user(contract))
    for _ in range(3):
        full_contract(office=contract.office)
    client.get(reverse("admin:contract_party_changelist"))
    with django_assert_max_num_queries(11):
        assert client.get(reverse(f"admin:contract_{model}_changelist")).status_code == 200


@time_machine.travel("2024-11-15T02:00:00Z", tick=False)
def test_a_form_begins_with_the_contract_that_is_in_force() -> None:
    now, office = full_contract(), make_user("chooser", is_staff=True, is_superuser=True)
    url = reverse("admin:contract_consent_add")

    def chosen() -> Any:
        return signed_in(office).get(url).context["adminform"].form.initial.get("contract")

    assert chosen() == now.pk
    make_contract(number="OLD", starts_on=day("2020-01-01"), ends_on=day("2020-12-31"))
    assert chosen() == now.pk
    make_contract(number="BESIDE", starts_on=now.starts_on, ends_on=now.ends_on)
    assert chosen() is None
