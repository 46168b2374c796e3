"""The vendor's side: what it may write and read, and that nobody else's rows exist for it."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from confidentiality.models import Disclosure, Incident, IncidentPerson, Offboarding, Undertaking
from contract import records
from staffing.services import assignments
from tests.api import V1, client_of, ok, problem
from tests.confidentiality.factories import make_assignment, make_operator
from tests.confidentiality.test_disclosure import make_consent
from tests.factories import make_contract, make_user
from tests.papers import PDF, PNG

pytestmark = pytest.mark.django_db
TODAY = date(2025, 3, 20)
MODELS = ("undertaking", "offboarding", "disclosure", "incident", "incidentperson")
ALL = [f"confidentiality.{verb}_{model}" for model in MODELS for verb in ("view", "add", "change")]


@pytest.fixture(autouse=True)
def moment(settings):
    settings.DEMONSTRATION_DAY = ""
    with time_machine.travel("2025-03-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def contract():
    return make_contract()


@pytest.fixture
def operator(contract):
    return make_assignment(contract).operator


@pytest.fixture
def client(contract):
    return client_of(make_user(party=contract.vendor, permissions=ALL), language="en")


@pytest.fixture
def stranger():
    other = make_contract()
    return client_of(make_user(party=other.vendor, permissions=ALL), language="en")


class TestUndertakings:
    URL = f"{V1}/undertakings"

    def body(self, contract, operator, **fields: Any) -> dict[str, Any]:
        return {
            "contract": contract.pk,
            "employee_number": operator.employee_number,
            "signed_on": "2024-09-29",
            "document_number": "保-1",
            **fields,
        }

    def test_the_vendor_records_and_reads_them(self, client, contract, operator) -> None:
        made = ok(client.post(self.URL, self.body(contract, operator), format="json"), 201)
        assert made["operator"] == operator.pk
        assert made["has_copy"] is False
        listed = ok(client.get(self.URL, {"employee_number": operator.employee_number}))
        assert [row["id"] for row in listed["results"]] == [made["id"]]

    def test_a_second_one_is_refused_in_words(self, client, contract, operator) -> None:
        ok(client.post(self.URL, self.body(contract, operator), format="json"), 201)
        document = problem(client.post(self.URL, self.body(contract, operator), format="json"), 409)
        assert "stands already" in document["detail"]

    def test_the_same_key_records_once(self, client, contract, operator) -> None:
        for _ in range(2):
            ok(client.post(self.URL, self.body(contract, operator), format="json", HTTP_IDEMPOTENCY_KEY="u-1"), 201)
        assert Undertaking.objects.count() == 1

    def test_it_is_corrected_and_withdrawn_but_never_deleted(self, client, contract, operator) -> None:
        url = f"{self.URL}/" + str(ok(client.post(self.URL, self.body(contract, operator), format="json"), 201)["id"])
        ok(client.patch(url, {"signed_on": "2024-09-28"}, format="json"))
        problem(client.put(url, self.body(contract, operator), format="json"), 405)
        problem(client.delete(url), 405)
        other = make_operator(contract.vendor)
        problem(client.patch(url, {"operator": other.pk}, format="json"), 400)
        ok(client.post(f"{url}/withdraw", {"reason": "签名页缺失"}, format="json"))
        row = Undertaking.objects.get()
        assert (row.signed_on, row.withdrawn_on) == (date(2024, 9, 28), TODAY)

    def test_a_day_in_the_future_names_the_field(self, client, contract, operator) -> None:
        body = self.body(contract, operator, signed_on="2025-03-21")
        (error,) = problem(client.post(self.URL, body, format="json"), 400)["errors"]
        assert error["field"] == "signed_on"

    def test_a_stranger_sees_and_writes_nothing(self, client, stranger, contract, operator) -> None:
        made = ok(client.post(self.URL, self.body(contract, operator), format="json"), 201)
        assert ok(stranger.get(self.URL))["count"] == 0
        url = f"{self.URL}/{made['id']}"
        problem(stranger.get(url), 404)
        problem(stranger.get(f"{url}/copy"), 404)
        problem(stranger.post(f"{url}/withdraw", {"reason": "x"}, format="json"), 404)
        problem(stranger.post(self.URL, self.body(contract, operator), format="json"), 400)
        problem(stranger.put(f"{V1}/contracts/{contract.pk}/undertakings", {}, format="json"), 404)

    @pytest.mark.parametrize("verb", ["view", "add", "change"])
    def test_each_verb_needs_its_permission(self, contract, operator, verb) -> None:
        row = records.enter(Undertaking(contract=contract, operator=operator, signed_on=date(2024, 9, 1)), today=TODAY)
        some = [permission for permission in ALL if f".{verb}_" not in permission]
        client = client_of(make_user(party=contract.vendor, permissions=some))
        url = f"{self.URL}/{row.pk}"
        if verb == "view":
            problem(client.get(url), 403)
            problem(client.get(f"{url}/copy"), 403)
        elif verb == "add":
            problem(client.post(self.URL, self.body(contract, operator), format="json"), 403)
        else:
            problem(client.patch(url, {"signed_on": "2024-09-28"}, format="json"), 403)
            problem(client.post(f"{url}/withdraw", {"reason": "x"}, format="json"), 403)
            problem(client.put(f"{url}/copy", {}, format="multipart"), 403)

    def test_the_list_costs_as_many_queries_for_many_rows(self, client, contract) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                ok(client.get(self.URL))
            return len(captured)

        def add(count: int) -> None:
            for _ in range(count):
                operator = make_assignment(contract).operator
                records.enter(
                    Undertaking(contract=contract, operator=operator, signed_on=date(2024, 9, 1)), today=TODAY
                )

        add(1)
        few = queries()
        add(4)
        assert queries() == few


class TestAListOfUndertakings:
    def send(self, client, contract, rows: list[dict[str, Any]]):
        url = f"{V1}/contracts/{contract.pk}/undertakings"
        return client.put(url, {"rows": rows}, format="json")

    def rows(self, contract, count: int = 3) -> list[dict[str, Any]]:
        people = [make_assignment(contract).operator for _ in range(count)]
        return [{"operator": person.pk, "signed_on": "2024-09-29"} for person in people]

    def test_a_whole_team_is_taken_in_and_the_second_time_nothing_changes(self, client, contract) -> None:
        rows = self.rows(contract)
        assert ok(self.send(client, contract, rows)) == {"created": 3, "changed": 0, "unchanged": 0}
        rows[1]["document_number"] = "保-2"
        assert ok(self.send(client, contract, rows)) == {"created": 0, "changed": 1, "unchanged": 2}
        assert Undertaking.history.count() == 4

    def test_people_are_named_by_number_and_what_is_not_mentioned_stays(self, client, contract) -> None:
        people = [make_assignment(contract).operator for _ in range(2)]
        rows = [{"employee_number": one.employee_number.lower(), "signed_on": "2024-09-29"} for one in people]
        rows[0]["document_number"] = "保-7"
        assert ok(self.send(client, contract, rows))["created"] == 2
        del rows[0]["document_number"]
        assert ok(self.send(client, contract, rows)) == {"created": 0, "changed": 0, "unchanged": 2}
        assert Undertaking.objects.get(operator=people[0]).document_number == "保-7"
        rows[0]["document_number"] = ""  # mentioned, and emptied
        assert ok(self.send(client, contract, rows))["changed"] == 1
        assert Undertaking.objects.get(operator=people[0]).document_number == ""
        rows[1]["employee_number"] = "nobody"
        problem(self.send(client, contract, rows), 400)

    def test_one_bad_row_is_named_and_nothing_is_written(self, client, contract) -> None:
        rows = self.rows(contract)
        rows[2]["signed_on"] = "2025-12-31"
        (error,) = problem(self.send(client, contract, rows), 400)["errors"]
        assert (error["index"], error["field"]) == (2, "signed_on")
        assert not Undertaking.objects.exists()

    def test_a_person_twice_is_named_in_both_rows(self, client, contract) -> None:
        rows = self.rows(contract, 1) * 2
        errors = problem(self.send(client, contract, rows), 400)["errors"]
        assert {error["index"] for error in errors} >= {0, 1}
        assert not Undertaking.objects.exists()

    @pytest.mark.parametrize(
        "row",
        [
            {},
            {"operator": 10**30, "signed_on": "2024-09-29"},
            {"operator": "x", "signed_on": "2024-09-29"},
            {"employee_number": "nobody", "signed_on": "2024-09-29"},
            {"signed_on": "2024-09-29"},
            {"signed_on": "2024-02-30"},
            {"sign": "2024-09-29"},
            [],
            None,
            "row",
        ],
    )
    def test_a_row_of_any_other_shape_is_an_error(self, client, contract, row) -> None:
        errors = problem(self.send(client, contract, [row]), 400)["errors"]
        assert all(error["index"] == 0 for error in errors)


class TestTheScan:
    @pytest.fixture(autouse=True)
    def folder(self, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path

    @pytest.fixture
    def url(self, contract, operator) -> str:
        row = records.enter(Undertaking(contract=contract, operator=operator, signed_on=date(2024, 9, 1)), today=TODAY)
        return f"{V1}/undertakings/{row.pk}/copy"

    def put(self, client, url: str, content: bytes, name: str = "scan.pdf"):
        return client.put(url, {"file": SimpleUploadedFile(name, content)}, format="multipart")

    def test_it_comes_back_as_it_went_in(self, client, url) -> None:
        problem(client.get(url), 404)
        assert ok(self.put(client, url, PDF))["has_copy"] is True
        answer = client.get(url)
        assert b"".join(answer.streaming_content) == PDF
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("attachment")

    def test_it_is_replaced_and_the_history_knows_both(self, client, url) -> None:
        ok(self.put(client, url, PDF))
        ok(self.put(client, url, PNG))
        assert client.get(url)["Content-Type"] == "image/png"
        assert len(set(Undertaking.history.values_list("copy", flat=True))) == 3

    def test_another_kind_of_file_is_refused(self, client, url) -> None:
        (error,) = problem(self.put(client, url, b"<script>", "scan.pdf"), 400)["errors"]
        assert error["field"] == "copy"

    def test_a_form_without_a_file_is_refused(self, client, url) -> None:
        problem(client.put(url, {}, format="multipart"), 400)


class TestOffboardings:
    URL = f"{V1}/offboardings"

    def test_the_vendor_adds_step_after_step(self, client, contract) -> None:
        assignment = make_assignment(contract)
        assignments.correct(assignment, ends_on=date(2025, 3, 4), end_reason="resignation")
        made = ok(
            client.post(self.URL, {"assignment": assignment.pk, "materials_on": "2025-03-05"}, format="json"), 201
        )
        assert made["contract"] == contract.pk
        ok(client.patch(f"{self.URL}/{made['id']}", {"accounts_on": "2025-03-04"}, format="json"))
        row = Offboarding.objects.get()
        assert (row.materials_on, row.accounts_on) == (date(2025, 3, 5), date(2025, 3, 4))

    def test_a_strangers_assignment_does_not_exist(self, stranger, contract) -> None:
        body = {"assignment": make_assignment(contract).pk}
        (error,) = problem(stranger.post(self.URL, body, format="json"), 400)["errors"]
        assert (error["field"], error["code"]) == ("assignment", "does_not_exist")


class TestDisclosures:
    URL = f"{V1}/disclosures"

    def test_one_is_recorded_with_its_consent(self, client, contract) -> None:
        consent = make_consent(contract)
        body = {
            "contract": contract.pk,
            "recipient": "某研究院",
            "content": "月度话务统计",
            "disclosed_on": "2025-03-10",
            "consent": consent.pk,
        }
        made = ok(client.post(self.URL, body, format="json"), 201)
        assert Disclosure.objects.get(pk=made["id"]).consent == consent

    def test_what_was_reported_is_not_taken_back_or_redated(self, client, contract) -> None:
        body = {
            "contract": contract.pk,
            "recipient": "某研究院",
            "content": "月度话务统计",
            "disclosed_on": "2025-03-09",
        }
        url = f"{self.URL}/{ok(client.post(self.URL, body, format='json'), 201)['id']}"
        ok(client.patch(url, {"consent": make_consent(contract).pk}, format="json"))
        problem(client.patch(url, {"disclosed_on": "2025-03-10"}, format="json"), 400)
        problem(client.patch(url, {"recipient": "另一方"}, format="json"), 400)
        problem(client.post(f"{url}/withdraw", {"reason": "x"}, format="json"), 404)

    def test_only_consents_to_disclosures_are_offered(self, client, contract) -> None:
        consent = make_consent(contract, kind="staff_change")
        body = {
            "contract": contract.pk,
            "recipient": "某",
            "content": "某",
            "consent": consent.pk,
            "disclosed_on": "2025-03-10",
        }
        (error,) = problem(client.post(self.URL, body, format="json"), 400)["errors"]
        assert error["field"] == "consent"


class TestIncidents:
    URL = f"{V1}/incidents"

    def body(self, contract, **fields: Any) -> dict[str, Any]:
        return {
            "contract": contract.pk,
            "title": "工单外传",
            "description": "截图出现在群聊中",
            "found_at": "2025-03-20T11:00:00+08:00",
            **fields,
        }

    def test_the_report_itself_tells_the_office(self, client, contract) -> None:
        made = ok(client.post(self.URL, self.body(contract), format="json"), 201)
        row = Incident.objects.get(pk=made["id"])
        assert row.found_by == "vendor"
        assert row.told_at.isoformat() == "2025-03-20T04:00:00+00:00"

    @pytest.mark.parametrize("field", ["cause", "harm", "termination", "office_knew_on", "costs"])
    def test_what_the_office_makes_of_it_is_out_of_reach(self, client, contract, field) -> None:
        made = ok(client.post(self.URL, self.body(contract), format="json"), 201)
        assert field not in made
        url = f"{self.URL}/{made['id']}"
        problem(client.patch(url, {field: "vendor"}, format="json"), 400)

    @pytest.mark.parametrize("field", ["found_at", "contained_at"])
    def test_an_instant_that_utc_cannot_hold_names_the_field(self, client, contract, field) -> None:
        body = self.body(contract, **{field: "0001-01-01T00:00:00"})
        (error,) = problem(client.post(self.URL, body, format="json"), 400)["errors"]
        assert (error["field"], error["code"]) == (field, "overflow")

    @pytest.mark.parametrize("day", ["2025-03-20", "2025-W12-4"])
    def test_a_day_alone_is_no_instant_and_a_week_no_day(self, client, contract, day) -> None:
        (error,) = problem(client.post(self.URL, self.body(contract, found_at=day), format="json"), 400)["errors"]
        assert (error["field"], error["code"]) == ("found_at", "no_time")

    def test_the_day_of_the_report_cannot_be_chosen(self, client, contract) -> None:
        made = ok(client.post(self.URL, self.body(contract), format="json"), 201)
        url = f"{self.URL}/{made['id']}"
        before = Incident.objects.values().get()
        for field, value in {"told_at": "2025-03-01T00:00:00Z", "found_by": "office"}.items():
            client.patch(url, {field: value}, format="json")
        problem(client.patch(url, {"found_at": "2025-03-20T03:30:00Z"}, format="json"), 400)
        problem(client.post(f"{url}/withdraw", {"reason": "x"}, format="json"), 404)
        assert Incident.objects.values().get() == before

    def test_containment_follows(self, client, contract) -> None:
        url = f"{self.URL}/" + str(ok(client.post(self.URL, self.body(contract), format="json"), 201)["id"])
        ok(client.patch(url, {"contained_at": "2025-03-20T11:30:00+08:00", "measures": "已停用账号"}, format="json"))
        late = {"contained_at": "2025-03-20T12:01:00+08:00"}
        problem(client.patch(url, late, format="json"), 400)

    def test_the_persons_are_the_vendors_to_name(self, client, stranger, contract) -> None:
        made = ok(client.post(self.URL, self.body(contract), format="json"), 201)
        operator = make_assignment(contract).operator
        body = {"incident": made["id"], "operator": operator.pk, "involvement": "转发截图"}
        people = f"{V1}/incident-persons"
        person = ok(client.post(people, body, format="json"), 201)
        problem(client.patch(f"{people}/{person['id']}", {"cooperated_on": "2025-03-20"}, format="json"), 400)
        problem(stranger.get(f"{people}/{person['id']}"), 404)
        problem(stranger.post(people, body, format="json"), 400)

    def test_its_cooperation_answers_a_request_of_the_office(self, client, contract) -> None:
        made = ok(client.post(self.URL, self.body(contract), format="json"), 201)
        person = records.enter(
            IncidentPerson(
                incident=Incident.objects.get(pk=made["id"]),
                name="某人",
                involvement="转发",
                asked_on=date(2025, 3, 18),
            ),
            today=TODAY,
        )
        url = f"{V1}/incident-persons/{person.pk}"
        ok(client.patch(url, {"cooperated_on": "2025-03-19", "cooperation": "提供记录"}, format="json"))
        person.refresh_from_db()
        assert person.cooperated_on == date(2025, 3, 19)
