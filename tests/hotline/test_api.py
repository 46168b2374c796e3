"""The office sends figures, the vendor reads them and may object; nobody else sees any."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contract.roles import STAFF, VENDOR
from hotline.models import Objection, SeatDay, SeatLogin, ServiceDay, ServiceMonth
from tests.api import V1, client_of, ok, problem
from tests.factories import make_assignment, make_contract, make_operator, make_user
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


class TestSeatFiles:
    """The seats are in the same queue log: it is taken in twice, for its calls and for its seats."""

    def send(self, who, base, platform, content: bytes | None = None, **more):
        file = SimpleUploadedFile("queue_log", (DATA / "queue_log").read_bytes() if content is None else content)
        return who.post(f"{base}/seat-days/import", {"platform": platform.pk, "file": file, **more})

    def test_a_seat_log_is_looked_at_and_then_counts(self, office, base, platform, contract) -> None:
        who = make_operator(contract.vendor, employee_number="座席G001")
        make_assignment(contract, who, starts_on=contract.starts_on)
        seen = ok(self.send(office, base, platform))
        day = seen["days"][0]
        # G001 and G002 signed in, G003 answers without ever doing so; G002 never signs out.
        assert (day["day"], day["logins"], day["sessions"], day["without_sign_in"]) == ("2024-11-04", 2, 2, 1)
        assert (seen["unended"], seen["logins"], seen["counted"]) == (1, ["座席G001", "座席G002", "座席G003"], False)
        assert not SeatDay.objects.exists()
        problem(self.send(office, base, platform, confirm="0" * 64), 400)
        assert not SeatDay.objects.exists()
        taken = ok(self.send(office, base, platform, confirm=seen["sha256"]))
        assert (taken["created"], taken["counted"]) == (len(seen["days"]), True)
        assert SeatDay.objects.get(day="2024-11-04").platform == platform
        assert [row.login for row in SeatLogin.objects.all()] == ["座席G001"]
        again = ok(self.send(office, base, platform, confirm=seen["sha256"]))
        assert (again["created"], again["changed"]) == (0, 0)

    def test_the_vendor_sends_no_seat_log_and_nobody_elses_office_does(self, vendor, base, platform) -> None:
        problem(self.send(vendor, base, platform), 403)
        stranger = client_of(make_user(party=make_contract().office, permissions=permissions(STAFF)), language="en")
        problem(self.send(stranger, base, platform), 404)
        problem(self.send(client_of(None), base, platform), 401)
        assert not SeatDay.objects.exists()

    def test_who_may_only_read_sends_none(self, contract, base, platform) -> None:
        reader = client_of(make_user(party=contract.office, permissions=["hotline.view_seatday"]), language="en")
        problem(self.send(reader, base, platform), 403)

    def test_a_line_that_is_none_is_named_and_a_day_that_is_not_over_is_refused(self, office, base, platform) -> None:
        answer = problem(self.send(office, base, platform, b"no log\n"), 400)
        assert answer["errors"][0]["field"] == "1"
        late = b"1733200000|MANAGER|rexian|G001|ADDMEMBER|\n"  # 2024-12-03, which still runs
        seen = ok(self.send(office, base, platform, late))
        answer = problem(self.send(office, base, platform, late, confirm=seen["sha256"]), 400)
        assert (answer["errors"][0]["field"], "not over yet" in str(answer)) == ("2024-12-03", True)
        assert not SeatDay.objects.exists()

    def test_call_records_say_nothing_of_seats(self, office, base, contract) -> None:
        records = make_platform(contract, layout="cdr", name="CDR")
        answer = problem(self.send(office, base, records, (DATA / "Master.csv").read_bytes()), 400)
        assert "nothing of the seats" in str(answer)


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
