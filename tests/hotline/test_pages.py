"""The pages of the service: a month, a year in a bounded number of queries, seats against demand, a file looked at."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contract.roles import STAFF
from hotline.intake import queue_log
from hotline.intake.sums import DayRead
from hotline.models import Objection, ServiceDay
from hotline.rules.picture import heat, means, rate_of
from hotline.services import figures
from law.periods import BEIJING
from staffing.choices import AttendanceRoute
from staffing.rules.spans import parse
from staffing.services import rota
from staffing.services.rota import RotaRow
from tests.factories import make_assignment, make_operator, make_user
from tests.hotline.cases import DATA, day, indicator, service, spread
from tests.hotline.conftest import TODAY, permissions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moment")]
NOV = date(2024, 11, 1)
ONE = timedelta(days=1)


@pytest.fixture
def client(contract) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_user(party=contract.office, permissions=permissions(STAFF), is_staff=True))
    return client


def november(contract: Any, number: int = 30) -> None:
    halves = {"offered": spread(100), "answered": spread(94), "short_abandoned": spread(0)}
    known = {name: sum(numbers) for name, numbers in halves.items()}
    days = [
        DayRead(NOV + n * ONE, {**known, "waiting_seconds": 1000, "talking_seconds": 9400}, halves)
        for n in range(number)
    ]
    figures.take_in(contract=contract, days=days, today=TODAY)


def page(client: Client, name: str, **query: Any) -> str:
    answer = client.get(reverse(f"admin:hotline_serviceday_{name}"), query)
    assert answer.status_code == 200
    return answer.content.decode()


class TestMonth:
    def test_it_shows_rates_beside_their_targets_and_half_hours_by_days(self, client, contract, platform) -> None:
        november(contract)
        shown = page(client, "month", month="2024-11")
        assert "94.00%" in shown
        assert "not confirmed by both sides" in shown
        assert "11-01 23:30 1/2" in shown  # answered of offered, on the cell
        assert "waited 10 s on average" in shown

    def test_without_a_platform_it_says_that_nothing_is_proven(self, client, contract) -> None:
        assert "is unproven" in page(client, "month")

    def test_who_may_not_read_is_refused(self, contract) -> None:
        client = Client()
        client.force_login(make_user(party=contract.office, permissions=["contract.view_contract"], is_staff=True))
        assert client.get(reverse("admin:hotline_serviceday_month")).status_code == 403

    def test_its_queries_do_not_grow_with_the_days(self, client, contract, platform) -> None:
        def queries(name: str) -> int:
            page(client, name)
            with CaptureQueriesContext(connection) as caught:
                page(client, name)
            return len(caught)

        november(contract, 1)
        before = {name: queries(name) for name in ("month", "year", "demand")}
        november(contract)
        assert {name: queries(name) for name in ("month", "year", "demand")} == before

    def test_the_year_asks_at_most_twelve_times_for_what_it_shows(self, client, contract, platform) -> None:
        november(contract)
        page(client, "year")
        with CaptureQueriesContext(connection) as caught:
            page(client, "year")
        own = [q["sql"] for q in caught if "hotline_" in q["sql"] or "contract_" in q["sql"]]
        assert len(own) <= 12, own


class TestYearAndDemand:
    def test_a_day_below_is_marked_and_one_without_figures_is_a_question(self, client, contract, platform) -> None:
        november(contract, 2)
        shown = page(client, "year")
        assert 'class="o-m-warn" title="2024-11-01 94/100 94.00%">94<' in shown
        assert '<td class="o-m-open">?</td>' in shown

    def test_without_a_rota_or_earlier_weeks_the_demand_page_says_so(self, client, contract, platform) -> None:
        november(contract)
        assert "The week has no rota" in page(client, "demand")
        assert client.get(reverse("admin:hotline_serviceday_demand"), {"week": "2031-01-06"}).status_code == 404

    def test_the_rota_of_next_week_is_drawn_beside_the_seats_needed(self, client, contract, platform) -> None:
        november(contract)
        plan(contract, date(2024, 12, 10))  # of the week after today, 2024-12-03
        answer = client.get(reverse("admin:hotline_serviceday_demand"))
        shown = answer.content.decode()
        assert answer.context["week"]["first"] == date(2024, 12, 9)
        # Two or three calls of a hundred seconds in a half hour need one seat; from eight to eight there is one.
        assert "2024-12-10" in shown and "12-10 Tue 00:00–08:00 −1" in " ".join(shown.split())
        assert 'class="need"' in shown


def plan(contract: Any, day: date) -> None:
    """One person on the rota of a day, from eight to eight."""
    operator = make_operator(contract.vendor)
    make_assignment(contract, operator)
    rota.enter(
        contract=contract,
        rows=[RotaRow(operator.pk, day, (parse("08:00-20:00"),))],
        actor=make_user(party=contract.vendor),
        route=AttendanceRoute.API,
        at=datetime(2024, 12, 3, 12, tzinfo=BEIJING),
    )


class TestFiles:
    def send(self, client: Client, platform: Any, **more: str) -> Any:
        file = SimpleUploadedFile("queue_log", (DATA / "queue_log").read_bytes())
        return client.post(reverse("admin:hotline_platform_files", args=[platform.pk]), {"file": file, **more})

    def test_it_is_looked_at_first_and_counts_when_it_is_sent_again(self, client, platform) -> None:
        seen = self.send(client, platform)
        assert "2024-11-04" in seen.content.decode()
        assert not ServiceDay.objects.exists()
        confirm = seen.context["form"].initial["confirm"]
        assert self.send(client, platform, confirm=confirm).status_code == 302
        assert ServiceDay.objects.get().answered == 5

    def test_what_differs_shows_the_figure_on_record(self, client, contract, platform) -> None:
        figures.take_in(contract=contract, days=[DayRead(date(2024, 11, 4), {"offered": 6})], today=TODAY)
        assert "on record: 6" in self.send(client, platform).content.decode()

    def test_a_file_that_has_only_a_part_of_a_day_on_record_says_so(self, client, contract, platform) -> None:
        with (DATA / "queue_log").open(encoding="utf-8") as log:
            lines = list(log)
        assert "only a part" not in self.send(client, platform).content.decode()
        figures.take_in(contract=contract, days=queue_log.read(lines).days, today=TODAY, platform=platform)
        assert "only a part" not in self.send(client, platform).content.decode()
        file = SimpleUploadedFile("queue_log", "".join(lines[:12]).encode())
        url = reverse("admin:hotline_platform_files", args=[platform.pk])
        assert "only a part of these days" in client.post(url, {"file": file}).content.decode()

    def test_days_without_a_call_are_named(self, client, platform) -> None:
        lines = (DATA / "queue_log").read_text(encoding="utf-8").splitlines(keepends=True)
        later = [f"{int(line[:10]) + 2 * 86_400}{line[10:]}" for line in lines]
        file = SimpleUploadedFile("queue_log", "".join([*lines, *later]).encode())
        answer = client.post(reverse("admin:hotline_platform_files", args=[platform.pk]), {"file": file})
        assert "nothing is written: 2024-11-05." in answer.content.decode()

    def test_another_file_than_the_one_looked_at_is_only_shown(self, client, platform) -> None:
        assert self.send(client, platform, confirm="0" * 64).status_code == 200
        assert not ServiceDay.objects.exists()

    def test_a_bad_line_is_named(self, client, platform) -> None:
        file = SimpleUploadedFile("x", b"no log\n")
        answer = client.post(reverse("admin:hotline_platform_files", args=[platform.pk]), {"file": file})
        assert "Nothing was taken in" in answer.content.decode()


def test_the_office_answers_an_objection_and_rewrites_nothing_of_it(client, contract) -> None:
    row = Objection.objects.create(
        contract=contract, first_day=NOV, last_day=NOV, statement="平台停机", raised_on=TODAY
    )
    url = reverse("admin:hotline_objection_change", args=[row.pk])
    answer = client.post(url, {"statement": "别的", "answer": "已核对", "answered_on": "2024-12-03", "withdraw": ""})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.statement, row.answer) == ("平台停机", "已核对")


class TestPicture:
    def test_a_rate_with_missing_days_says_so_and_one_of_nothing_says_nothing(self) -> None:
        facts, own = service({NOV: day(100, 94)}, since=NOV), indicator()
        reading = own.readings["of_all_entries"]
        assert rate_of(facts, own, reading, NOV, NOV) == "94.00%"
        assert rate_of(facts, own, reading, NOV, NOV + ONE) == "94.00%*"
        assert rate_of(facts, own, reading, NOV + ONE, NOV + ONE) == "–"

    def test_half_hours_are_those_of_the_platform_or_none(self) -> None:
        rows = heat(service({NOV: day(96, 48)}), indicator().readings["of_all_entries"], NOV, NOV + ONE)
        assert [(one.part, one.whole) if one else None for one in rows[17]] == [(1, 2), None]

    def test_means_are_of_what_is_known(self) -> None:
        found = means(service({NOV: day(10, 9, waiting_seconds=100)}), NOV, NOV + ONE)
        assert (found.offered, found.waiting, found.talking, found.days) == (10, 10, None, 1)
