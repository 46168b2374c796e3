"""The vendor in the browser: the API's rights on pages, its own rows and no others."""

import io
import re
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from contract import records
from contract.access.ending import MUST_CHANGE
from contract.duties.models import Misconduct
from contract.letters.models import NoticeArrival
from contract.models import Alert, Contract, Response, ResponseFile, TimeExtension
from contract.roles import FINANCE, STAFF
from contract.setup.consequences import evaluate_now
from hotline.intake.sums import DayRead
from hotline.models import Objection, Platform
from hotline.services import figures, platforms
from kit import clock
from staffing.models import Attendance
from tests.contract.admin_helpers import has, lacks, make_alert
from tests.contract.cases import DAY, answered, hr, person, told
from tests.contract.letters import PDF as LETTER
from tests.contract.letters import make_notice
from tests.factories import make_contract, make_team
from tests.papers import PDF
from tests.staffing.test_api_excel import fill

pytestmark = pytest.mark.django_db
HOME = reverse("portal")
# Every address of the portal: how it is asked, and whether its number is that of a row.
PLACES = (
    ("GET", "portal"),
    ("GET", "portal-alert"),
    ("POST", "portal-answer"),
    ("POST", "portal-more-time"),
    ("GET", "portal-file"),
    ("GET", "portal-letter"),
    ("POST", "portal-acknowledge"),
    ("GET", "portal-template"),
    ("POST", "portal-import"),
    ("GET", "portal-service"),
    ("POST", "portal-object"),
)


@pytest.fixture(autouse=True)
def world(settings: Any, tmp_path: Any) -> None:
    settings.DEMONSTRATION_DAY = DAY.isoformat()
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def client(vendor: User) -> Client:
    return signed_in(vendor)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def rows_of(contract: Contract, office: User, vendor: User) -> dict[str, str]:
    """The addresses with rows of this contract."""
    alert = make_alert(contract)
    told(alert, office)
    given = answered(alert, vendor, files=[SimpleUploadedFile("a.pdf", PDF)])
    notice = make_notice(contract)
    book = [contract.pk, "attendance"]
    return {
        "portal": HOME,
        **{f"portal-{name}": reverse(f"portal-{name}", args=[alert.pk]) for name in ("alert", "answer", "more-time")},
        "portal-file": reverse("portal-file", args=[ResponseFile.objects.get(response=given).pk]),
        **{f"portal-{name}": reverse(f"portal-{name}", args=[notice.pk]) for name in ("letter", "acknowledge")},
        "portal-template": reverse("portal-template", args=book) + "?month=2025-03",
        "portal-import": reverse("portal-import", args=book),
        **{f"portal-{name}": reverse(f"portal-{name}", args=[contract.pk]) for name in ("service", "object")},
    }


def test_each_page_lets_the_vendors_people_in_and_nobody_else(
    contract: Contract, office: User, vendor: User, client: Client
) -> None:
    addresses = rows_of(contract, office, vendor)
    elsewhere = make_contract(check_ids=())
    stranger, pays = signed_in(hr(elsewhere)), signed_in(person(contract, FINANCE))
    assert {name for _method, name in PLACES} == set(addresses)
    for method, name in PLACES:
        url = addresses[name]
        assert reverse("account-sign-in") in Client().generic(method, url).headers["Location"], name
        for outside in (signed_in(office), pays):
            assert outside.generic(method, url).status_code == 404, name
        assert stranger.generic(method, url).status_code == (200 if name == "portal" else 404), name
        assert client.generic(method, url).status_code in (200, 302, 400), name
        assert client.generic("POST" if method == "GET" else "GET", url).status_code == 405, name
    lacks(stranger.get(HOME), [contract.number])


def test_somebody_of_the_vendor_without_its_role_reads_nothing(contract: Contract, vendor: User) -> None:
    vendor.groups.clear()
    assert signed_in(vendor).get(HOME).status_code == 403


def test_what_is_asked_comes_first_and_an_answer_is_handed_in_with_its_file_once(
    contract: Contract, office: User, client: Client, alert: Alert
) -> None:
    page = client.get(HOME)
    has(page, "与甲方", "轮到您办理")
    told(alert, office)
    url = reverse("portal-alert", args=[alert.pk])
    has(client.get(HOME), url, "2025-03-10")
    has(client.get(url), "乙方：陈述", "递交后不能收回")
    body = {"statement": "人选已定，下周到岗。", "key": "one"}
    for _press in range(2):
        files = [SimpleUploadedFile("住院证明.pdf", PDF)]
        done = client.post(reverse("portal-answer", args=[alert.pk]), {**body, "files": files}, follow=True)
        has(done, "人选已定，下周到岗。", "住院证明.pdf", "已递交")
    given = Response.objects.get()
    assert (given.is_late, given.given_by.username) == (False, "vendor")
    kept = client.get(reverse("portal-file", args=[given.files.get().pk]))
    assert b"".join(kept.streaming_content) == PDF


