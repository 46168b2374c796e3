"""The seat log is taken in by the office, kept with its old rows, compared on a page, and read by the vendor."""

from datetime import date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from contract.models import Alert
from contract.roles import STAFF, VENDOR
from contract.services import look
from hotline.intake.seats import SeatDayRead
from hotline.models import SeatDay, SeatLogin, ServiceDay
from hotline.services import seats
from kit.errors import RowErrors
from law.periods import BEIJING
from staffing.choices import AttendanceRoute
from staffing.services import attendance
from staffing.services.attendance import AttendanceRow
from tests.api import V1, client_of, ok, problem
from tests.factories import make_assignment, make_contract, make_operator, make_user
from tests.hotline.cases import DATA
from tests.hotline.conftest import TODAY, make_platform, permissions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moment")]
DAY = date(2024, 11, 4)
SESSION = ("8001", "", 28_800, 64_800, 0)


@pytest.fixture
def client(contract) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_user(party=contract.office, permissions=permissions(STAFF), is_staff=True))
    return client


@pytest.fixture
def person(contract) -> Any:
    operator = make_operator(contract.vendor, employee_number="8001")
    make_assignment(contract, operator)
    return operator


def report(contract: Any, operator: Any, status: str = "on_duty") -> None:
    attendance.enter(
        contract=contract,
        rows=[AttendanceRow(operator.pk, DAY, status)],
        actor=make_user(party=contract.vendor),
        route=AttendanceRoute.API,
        at=datetime(2024, 12, 3, 12, tzinfo=BEIJING),
        today=TODAY,
    )


def take_in(contract: Any, *sessions: Any, day: date = DAY, told: Any = (0, 86_400)) -> Any:
    return seats.take_in(contract=contract, days=[SeatDayRead(day, sessions, told=told)], today=TODAY)


def page(client: Client, **query: Any) -> str:
    answer = client.get(reverse("admin:hotline_seatday_compare"), {"month": "2024-11", **query})
    assert answer.status_code == 200
    return answer.content.decode()


def asked() -> list[Any]:
    """The questions about people, as the checks would record them today."""
    own = [one for one in look(as_of=TODAY).findings if one.check_id == "contract.seat_log"]
    return [one for one in own if one.subject.label == "staffing.Operator"]


class TestKeeping:
    def test_what_differs_keeps_its_old_row(self, contract) -> None:
        take_in(contract, SESSION)
        assert vars(take_in(contract, SESSION)) == {"created": 0, "changed": 0, "unchanged": 1}
        take_in(contract, ("8001", "", 28_800, 60_000, 0))
        row = SeatDay.objects.get()
        assert row.sessions == [["8001", "", 28_800, 60_000, 0]]
        assert row.history.earliest().sessions == [list(SESSION)]

    def test_a_stub_of_a_day_does_not_replace_the_whole_of_it(self, contract) -> None:
        take_in(contract, SESSION)
        take_in(contract, told=(0, 305))
        assert SeatDay.objects.get().sessions == [list(SESSION)]

    def test_the_whole_of_a_day_replaces_its_stub(self, contract) -> None:
        take_in(contract, told=(0, 305))
        take_in(contract, SESSION)
        assert SeatDay.objects.get().told_to == 86_400

    @pytest.mark.parametrize("day", [TODAY, date(2024, 9, 30), date(2025, 10, 1)])
    def test_a_day_that_is_not_over_or_outside_the_term_is_refused(self, contract, day: date) -> None:
        with pytest.raises(RowErrors):
            take_in(contract, SESSION, day=day)
        assert not SeatDay.objects.exists()

    def test_a_login_is_one_persons_at_a_time(self, contract, person) -> None:
        first = SeatLogin(contract=contract, login="8001", operator=person, from_day=DAY)
        seats.enter(first, today=TODAY)
        other = make_operator(contract.vendor)
        with override("en"), pytest.raises(ValidationError, match="is that of"):
            seats.enter(SeatLogin(contract=contract, login="8001", operator=other, from_day=TODAY), today=TODAY)
        seats.correct(first, today=TODAY, to_day=date(2024, 12, 2))
        seats.enter(SeatLogin(contract=contract, login="8001", operator=other, from_day=TODAY), today=TODAY)

    def test_a_person_of_another_vendor_is_refused(self, contract) -> None:
        stranger = make_operator(make_contract(number="T-9").vendor)
        with pytest.raises(ValidationError):
            seats.enter(SeatLogin(contract=contract, login="1", operator=stranger, from_day=DAY), today=TODAY)


