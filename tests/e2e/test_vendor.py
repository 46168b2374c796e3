"""The vendor's HR in the browser: what is asked, an answer with a file, the month as a workbook."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User

from contract.models import Alert, Contract, Response
from kit import clock
from staffing.models import Attendance
from tests.contract.admin_helpers import make_alert
from tests.contract.cases import handler, hr, told
from tests.e2e.test_workbench import serious
from tests.factories import make_contract, make_team
from tests.papers import PDF
from tests.staffing.test_api_excel import fill

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def contract() -> Contract:
    today = clock.today()
    contract = make_contract(check_ids=(), starts_on=today - timedelta(days=75), ends_on=today + timedelta(days=200))
    make_team(contract, 2)
    return contract


@pytest.fixture
def alert(contract: Contract) -> Alert:
    """One of which the vendor was told today."""
    alert = make_alert(contract)
    told(alert, handler(contract), clock.today())
    return alert


@pytest.fixture
def vendor(contract: Contract) -> User:
    return hr(contract, "qianhr")


def test_the_vendor_answers_with_a_file_and_reports_the_month(
    contract: Contract, alert: Alert, vendor: User, newcomer: Any
) -> None:
    vendor.set_password("a-long-password-1")
    vendor.save()
    person = newcomer()
    person.open("/account/sign-in")
    person.page.fill("#id_username", vendor.username)
    person.page.fill("#id_password", "a-long-password-1")
    person.go("main button[type=submit]")
    assert "轮到您办理 (1)" in person.page.inner_text("main")
    assert serious(person) == []
    person.shot("portal")
    wide = person.page.viewport_size
    person.page.set_viewport_size({"width": 390, "height": 844})  # a case is read across the phone, not in a column
    assert person.page.locator("section:has(#asked) tbody td >> nth=0").bounding_box()["width"] > 280
    assert not person.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    person.page.set_viewport_size(wide)
    person.page.emulate_media(media="print")  # on paper what there is to read, no empty form
    assert person.page.is_visible("section:has(#asked)") and not person.page.is_visible("section:has-text('填报表格')")
    person.page.emulate_media(media="screen")

    person.go("section:has(#asked) tbody a")
    assert serious(person) == []
    person.page.fill("#statement", "人选已定，下周到岗。")
    person.page.set_input_files("#files", {"name": "证明.pdf", "mimeType": "application/pdf", "buffer": PDF})
    person.go("text=递交答复")
    assert "证明.pdf" in person.page.inner_text("main")
    assert Response.objects.get(alert=alert).statement == "人选已定，下周到岗。"

    person.go("header a >> nth=0")
    last_month = clock.today().replace(day=1) - timedelta(days=1)  # all of it has passed
    person.page.select_option("tr:has-text('考勤') select", f"{last_month:%Y-%m}")
    with person.page.expect_download() as waiting:
        person.page.click("tr:has-text('考勤') >> text=下载")
    book = openpyxl.load_workbook(io.BytesIO(waiting.value.path().read_bytes()))
    fill(book["考勤"])
    filled = io.BytesIO()
    book.save(filled)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    for button, told_so in (("仅核对", "未写入"), ("上报", "已收下")):
        file = {"name": "考勤.xlsx", "mimeType": kind, "buffer": filled.getvalue()}
        person.page.set_input_files("tr:has-text('考勤') input[type=file]", file)
        person.go(f"tr:has-text('考勤') >> text={button}")
        assert told_so in person.page.inner_text("[role=status]")
        assert Attendance.objects.exists() == (button == "上报")
    assert person.faults == []