def test_a_refused_answer_keeps_what_was_typed_and_names_the_field(office: User, client: Client, alert: Alert) -> None:
    told(alert, office)
    url = reverse("portal-more-time", args=[alert.pk])
    page = client.post(url, {"until_on": "2025-02-30", "reason": "等待医院盖章"})
    assert page.status_code == 400 and not TimeExtension.objects.exists()
    has(page, "等待医院盖章", "未写入")
    files = [SimpleUploadedFile("a.exe", b"MZ")]
    page = client.post(reverse("portal-answer", args=[alert.pk]), {"statement": "见附件", "files": files})
    assert page.status_code == 400 and not Response.objects.exists()
    has(page, "见附件")
    client.post(url, {"until_on": "2025-03-14", "reason": "等待医院盖章"})
    assert TimeExtension.objects.get().until_on == date(2025, 3, 14)


def test_an_answer_without_a_file_is_taken_as_a_browser_sends_it(office: User, client: Client, alert: Alert) -> None:
    told(alert, office)
    body = {
        "statement": "人选已定，下周到岗。",
        "key": "one",
        "files": "",
    }  # no file chosen: an empty field of that name
    done = client.post(reverse("portal-answer", args=[alert.pk]), body, follow=True)
    has(done, "人选已定，下周到岗。", "已递交")
    assert not ResponseFile.objects.exists()


def test_a_letter_is_read_and_its_arrival_acknowledged_on_the_day(
    contract: Contract, client: Client, alert: Alert
) -> None:
    notice = make_notice(contract, subject=("contract.Alert", alert.pk), issued_on=DAY)
    assert client.get(reverse("portal-letter", args=[notice.pk])).content == LETTER
    assert not NoticeArrival.objects.exists()
    url = reverse("portal-acknowledge", args=[notice.pk])
    assert client.post(url, {"received_by": ""}).status_code == 400
    page = client.post(url, {"received_by": "钱人事"}, follow=True)
    has(page, notice.number, DAY.isoformat())
    assert NoticeArrival.objects.get().arrived_on == DAY


def test_a_month_is_downloaded_checked_and_taken_in_and_an_error_names_its_cell(
    contract: Contract, client: Client
) -> None:
    make_team(contract, 2)
    got = client.get(reverse("portal-template", args=[contract.pk, "attendance"]) + "?month=2025-02")
    book = openpyxl.load_workbook(io.BytesIO(got.content))
    url = reverse("portal-import", args=[contract.pk, "attendance"])

    def send(**extra: str) -> Any:
        content = io.BytesIO()
        book.save(content)
        return client.post(url, {"file": SimpleUploadedFile("二月.xlsx", content.getvalue()), **extra}, follow=True)

    fill(book["考勤"], "迟到")
    page = send()
    assert page.status_code == 400 and not Attendance.objects.exists()
    has(page, "C4", "未写入")
    fill(book["考勤"])
    has(send(**{"try": "1"}), "仅核对，未写入", "新增 56")
    assert not Attendance.objects.exists()
    has(send(), "已收下", "新增 56", "未因本次报送发生变化")  # this contract carries no check
    assert Attendance.objects.count() == 56


def test_the_vendor_reads_what_its_report_changes_and_nothing_that_the_office_did_meanwhile(
    contract: Contract, client: Client
) -> None:
    contract = make_contract(office=contract.office, vendor=contract.vendor)
    make_team(contract, 2)
    evaluate_now(contract, today=DAY, now=clock.now())
    facts = {
        "title": "不当答复",
        "description": "答复不当",
        "found_on": date(2025, 2, 3),
        "arrived_on": date(2025, 2, 3),
    }
    records.enter(Misconduct(contract=contract, **facts))
    got = client.get(reverse("portal-template", args=[contract.pk, "attendance"]) + "?month=2025-02")
    book, content = openpyxl.load_workbook(io.BytesIO(got.content)), io.BytesIO()
    fill(book["考勤"])
    book.save(content)
    url = reverse("portal-import", args=[contract.pk, "attendance"])
    page = client.post(url, {"file": SimpleUploadedFile("二月.xlsx", content.getvalue())}, follow=True)
    told = [line for line in re.findall("<div>(.*?)</div>", str(list(page.context["messages"])[-1])) if "→" in line]
    assert told and "人员到位率" in told[0], told
    assert all(line.startswith(("人员到位率", "按时报送考勤", "缺岗限期补足")) for line in told), told


