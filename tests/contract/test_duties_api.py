"""The vendor's side of the contract's own duties over the API."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from rest_framework.test import APIClient

from contract.choices import PartySide
from contract.duties.models import Amendment, AssessmentScheme, Consent, ForceMajeureEvent, InspectionRemark
from contract.duties.services import service
from contract.models import Contract, Term
from contract.roles import STAFF, VENDOR
from tests.api import V1, client_of, ok, problem
from tests.contract.duties import day, make_duties
from tests.factories import make_contract, make_roles, make_user

pytestmark = pytest.mark.django_db
TODAY = "2024-11-15"


@pytest.fixture(autouse=True)
def today(settings: Any) -> None:
    settings.DEMONSTRATION_DAY = TODAY


@pytest.fixture
def rows(contract: Contract) -> dict[str, Any]:
    return make_duties(contract)


def member(contract: Contract, role: str) -> User:
    make_roles()
    user = make_user(party=contract.vendor if role == VENDOR else contract.office)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def vendor(contract: Contract) -> APIClient:
    return client_of(member(contract, VENDOR))


@pytest.fixture
def office(contract: Contract) -> APIClient:
    return client_of(member(contract, STAFF))


def step(client: APIClient, row: Any, name: str, path: str, **data: Any) -> Any:
    return client.post(f"{V1}/{path}/{row.pk}/{name}", data, format="json")


def test_a_consent_is_asked_for_today_and_taken_back_by_who_asked(
    contract: Contract, vendor: APIClient, office: APIClient
) -> None:
    data = {"contract": contract.pk, "kind": "disclosure", "subject": "示例审计所", "purpose": "审计"}
    sent = ok(vendor.post(f"{V1}/consents", data, format="json"), 201)
    assert (sent["requested_on"], sent["arrived_on"], sent["decision"]) == (TODAY, TODAY, "")
    consent = Consent.objects.get()
    problem(step(office, consent, "withdraw", "consents", reason="误报"), 403)
    assert ok(step(vendor, consent, "withdraw", "consents", reason="误报"))["withdrawn_on"] == TODAY
    problem(step(vendor, consent, "withdraw", "consents", reason="误报"), 409)
    assert ok(vendor.get(f"{V1}/consents?is_open=true"))["results"] == []


def test_a_request_cannot_answer_itself(contract: Contract, vendor: APIClient) -> None:
    data = {
        "contract": contract.pk,
        "kind": "staff_change",
        "subject": "甲",
        "purpose": "调岗",
        "decision": "granted",
        "document": "自批",
    }
    sent = ok(vendor.post(f"{V1}/consents", data, format="json"), 201)
    assert sent["decision"] == "" and sent["document"] == ""


def test_a_report_is_delivered_returned_and_delivered_again(vendor: APIClient, rows: dict[str, Any]) -> None:
    schedule = rows["report-schedules"]
    data = {"schedule": schedule.pk, "period_start": "2024-10-01", "title": "十月统计（补正）"}
    document = problem(vendor.post(f"{V1}/service-reports", data, format="json"), 409)
    assert "退回" in document["detail"]
    service.return_report(report=rows["service-reports"], on=day("2024-11-14"), reason="缺少数据")
    sent = ok(vendor.post(f"{V1}/service-reports", data, format="json"), 201)
    assert sent["delivered_on"] == TODAY and sent["contract"] == schedule.contract_id
    wrong = problem(vendor.post(f"{V1}/service-reports", data | {"period_start": "2024-10-02"}, format="json"), 400)
    assert wrong["errors"][0]["field"] == "period_start"
    assert "2024-11-01" in wrong["errors"][0]["message"]


def test_a_remark_is_answered_once(vendor: APIClient, rows: dict[str, Any]) -> None:
    remark = rows["inspection-remarks"]
    problem(step(vendor, remark, "answer", "inspection-remarks", answer=" "), 400)
    answered = ok(step(vendor, remark, "answer", "inspection-remarks", answer="已整改"))
    assert answered["answered_on"] == TODAY
    problem(step(vendor, remark, "answer", "inspection-remarks", answer="再答"), 409)
    assert InspectionRemark.objects.get().answer == "已整改"
    listed = ok(vendor.get(f"{V1}/inspections"))["results"][0]
    assert listed["remarks"][0]["answer"] == "已整改"


def test_misconduct_is_corrected(vendor: APIClient, rows: dict[str, Any]) -> None:
    row = rows["misconduct"]
    corrected = ok(step(vendor, row, "correct", "misconduct", correction="已批评教育"))
    assert corrected["corrected_on"] == TODAY
    problem(step(vendor, row, "correct", "misconduct", correction="再次"), 409)


def test_force_majeure_is_reported_proven_and_over(contract: Contract, vendor: APIClient, office: APIClient) -> None:
    data = {"contract": contract.pk, "title": "暴雪", "description": "停电", "occurred_on": "2024-11-14"}
    future = problem(
        vendor.post(f"{V1}/force-majeure-events", data | {"occurred_on": "2024-11-16"}, format="json"), 400
    )
    assert future["errors"][0]["field"] == "occurred_on"
    sent = ok(vendor.post(f"{V1}/force-majeure-events", data, format="json"), 201)
    assert (sent["reported_by"], sent["arrived_on"]) == ("vendor", TODAY)
    event = ForceMajeureEvent.objects.get()
    proof = {"proof_document": "气象证明", "proof_issuer": "市气象局"}
    problem(step(office, event, "prove", "force-majeure-events", **proof), 403)
    proven = ok(step(vendor, event, "prove", "force-majeure-events", **proof))
    assert proven["proof_arrived_on"] == TODAY
    early = step(vendor, event, "end", "force-majeure-events", ended_on="2024-11-13")
    assert problem(early, 400)["errors"][0]["field"] == "ended_on"
    over = step(vendor, event, "end", "force-majeure-events", ended_on="2024-11-15")
    assert ok(over)["ended_on"] == "2024-11-15"


def test_each_side_agrees_for_itself_to_what_it_has_read(
    contract: Contract, vendor: APIClient, office: APIClient, rows: dict[str, Any]
) -> None:
    amendment = rows["amendments"]
    read = ok(vendor.get(f"{V1}/amendments/{amendment.pk}"))
    assert read["changes"] == [{"key": "headcount", "value": "48"}]
    amendment.note = "改动"
    amendment.save()
    problem(step(vendor, amendment, "agree", "amendments", updated_at=read["updated_at"]), 409)
    read = ok(vendor.get(f"{V1}/amendments/{amendment.pk}"))
    agreed = ok(step(vendor, amendment, "agree", "amendments", updated_at=read["updated_at"]))
    assert (agreed["vendor_agreed_on"], agreed["office_agreed_on"]) == (TODAY, None)
    assert not Term.objects.filter(amendment=amendment).exists()
    again = step(vendor, amendment, "agree", "amendments", updated_at=agreed["updated_at"])
    problem(again, 409)
    done = step(office, amendment, "agree", "amendments", updated_at=agreed["updated_at"])
    assert ok(done)["office_agreed_on"] == TODAY
    assert Term.objects.get(amendment=amendment).typed == 48
    assert Amendment.objects.get().history.count() >= 3


def test_a_scheme_is_confirmed_by_the_side_that_reads_it(vendor: APIClient, rows: dict[str, Any]) -> None:
    scheme = rows["assessment-schemes"]
    AssessmentScheme.objects.filter(pk=scheme.pk).update(vendor_confirmed_on=None)
    read = ok(vendor.get(f"{V1}/assessment-schemes/{scheme.pk}"))
    assert read["criteria"][0]["weight"] == "100.00"
    confirmed = step(vendor, scheme, "confirm", "assessment-schemes", updated_at=read["updated_at"])
    assert ok(confirmed)["vendor_confirmed_on"] == TODAY
    scheme.refresh_from_db()
    assert scheme.is_confirmed


def test_somebody_of_neither_side_agrees_to_nothing(rows: dict[str, Any]) -> None:
    root = make_user(is_superuser=True)
    amendment = rows["amendments"]
    amendment.refresh_from_db()
    stamp = amendment.updated_at.isoformat()
    problem(step(client_of(root), amendment, "agree", "amendments", updated_at=stamp), 403)
    amendment.refresh_from_db()
    assert getattr(amendment, f"{PartySide.OFFICE.value}_agreed_on") is None


def test_records_of_another_contract_cannot_be_named(contract: Contract, vendor: APIClient) -> None:
    foreign = make_contract(check_ids=[])
    rows = make_duties(foreign)
    data = {"contract": foreign.pk, "kind": "staff_change", "subject": "甲", "purpose": "调岗"}
    assert problem(vendor.post(f"{V1}/consents", data, format="json"), 400)
    report = {"schedule": rows["report-schedules"].pk, "period_start": "2024-11-01", "title": "x"}
    assert problem(vendor.post(f"{V1}/service-reports", report, format="json"), 400)
    problem(step(vendor, rows["misconduct"], "correct", "misconduct", correction="x"), 404)


@pytest.mark.parametrize(
    "path",
    [
        "amendments",
        "inspections",
        "renewal-assessments",
        "assessment-schemes",
        "service-reports",
        "consents",
        "inspection-remarks",
    ],
)
def test_a_list_costs_the_same_for_many_rows(
    path: str, contract: Contract, vendor: APIClient, django_assert_max_num_queries: Any
) -> None:
    make_duties(contract)
    for _ in range(2):
        make_duties(make_contract(check_ids=[], vendor=contract.vendor))
    with django_assert_max_num_queries(9):
        assert len(ok(vendor.get(f"{V1}/{path}"))["results"]) >= 3


def patch(client: APIClient, row: Any, path: str, **data: Any) -> Any:
    return client.patch(f"{V1}/{path}/{row.pk}", data, format="json")


def test_a_report_is_corrected_until_the_office_has_answered(
    vendor: APIClient, office: APIClient, rows: dict[str, Any]
) -> None:
    report = rows["service-reports"]
    sent = ok(patch(vendor, report, "service-reports", title="十月统计", document="YB-10"))
    assert (sent["title"], sent["document"]) == ("十月统计", "YB-10")
    assert sent["delivered_on"] == report.delivered_on.isoformat()
    problem(patch(vendor, report, "service-reports", delivered_on="2024-10-01"), 400)
    problem(patch(vendor, report, "service-reports", title=""), 400)
    problem(patch(office, report, "service-reports", title="x"), 403)
    service.accept_report(report=report, on=day("2024-11-14"))
    problem(patch(vendor, report, "service-reports", title="x"), 409)


def test_an_answer_is_corrected_until_the_second_look_and_keeps_its_day(
    vendor: APIClient, office: APIClient, rows: dict[str, Any], settings: Any
) -> None:
    remark = rows["inspection-remarks"]
    problem(patch(vendor, remark, "inspection-remarks", answer="已整改"), 409)
    ok(step(vendor, remark, "answer", "inspection-remarks", answer="已整改"))
    settings.DEMONSTRATION_DAY = "2024-11-16"
    sent = ok(patch(vendor, remark, "inspection-remarks", answer="已整改并培训"))
    assert (sent["answer"], sent["answered_on"]) == ("已整改并培训", TODAY)
    problem(patch(office, remark, "inspection-remarks", answer="x"), 403)
    remark.refresh_from_db()
    service.look_again(remark=remark, settled=True, on=day("2024-11-16"))
    problem(patch(vendor, remark, "inspection-remarks", answer="x"), 409)


def test_a_correction_of_misconduct_is_reworded_and_keeps_its_day(vendor: APIClient, rows: dict[str, Any]) -> None:
    row = rows["misconduct"]
    problem(patch(vendor, row, "misconduct", correction="x"), 409)
    ok(step(vendor, row, "correct", "misconduct", correction="已批评教育"))
    sent = ok(patch(vendor, row, "misconduct", correction="已批评教育并调岗"))
    assert (sent["correction"], sent["corrected_on"]) == ("已批评教育并调岗", TODAY)


def test_an_event_is_corrected_and_taken_back_by_the_side_that_reported_it(
    vendor: APIClient, office: APIClient, rows: dict[str, Any]
) -> None:
    event = rows["force-majeure-events"]
    sent = ok(patch(vendor, event, "force-majeure-events", description="停电两日"))
    assert (sent["description"], sent["occurred_on"]) == ("停电两日", "2024-10-06")
    problem(patch(vendor, event, "force-majeure-events", occurred_on="2024-10-07"), 400)
    problem(patch(office, event, "force-majeure-events", description="x"), 403)
    problem(step(vendor, event, "withdraw", "force-majeure-events"), 400)
    taken = ok(step(vendor, event, "withdraw", "force-majeure-events", reason="误报"))
    assert taken["withdrawn_on"] == TODAY
    assert event.history.first().history_change_reason == "误报"
    problem(step(vendor, event, "withdraw", "force-majeure-events", reason="误报"), 409)
    problem(patch(vendor, event, "force-majeure-events", description="x"), 409)


def test_the_vendor_proposes_an_amendment_and_takes_it_back(
    contract: Contract, vendor: APIClient, office: APIClient
) -> None:
    data = {
        "contract": contract.pk,
        "title": "补充协议",
        "document": "乙方函1号",
        "effective_from": "2025-01-15",
        "changes": [{"key": "replacement_days", "value": "5"}],
    }
    sent = ok(vendor.post(f"{V1}/amendments", data, format="json"), 201)
    assert (sent["proposed_by"], sent["proposed_on"], sent["arrived_on"]) == ("vendor", TODAY, TODAY)
    assert sent["changes"] == [{"key": "replacement_days", "value": "5"}]
    amendment = Amendment.objects.get()
    version = {"updated_at": sent["updated_at"]}
    problem(step(office, amendment, "withdraw", "amendments", **version), 403)
    problem(step(vendor, amendment, "withdraw", "amendments", updated_at="2024-01-01T00:00Z"), 409)
    assert ok(step(vendor, amendment, "withdraw", "amendments", **version))["withdrawn_on"] == TODAY
    for wrong in (
        {"changes": [{"key": "replacement_days", "value": "three"}]},
        {"changes": [{"key": "moon", "value": "5"}]},
        {"changes": data["changes"] * 2},
        {"effective_from": "2030-01-01"},
        {"proposed_by": "office"},
    ):
        problem(vendor.post(f"{V1}/amendments", data | wrong, format="json"), 400)
    assert not Term.objects.filter(contract=contract, amendment=amendment).exists()


def test_the_vendor_raises_a_dispute_and_reads_what_is_held_against_it(
    contract: Contract, vendor: APIClient, rows: dict[str, Any]
) -> None:
    data = {"contract": contract.pk, "title": "到位率口径", "description": "x", "clause_refs": "13.4"}
    sent = ok(vendor.post(f"{V1}/disputes", data, format="json"), 201)
    assert (sent["raised_by"], sent["raised_on"], sent["stage"]) == ("vendor", TODAY, "negotiation")
    [found] = ok(vendor.get(f"{V1}/subcontracting"))["results"]
    assert found["third_party"] == rows["subcontracting"].third_party
    foreign = make_contract(check_ids=[])
    problem(vendor.post(f"{V1}/disputes", data | {"contract": foreign.pk}, format="json"), 400)


@pytest.mark.parametrize("pk", ["", "x", 10**30])
def test_a_record_number_that_is_none_is_refused_in_chinese(contract: Contract, vendor: APIClient, pk: Any) -> None:
    body = {
        "contract": contract.pk,
        "kind": "third_party",
        "subject": "x",
        "subject_label": "staffing.assignment",
        "subject_pk": pk,
    }
    document = problem(vendor.post(f"{V1}/consents", body, format="json"), 400)
    (error,) = [error for error in document["errors"] if error["field"] == "subject_pk"]
    assert not error["message"].isascii()