class TestFile:
    def send(self, client: Client, platform: Any, **more: str) -> Any:
        file = SimpleUploadedFile("queue_log", (DATA / "queue_log").read_bytes())
        return client.post(reverse("admin:hotline_platform_seats", args=[platform.pk]), {"file": file, **more})

    def test_it_is_looked_at_first_and_counts_when_it_is_sent_again(self, client, contract, platform) -> None:
        seen = self.send(client, platform)
        shown = seen.content.decode()
        assert "座席G002" in shown  # nobody is known by it
        assert "08:00–24:00" in shown
        assert not SeatDay.objects.exists()
        assert self.send(client, platform, confirm=seen.context["form"].initial["confirm"]).status_code == 302
        row = SeatDay.objects.get(day=DAY)
        assert [one[0] for one in row.sessions] == ["座席G001", "座席G002"]
        assert not ServiceDay.objects.exists()  # figures are taken in by their own page

    def test_logins_that_are_employee_numbers_are_entered_with_it(self, client, contract, person) -> None:
        mapping = {"login": "工号", "from": "签入", "to": "签出"}
        platform = make_platform(contract, layout="seats", mapping=mapping)
        text = "工号,签入,签出\n8001,2024-11-04 08:00:00,2024-11-04 18:00:00\n9999,2024-11-04 08:00:00,\n"
        url = reverse("admin:hotline_platform_seats", args=[platform.pk])

        def send(**more: str) -> Any:
            return client.post(url, {"file": SimpleUploadedFile("x.csv", text.encode()), **more})

        send(confirm=send().context["form"].initial["confirm"])
        login = SeatLogin.objects.get()
        assert (login.login, login.operator) == ("8001", person)
        assert "9999" in page(client)

    def test_a_bad_file_is_named_and_nothing_is_written(self, client, platform) -> None:
        url = reverse("admin:hotline_platform_seats", args=[platform.pk])
        answer = client.post(url, {"file": SimpleUploadedFile("x", b"no log\n")})
        assert "Nothing was taken in" in answer.content.decode()
        assert not SeatDay.objects.exists()

    def test_a_platform_of_seats_gives_no_figures(self, client, contract) -> None:
        platform = make_platform(contract, layout="seats", mapping={"login": "a", "from": "b"})
        url = reverse("admin:hotline_platform_files", args=[platform.pk])
        answer = client.post(url, {"file": SimpleUploadedFile("x.csv", b"a,b\n")})
        assert "seat log" in answer.content.decode()


class TestComparison:
    def test_a_difference_is_shown_with_its_evidence_and_counted_as_a_question(self, client, contract, person) -> None:
        report(contract, person)
        take_in(contract)
        seats.enter(SeatLogin(contract=contract, login="8001", operator=person, from_day=DAY), today=TODAY)
        shown = page(client)
        assert "2024-11-04 8001" in shown
        assert "from the next evaluation on" in shown
        (finding,) = asked()
        assert (finding.outcome, finding.subject.pk) == ("undetermined", person.pk)
        assert not Alert.objects.exists()

    def test_a_correction_of_the_vendor_ends_the_question_and_is_counted_as_one(self, client, contract, person) -> None:
        report(contract, person)
        take_in(contract)
        seats.enter(SeatLogin(contract=contract, login="8001", operator=person, from_day=DAY), today=TODAY)
        report(contract, person, "leave")
        assert not asked()
        answer = client.get(reverse("admin:hotline_seatday_compare"), {"month": "2024-11"})
        total = answer.context["total"]
        assert (total.compared, total.right, total.corrected, total.asked) == (1, 0, 1, 0)

    def test_its_queries_do_not_grow_with_people_or_days(self, client, contract, person) -> None:
        def queries() -> int:
            page(client)
            with CaptureQueriesContext(connection) as caught:
                page(client)
            return len(caught)

        take_in(contract, SESSION)
        seats.enter(SeatLogin(contract=contract, login="8001", operator=person, from_day=DAY), today=TODAY)
        before = queries()
        for number in range(3):
            make_assignment(contract, make_operator(contract.vendor, employee_number=f"91{number}"))
            take_in(contract, SESSION, (f"91{number}", "", 0, 9, 0), day=date(2024, 11, 5 + number))
        seats.by_number(contract=contract, logins=["910", "911", "912"], today=TODAY)
        assert queries() == before

    def test_who_may_not_read_is_refused(self, contract) -> None:
        client = Client()
        client.force_login(make_user(party=contract.office, permissions=["contract.view_contract"], is_staff=True))
        assert client.get(reverse("admin:hotline_seatday_compare")).status_code == 403


class TestApi:
    ROWS = {"rows": [{"day": "2024-11-04", "sessions": [{"login": "8001", "begins": 72_000, "ends": 115_200}]}]}

    def test_the_office_sends_sessions_and_the_vendor_reads_them(self, contract, office, vendor) -> None:
        url = f"{V1}/contracts/{contract.pk}/seat-days"
        assert ok(office.put(url, self.ROWS, format="json"))["created"] == 1
        (row,) = ok(vendor.get(url))["results"]
        assert row["sessions"] == [["8001", "", 72_000, 115_200, 0]]

    def test_the_vendor_sends_none_and_sees_no_other_contract(self, contract, vendor) -> None:
        assert vendor.put(f"{V1}/contracts/{contract.pk}/seat-days", self.ROWS, format="json").status_code == 403
        other = make_contract(number="T-9")
        assert vendor.get(f"{V1}/contracts/{other.pk}/seat-days").status_code == 404
        stranger = client_of(make_user(party=other.vendor, permissions=permissions(VENDOR)))
        assert stranger.get(f"{V1}/contracts/{contract.pk}/seat-days").status_code == 404

    @pytest.mark.parametrize("fault", [{"begins": 90_000, "ends": 90_001}, {"begins": 10, "ends": 9}, {"ends": None}])
    def test_a_session_that_cannot_be_is_refused(self, contract, office, fault: dict) -> None:
        rows = {"rows": [{"day": "2024-11-04", "sessions": [{"login": "8001", **fault}]}]}
        problem(office.put(f"{V1}/contracts/{contract.pk}/seat-days", rows, format="json"), 400)
        assert not SeatDay.objects.exists()

    def test_the_office_says_whose_login_is_whose_and_ends_it(self, contract, office, vendor, person) -> None:
        sent = {"contract": contract.pk, "login": "8001", "employee_number": "8001", "from_day": "2024-11-01"}
        made = ok(office.post(f"{V1}/seat-logins", sent, format="json"), 201)
        assert made["operator"] == person.pk
        ended = ok(office.patch(f"{V1}/seat-logins/{made['id']}", {"to_day": "2024-11-30"}, format="json"))
        assert ended["to_day"] == "2024-11-30"
        assert [one["login"] for one in ok(vendor.get(f"{V1}/seat-logins"))["results"]] == ["8001"]