@pytest.mark.parametrize(
    "kind", ["operators", "assignments", "leaves", "qualifications", "contracts", "trainings", "trials", "remarks"]
)
def test_each_list_goes_out_and_comes_back_unchanged(contract: Contract, client: Client, kind: str) -> None:
    make_team(contract, 1)
    got = client.get(reverse("portal-template", args=[contract.pk, kind]))
    assert got.status_code == 200
    file = SimpleUploadedFile("list.xlsx", got.content)
    page = client.post(reverse("portal-import", args=[contract.pk, kind]), {"file": file})
    assert page.status_code in (302, 400)  # an empty list is refused: there is nothing in it
    if page.status_code == 400:
        has(page, "未写入")


def test_there_is_no_other_workbook_and_no_month_outside_the_term(contract: Contract, client: Client) -> None:
    assert client.get(reverse("portal-template", args=[contract.pk, "payments"])).status_code == 404
    page = client.get(reverse("portal-template", args=[contract.pk, "rota"]) + "?month=2031-01")
    assert page.status_code == 400
    has(page, "合同")


def test_the_sign_in_leads_the_vendor_here_and_a_first_password_is_changed_before(
    contract: Contract, vendor: User
) -> None:
    vendor.set_password("a-long-password-1")
    vendor.save()
    client = Client()
    sent = {"username": "vendor", "password": "a-long-password-1"}
    assert client.post(reverse("account-sign-in"), sent).headers["Location"] == HOME
    session = client.session
    session[MUST_CHANGE] = True
    session.save()
    assert client.get(HOME).headers["Location"] == reverse("account")
    office = person(contract, STAFF)
    office.set_password("a-long-password-1")
    office.save()
    sent["username"] = office.username
    assert Client().post(reverse("account-sign-in"), sent).headers["Location"] == reverse("account")


def test_who_comes_to_the_offices_door_is_led_to_their_own_pages(vendor: User) -> None:
    client = Client()
    vendor.set_password("a-long-password-1")
    vendor.save()
    given = {"username": vendor.username, "password": "a-long-password-1"}
    has(client.post("/admin/login/?next=/admin/", given, follow=True), "轮到您办理")
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == HOME
    stranger = Client()
    has(stranger.post("/admin/login/", given | {"password": "wrong-password-1"}), "id_password")
    assert stranger.get(HOME)["Location"].startswith("/account/sign-in")


class TestService:
    @pytest.fixture
    def platform(self, contract: Contract) -> Platform:
        row = Platform(contract=contract, name="平台", since=date(2025, 2, 1), layout="queue_log")
        return platforms.enter(row, today=DAY)

    def test_it_shows_figures_and_indicators_of_a_month(
        self, contract: Contract, client: Client, platform: Platform
    ) -> None:
        counted = DayRead(date(2025, 2, 3), {"offered": 100, "answered": 94})
        figures.take_in(contract=contract, days=[counted], today=DAY, platform=platform)
        page = client.get(reverse("portal-service", args=[contract.pk]), {"month": "2025-02"})
        has(page, "呼叫接通率（月）", "94.00%*", "≥ 95%", "未经双方确认", "2025-02-03", "GB/T 33358-2016")
        assert reverse("portal-service", args=[contract.pk]) in client.get(HOME).content.decode()

    def test_an_objection_is_handed_in_once_and_the_office_answers_it(
        self, contract: Contract, client: Client, platform: Platform
    ) -> None:
        url = reverse("portal-object", args=[contract.pk])
        body = {"first_day": "2025-02-03", "last_day": "2025-02-04", "statement": "平台停机两小时。", "key": "one"}
        for _press in range(2):
            has(client.post(url, body, follow=True), "平台停机两小时。", "异议已递交")
        row = Objection.objects.get()
        assert (row.contract_id, row.raised_on) == (contract.pk, DAY)
        records.correct(row, today=DAY, answer="已核对更正", answered_on=DAY)
        has(client.get(reverse("portal-service", args=[contract.pk])), "已核对更正")

    def test_a_refused_objection_keeps_what_was_typed(self, contract: Contract, client: Client) -> None:
        body = {"first_day": "2025-02-04", "last_day": "2025-02-03", "statement": "次序颠倒"}
        page = client.post(reverse("portal-object", args=[contract.pk]), body)
        assert page.status_code == 400
        has(page, "次序颠倒", "早于")
        assert not Objection.objects.exists()


def test_a_case_of_a_month_is_told_apart_from_that_of_another(contract: Contract, client: Client, office: User) -> None:
    for month, last in ((1, 31), (2, 28)):
        days = {"period_start": date(2025, month, 1), "period_end": date(2025, month, last)}
        alert = make_alert(contract, key=f"month-{month}", **days)
        page = client.get(reverse("portal-alert", args=[alert.pk])).content.decode()
        assert f"{alert.assessment.subject_name} 2025-0{month}</h1>" in page
