"""The office sends figures, the vendor reads them and may object; nobody else sees any."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contract.roles import VENDOR
from hotline.models import Objection, ServiceDay, ServiceMonth
from tests.api import V1, client_of, ok, problem
from tests.factories import make_contract, make_user
from tests.hotline.cases import DATA
from tests.hotline.conftest import make_platform, permissions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moment")]


@pytest.fixture
def base(contract) -> str:
    return f"{V1}/contracts/{contract.pk}"


def rows(**figures: int) -> dict:
    return {"rows": [{"day": "2024-11-04", **(figures or {"offered": 10, "answered": 9})}]}


class TestDays:
    def test_the_office_sends_and_the_vendor_reads(self, office, vendor, base) -> None:
        assert ok(office.put(f"{base}/service-days", rows(), format="json")) == {
            "created": 1,
            "changed": 0,
            "unchanged": 0,
        }
        listed = ok(vendor.get(f"{base}/service-days", {"month": "2024-11"}))
        assert [(row["day"], row["answered"], row["waiting_seconds"]) for row in listed["results"]] == [
            ("2024-11-04", 9, None)
        ]

    def test_the_vendor_does_not_measure_itself(self, vendor, base, platform) -> None:
        problem(vendor.put(f"{base}/service-days", rows(), format="json"), 403)
        problem(vendor.put(f"{base}/service-months/2024-11", {"satisfied": 1}, format="json"), 403)
        file = SimpleUploadedFile("queue_log", (DATA / "queue_log").read_bytes())
        problem(vendor.post(f"{base}/service-days/import", {"platform": platform.pk, "file": file}), 403)

    def test_a_bad_row_is_named_and_nothing_is_written(self, office, base) -> None:
        body = {"rows": [*rows()["rows"], {"day": "2024-12-03", "offered": 1}]}
        answer = problem(office.put(f"{base}/service-days", body, format="json"), 400)
        assert "not over yet" in str(answer)
        problem(office.put(f"{base}/service-days", rows(offered=-1), format="json"), 400)
        problem(office.put(f"{base}/service-days", rows(callers=1), format="json"), 400)
        assert not ServiceDay.objects.exists()

    def test_a_trial_writes_nothing(self, office, base) -> None:
        assert ok(office.put(f"{base}/service-days?validate=true", rows(), format="json"))["created"] == 1
        assert not ServiceDay.objects.exists()

    def test_another_vendor_sees_nothing(self, base) -> None:
        stranger = client_of(make_user(party=make_contract().vendor, permissions=permissions(VENDOR)), language="en")
        problem(stranger.get(f"{base}/service-days"), 404)


class TestFiles:
    def send(self, office, base, platform, **more):
        file = SimpleUploadedFile("queue_log", (DATA / "queue_log").read_bytes())
        return office.post(f"{base}/service-days/import", {"platform": platform.pk, "file": file, **more})

    def test_a_file_is_looked_at_and_then_counts(self, office, base, platform) -> None:
        seen = ok(self.send(office, base, platform))
        assert (seen["calls"], seen["counted"], seen["days"][0]["figures"]["answered_in_time"]) == (7, False, 4)
        assert not ServiceDay.objects.exists()
        problem(self.send(office, base, platform, confirm="0" * 64), 400)
        assert ok(self.send(office, base, platform, confirm=seen["sha256"]))["created"] == 1
        assert ServiceDay.objects.get().platform == platform

    def test_a_line_that_is_none_is_named(self, office, base, platform) -> None:
        file = SimpleUploadedFile("x", b"no log\n")
        answer = problem(office.post(f"{base}/service-days/import", {"platform": platform.pk, "file": file}), 400)
        assert answer["errors"][0]["field"] == "1"

    def test_a_platform_of_another_contract_does_not_exist(self, office, base) -> None:
        problem(self.send(office, base, make_platform(make_contract())), 400)


class TestMonths:
    def test_figures_of_a_month_are_entered_and_corrected(self, office, vendor, base) -> None:
        url = f"{base}/service-months/2024-11"
        ok(office.put(url, {"satisfied": 90, "dissatisfied": 10}, format="json"))
        ok(office.put(url, {"dissatisfied": 9}, format="json"))
        row = ServiceMonth.objects.get()
        assert (row.satisfied, row.dissatisfied) == (90, 9)
        assert 10 in row.history.values_list("dissatisfied", flat=True)
        assert ok(vendor.get(f"{base}/service-months"))["results"][0]["satisfied"] == 90
        problem(office.put(url, {"samples": 1, "samples_passed": 2}, format="json"), 400)
        problem(office.put(f"{base}/service-months/2024-13", {"samples": 1}, format="json"), 400)


class TestObjections:
    def test_the_vendor_objects_and_withdraws_and_the_office_does_not(self, office, vendor, contract) -> None:
        body = {"contract": contract.pk, "first_day": "2024-11-04", "last_day": "2024-11-05", "statement": "平台停机"}
        made = ok(vendor.post(f"{V1}/objections", body, format="json"), 201)
        assert made["raised_on"] == "2024-12-03"
        assert ok(office.get(f"{V1}/objections/{made['id']}"))["statement"] == "平台停机"
        problem(office.post(f"{V1}/objections", body, format="json"), 403)
        problem(vendor.patch(f"{V1}/objections/{made['id']}", {"statement": "x"}, format="json"), 405)
        ok(vendor.post(f"{V1}/objections/{made['id']}/withdraw", {"reason": "已核对"}, format="json"))
        assert not Objection.objects.get().stands

    def test_days_in_the_wrong_order_are_refused(self, vendor, contract) -> None:
        body = {"contract": contract.pk, "first_day": "2024-11-05", "last_day": "2024-11-04", "statement": "x"}
        problem(vendor.post(f"{V1}/objections", body, format="json"), 400)


def test_the_vendor_sees_by_what_it_is_measured_and_whether_that_is_agreed(vendor, base, platform) -> None:
    listed = {row["key"]: row for row in ok(vendor.get(f"{base}/service-indicators"))["results"]}
    assert (listed["connection"]["floor_percent"], listed["connection"]["confirmed_on"]) == ("95.0000", None)
    assert listed["answer_in_time"]["floor_percent"] is None
