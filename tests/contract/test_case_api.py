"""The vendor's side of a case over the API: what is asked of it, its answer, more time."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile

from contract.choices import AlertStatus
from contract.models import Alert, Contract, Excuse, Response, TimeExtension
from contract.services import close, decide_extension, decide_review, propose_review, record_silence
from tests.api import V1, client_of, ok, problem
from tests.contract.admin_helpers import make_alert
from tests.contract.cases import DAY, answered, at, heard, hr, reviewer, told
from tests.factories import make_contract
from tests.papers import PDF, PNG

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _world(settings: Any, tmp_path: Any) -> None:
    settings.DEMONSTRATION_DAY = DAY.isoformat()
    settings.MEDIA_ROOT = tmp_path


def url(alert: Alert, step: str = "") -> str:
    return f"{V1}/alerts/{alert.pk}{'/' if step else ''}{step}"


def test_a_case_from_the_telling_to_the_end_as_the_vendor_sees_it(
    alert: Alert, office: User, vendor: User, settings: Any
) -> None:
    client = client_of(vendor)
    seen = ok(client.get(url(alert)))
    assert (seen["status"], seen["ball"]["holder"], seen["ball"]["step"]) == ("open", "handler", "notify")

    told(alert, office, document="催告〔2025〕1号")
    seen = ok(client.get(url(alert)))
    assert seen["notifications"][0]["document"] == "催告〔2025〕1号"
    assert seen["answer_due_on"] == "2025-03-10"
    assert seen["ball"] | {"rests": ""} == {
        "holder": "vendor",
        "step": "answer",
        "since": "2025-03-03",
        "nominal_due_on": "2025-03-10",
        "legal_due_on": "2025-03-10",
        "is_over": False,
        "rests": "",
    }
    assert "甲方" in seen["ball"]["rests"]

    more = {"until_on": "2025-03-14", "reason": "等待医院盖章"}
    asked = ok(client.post(url(alert, "extensions"), more, format="json"), 201)
    assert asked["is_granted"] is None
    assert ok(client.get(url(alert)))["ball"]["step"] == "extension"
    decide_extension(
        extension=TimeExtension.objects.get(), grant=True, reason="理由成立", actor=office, at=at(DAY), on=DAY
    )
    seen = ok(client.get(url(alert)))
    assert seen["extensions"][0]["decision_reason"] == "理由成立"
    assert seen["answer_due_on"] == "2025-03-14"

    settings.DEMONSTRATION_DAY = "2025-03-14"
    files = [SimpleUploadedFile("住院证明.pdf", PDF), SimpleUploadedFile("照片.png", PNG)]
    body = {"statement": "当事人住院，附证明。", "files": files}
    given = ok(client.post(url(alert, "responses"), body, format="multipart"), 201)
    assert given["is_late"] is False and len(given["files"]) == 2
    content = client.get(f"{V1}/response-files/{given['files'][0]['id']}")
    assert b"".join(content.streaming_content) == PDF
    assert ok(client.get(url(alert)))["ball"]["step"] == "propose"

    alert.refresh_from_db()
    review = propose_review(
        alert=alert, decision="confirm", reason="内部意见", actor=office, at=at(DAY), version=alert.version
    )
    seen = ok(client.get(url(alert)))
    assert seen["status"] == "proposed" and seen["decisions"] == []
    assert "内部意见" not in str(seen)
    decide_review(review=review, approve=True, actor=reviewer(alert.contract), at=at(DAY))
    seen = ok(client.get(url(alert)))
    assert [row["reason"] for row in seen["decisions"]] == ["内部意见"]
    close(alert=alert, reason="完毕", actor=office, at=at(DAY), on=DAY)
    seen = ok(client.get(url(alert)))
    assert (seen["status"], seen["ball"]["holder"]) == ("closed", "nobody")


def test_what_is_asked_stands_by_its_day(contract: Contract, alert: Alert, office: User, vendor: User) -> None:
    later = make_alert(contract, key="later", legal_due_on=date(2025, 4, 1))
    undated = make_alert(contract, key="undated", legal_due_on=None, nominal_due_on=None)
    make_alert(contract, key="own", owed_by="office")
    make_alert(contract, key="done", status="confirmed")
    make_alert(make_contract(check_ids=()), key="foreign")
    told(alert, office)  # answer by the 10th
    rows = ok(client_of(vendor).get(f"{V1}/alerts/asked"))["results"]
    assert [row["id"] for row in rows] == [alert.pk, later.pk, undated.pk]
    assert [row["ball"]["holder"] for row in rows] == ["vendor", "handler", "handler"]
    risk = make_alert(contract, key="risk", outcome="at_risk", legal_due_on=date(2025, 3, 4))
    mine = ok(client_of(vendor).get(f"{V1}/alerts/asked?turn=vendor"))["results"]
    assert [row["id"] for row in mine] == [risk.pk, alert.pk]
    theirs = ok(client_of(vendor).get(f"{V1}/alerts/asked?turn=office"))["results"]
    assert [row["id"] for row in theirs] == [later.pk, undated.pk]
    problem(client_of(vendor).get(f"{V1}/alerts/asked?turn=nobody"), 400)


def test_a_late_answer_says_so(alert: Alert, office: User, vendor: User, settings: Any) -> None:
    told(alert, office)
    settings.DEMONSTRATION_DAY = "2025-03-11"
    record_silence(as_of=date(2025, 3, 11), at=at(DAY))
    given = ok(client_of(vendor).post(url(alert, "responses"), {"statement": "补充说明"}), 201)
    assert given["is_late"] is True and given["due_on"] == "2025-03-10"


def test_the_same_answer_sent_twice_is_one(alert: Alert, office: User, vendor: User) -> None:
    told(alert, office)
    client = client_of(vendor)

    def send() -> Any:
        body = {"statement": "已补员", "files": [SimpleUploadedFile("a.pdf", PDF)]}
        return client.post(url(alert, "responses"), body, format="multipart", HTTP_IDEMPOTENCY_KEY="answer-1")

    first, again = send(), send()
    assert ok(first, 201) == ok(again, 201) and again["Idempotent-Replay"] == "true"
    assert Response.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "statement"),
        ({"statement": "  "}, "statement"),
        ({"statement": "字" * 4001}, "statement"),
        ({"statement": "x", "file": "y"}, "file"),
    ],
)
def test_a_bad_answer_names_its_field(alert: Alert, vendor: User, body: dict[str, Any], field: str) -> None:
    document = problem(client_of(vendor).post(url(alert, "responses"), body), 400)
    assert document["errors"][0]["field"] == field
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    "content", [b"MZ\x90 program", b"", b"%PDF-" + b"0" * (1024 * 1024)], ids=["kind", "empty", "size"]
)
def test_a_file_of_another_kind_or_size_is_refused_by_its_name(
    alert: Alert, vendor: User, settings: Any, content: bytes
) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    files = [SimpleUploadedFile("好.pdf", PDF), SimpleUploadedFile("坏.pdf", content)]
    body = {"statement": "附件", "files": files}
    answer = client_of(vendor).post(url(alert, "responses"), body, format="multipart")
    assert answer.status_code in (400, 413), answer.content
    assert not Response.objects.exists()


def test_eleven_files_are_too_many(alert: Alert, vendor: User) -> None:
    files = [SimpleUploadedFile(f"{n}.pdf", PDF) for n in range(11)]
    body = {"statement": "附件", "files": files}
    problem(client_of(vendor).post(url(alert, "responses"), body, format="multipart"), 400)
    assert not Response.objects.exists()


def test_the_states_refuse_what_is_out_of_turn(alert: Alert, vendor: User, office: User) -> None:
    client = client_of(vendor)
    more = {"until_on": "2025-03-14", "reason": "x"}
    problem(client.post(url(alert, "extensions"), more, format="json"), 409)  # not told yet
    told(alert, office)
    answered(alert, vendor)
    problem(client.post(url(alert, "extensions"), more, format="json"), 409)  # answered already
    Alert.objects.filter(pk=alert.pk).update(status=AlertStatus.CLOSED)
    problem(client.post(url(alert, "responses"), {"statement": "x"}), 409)


def test_another_vendor_finds_nothing(alert: Alert, office: User, vendor: User) -> None:
    heard(alert, office, vendor)
    file = answered(alert, vendor, files=[SimpleUploadedFile("a.pdf", PDF)]).files.get()
    stranger = client_of(hr(make_contract(check_ids=())))
    problem(stranger.get(url(alert)), 404)
    problem(stranger.post(url(alert, "responses"), {"statement": "x"}), 404)
    problem(stranger.get(f"{V1}/response-files/{file.pk}"), 404)


def test_an_alert_about_the_offices_duty_is_not_the_vendors_to_answer(contract: Contract, vendor: User) -> None:
    own = make_alert(contract, key="own", owed_by="office")
    problem(client_of(vendor).post(url(own, "responses"), {"statement": "x"}), 404)


def test_the_office_does_not_speak_for_the_vendor_here(alert: Alert, office: User) -> None:
    problem(client_of(office).post(url(alert, "responses"), {"statement": "x"}), 403)


@pytest.mark.parametrize("rows", [1, 8])
def test_the_lists_ask_as_much_for_eight_alerts_as_for_one(
    contract: Contract, vendor: User, rows: int, django_assert_max_num_queries: Any
) -> None:
    for n in range(rows):
        make_alert(contract, key=str(n))
    client = client_of(vendor)
    for path in ("alerts", "alerts/asked"):
        with django_assert_max_num_queries(16):
            assert len(ok(client.get(f"{V1}/{path}"))["results"]) == rows


def test_the_excuse_stands_beside_the_finding(contract: Contract, alert: Alert, office: User, vendor: User) -> None:
    found = alert.assessment
    Excuse.objects.create(
        contract=contract,
        cause="waiver",
        check_id=found.check_id,
        subject_label=found.subject_label,
        subject_pk=found.subject_pk,
        from_on=DAY,
        to_on=DAY,
        document="豁免〔2025〕9号",
        reason="双方协商",
        proposed_by=office,
    )
    seen = ok(client_of(vendor).get(url(alert)))
    assert seen["outcome"] == "not_met"
    assert [(row["document"], row["approved_on"]) for row in seen["excuses"]] == [("豁免〔2025〕9号", None)]


@pytest.mark.parametrize(("outcome", "words"), [("at_risk", "并非违约"), ("not_met", "未经两人复核")])
def test_it_says_what_the_finding_is_not(contract: Contract, vendor: User, outcome: str, words: str) -> None:
    alert = make_alert(contract, outcome=outcome)
    assert words in ok(client_of(vendor).get(url(alert)))["caution"]
