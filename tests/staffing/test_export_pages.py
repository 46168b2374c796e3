"""The page of exports: what was understood stands beside what is on record, and looking counts nothing."""

import time
from datetime import date
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from contract.models import Contract
from contract.roles import STAFF
from staffing.models import Attendance, AttendanceBatch
from tests.contract.admin_helpers import has, lacks, office_user, signed_in
from tests.factories import make_assignment, make_contract, make_operator, make_roles, make_user
from tests.staffing.helpers import report
from tests.staffing.test_exports import DATA, DINGTALK

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:staffing_attendance_exports")


@pytest.fixture(autouse=True)
def today(settings: Any) -> None:
    settings.DEMONSTRATION_DAY = "2024-11-30"


@pytest.fixture
def people(contract: Contract) -> list[Any]:
    pairs = (("G001", "林甲"), ("G002", "周乙"), ("G003", "周乙"))
    made = [make_operator(contract.vendor, employee_number=number, name=name) for number, name in pairs]
    return [make_assignment(contract, operator) for operator in made]


def handler(contract: Contract, **fields: Any) -> User:
    make_roles([STAFF])
    user = make_user(party=contract.office, is_staff=True, **fields)
    user.groups.add(Group.objects.get(name=STAFF))
    return user


def look(client: Client, contract: Contract, name: str = DINGTALK, content: bytes | None = None) -> Any:
    file = SimpleUploadedFile(name, (DATA / name).read_bytes() if content is None else content)
    return client.post(f"{PAGE}?contract={contract.pk}", {"file": file})


def groups(page: Any) -> dict[str, int]:
    return {group["key"]: group["count"] for group in page.context["groups"]}


def test_the_office_sees_what_was_understood_and_nothing_counts(contract: Contract, people: list[Any]) -> None:
    client = signed_in(handler(contract))
    has(client.get(PAGE), "查看导出文件", "钉钉")
    page = look(client, contract)
    assert groups(page) == {"open": 1, "clear": 11}
    has(page, "R6", "事假11-01 13:30到11-01 17:30 4小时", "请假 4小时", "19:55 / 次日 08:04", "迟到 12分钟", "G003")
    assert not Attendance.objects.exists()
    lacks(page, ["计入考勤</button>"])


def test_what_is_on_record_otherwise_is_shown_beside_it(contract: Contract, people: list[Any]) -> None:
    report(contract, people[0], date(2024, 11, 1), "AR", today=date(2024, 11, 30))
    page = look(signed_in(handler(contract)), contract)
    assert groups(page) == {"open": 1, "other": 1, "clear": 10}
    (row,) = page.context["groups"][1]["rows"]
    assert (row["day"].cell, row["status"], row["recorded"]) == ("R5", "在岗", "旷工")


def test_a_person_whom_nobody_knows_is_asked_about(contract: Contract, people: list[Any]) -> None:
    people[2].operator.name = "郑丙"
    people[2].operator.save()
    page = look(signed_in(handler(contract)), contract)
    assert groups(page)["open"] == 5
    has(page, "郑丙")


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"PK\x03\x04broken"])
def test_a_file_that_is_no_export_is_refused_at_the_field(contract: Contract, content: bytes) -> None:
    page = look(signed_in(handler(contract)), contract, content=content)
    assert page.status_code == 200 and page.context["form"].errors["file"]
    assert "looked" not in page.context


def test_who_may_report_counts_exactly_what_was_shown(contract: Contract, people: list[Any]) -> None:
    client = signed_in(office_user(contract))
    page = look(client, contract)
    seen = page.context["seen"]
    url = f"{PAGE}?contract={contract.pk}"
    done = client.post(url, {"seen": seen}, follow=True)
    has(done, "新增 11")
    assert done.redirect_chain[-1][0].endswith("month=2024-11")
    assert Attendance.objects.count() == 11
    batch = AttendanceBatch.objects.get()
    assert (batch.file_name, batch.file_sha256) == (DINGTALK, page.context["looked"].file.sha256)
    # The day that was asked about counts for nobody.
    assert not Attendance.objects.filter(operator=people[1].operator, day=date(2024, 11, 1)).exists()
    has(client.post(url, {"seen": seen}, follow=True), "未变 11")


def test_what_was_shown_to_another_or_long_ago_does_not_count(contract: Contract, people: list[Any]) -> None:
    elsewhere = make_contract(check_ids=())
    user = office_user(contract)
    seen = look(signed_in(user), contract).context["seen"]
    other = signed_in(office_user(contract))
    has(other.post(f"{PAGE}?contract={contract.pk}", {"seen": seen}, follow=True), "请重新上传文件查看")
    has(signed_in(user).post(f"{PAGE}?contract={contract.pk}", {"seen": f"{seen}x"}, follow=True), "请重新上传")
    assert signed_in(user).post(f"{PAGE}?contract={elsewhere.pk}", {"seen": seen}).status_code == 404
    assert signed_in(handler(contract)).post(f"{PAGE}?contract={contract.pk}", {"seen": seen}).status_code == 403
    with time_machine.travel(time.time() + 3_700):
        has(signed_in(user).post(f"{PAGE}?contract={contract.pk}", {"seen": seen}, follow=True), "请重新上传")
    assert not Attendance.objects.exists()
