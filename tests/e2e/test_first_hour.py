"""From an empty machine to one's own contract, and on to the next year, in a browser. The docs show its pictures.

With PICTURES=1 the pictures of docs/first-hour.md and docs/next-year.md are drawn anew.
"""

import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from openpyxl import load_workbook

from contract.access import accounts
from contract.access.models import Account
from contract.choices import Outcome
from contract.models import Assessment, Contract, Obligation
from contract.reference import REFERENCE
from contract.roles import STAFF, create_roles
from contract.setup import first
from kit import clock
from sample.loading import load
from staffing.beginning import FIRST_LIST
from tests.e2e import LONG
from tests.factories import credit_code, make_party
from tests.staffing.test_admin import valid_id

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PICTURES = Path(__file__).resolve().parents[2] / "docs" / "images"
MOST_PAGES, MOST_REQUIRED = 12, 40


class Walk:
    """One person's way through the pages: which were filled in, and how many fields they asked for."""

    def __init__(self, office: Any) -> None:
        self.office, self.page = office, office.page
        self.asked: dict[str, int] = {}

    def fill(self, button: str, **fields: Any) -> None:
        """Fill in the fields of the page that is open, count what it requires, and send it."""
        required = self.page.locator("main [required], form.o-tile [required], #login-form [required]").count()
        for name, value in fields.items():
            field = self.page.locator(f'[name="{name.replace("__", "-")}"]')
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            elif field.get_attribute("type") == "file":
                field.set_input_files(value)
            else:
                field.fill(value)
        where = self.page.url.partition("?")[0]
        self.office.go(button)
        self.asked[where] = required

    def follow(self, text: str) -> None:
        self.office.go(f"a:has-text('{text}')")

    def says(self, text: str) -> bool:
        return text in self.page.inner_text("body")

    def picture(self, name: str) -> None:
        self.office.shot(name)
        if os.environ.get("PICTURES"):
            PICTURES.mkdir(exist_ok=True)
            self.page.set_viewport_size({"width": 1024, "height": 720})
            self.page.screenshot(path=PICTURES / f"{name}.png")

    def passwords(self) -> dict[str, str]:
        rows = self.page.locator("#passwords tr:has(td)")
        cells = [rows.nth(place).locator("td").all_inner_texts() for place in range(rows.count())]
        return {name: password for _who, name, password in cells}

    def sign_in(self, name: str, password: str) -> None:
        """With the first password; the page that follows asks for one's own."""
        self.office.open("/admin/login/")
        self.fill("#login-form button[type=submit]", username=name, password=password)
        own = f"Eigen-{name}-77x"
        self.fill("main button[type=submit]", password=password, new_password=own, again=own)


def filled_list(names: tuple[str, ...], since: str) -> dict[str, Any]:
    """The first list of people, as a vendor fills it in."""
    book = load_workbook(io.BytesIO(FIRST_LIST.template([])))
    sheet: Any = book.active
    heads = [str(cell.value).rstrip("*") for cell in sheet[1]]
    for row, name in enumerate(names, 2):
        cells = {"工号": f"HT{row:03d}", "姓名": name, "身份证号": valid_id(row), "入职日期": since, "到岗日期": since}
        for head, value in cells.items():
            sheet.cell(row, heads.index(head) + 1, value)
    kept = io.BytesIO()
    book.save(kept)
    return {"name": "people.xlsx", "mimeType": "application/octet-stream", "buffer": kept.getvalue()}


def test_an_empty_machine_comes_to_a_checked_contract_of_its_own_shape(newcomer: Any) -> None:
    walk = Walk(newcomer())
    walk.office.open("/")
    walk.picture("first-hour-1")
    walk.fill("main button", code=first.code(), system="xitong", security="anquan", audit="shenji")
    walk.follow("下一步")
    persons = {}
    for place, (name, full, role) in enumerate(
        [("zhaojb", "赵敏", "甲方经办"), ("qianfh", "钱强", "甲方复核"), ("sunrs", "孙丽", "乙方人事")]
    ):
        row = f"form__{place}__"
        persons |= {f"{row}username": name, f"{row}name": full, f"{row}role": role}
    walk.fill(
        "main button[type=submit]",
        office__name="示例市政务服务中心",
        office__credit_code=credit_code(61),
        vendor__name="示例市话务服务有限责任公司",
        vendor__credit_code=credit_code(62),
        **persons,
    )
    given = walk.passwords()
    walk.picture("first-hour-2")
    assert given.keys() == {"zhaojb", "qianfh", "sunrs"}

    walk.sign_in("zhaojb", given["zhaojb"])
    walk.office.open("/admin/")
    walk.follow("新建合同")
    walk.picture("first-hour-3")
    today = clock.today()
    begun = (today - timedelta(days=2)).isoformat()
    walk.fill(
        "form.o-tile button[type=submit]",
        source="reference",
        number="热线〔2026〕1号",
        title="12345 热线话务服务合同",
        signed_on=(today - timedelta(days=9)).isoformat(),
        starts_on=begun,
        ends_on=(today + timedelta(days=360)).isoformat(),
        headcount="3",
        annual_fee="240000.00",
    )
    contract = Contract.objects.get()
    walk.picture("first-hour-4")
    walk.office.open("/admin/")
    assert walk.says("未检查") and walk.page.locator(".o-unready").count() == 1  # red: nobody is on it yet
    walk.office.open(f"/admin/contract/contract/{contract.pk}/setup/")
    walk.follow("导入首批人员")
    walk.fill("form.o-tile button[type=submit]", file=filled_list(("周一", "吴二", "郑三"), begun))
    walk.follow("立即评估")
    walk.fill("form.o-tile button[type=submit]")
    walk.picture("first-hour-5")

    current = Assessment.objects.filter(contract=contract, is_current=True)
    assert current.get(check_id="staffing.headcount").outcome == Outcome.MET
    assert current.get(check_id="staffing.headcount").measured == "3"
    assert current.get(check_id="staffing.on_post_rate").outcome == Outcome.PENDING
    # The people of the list are 36: the age limit is the contract's own. No undertaking was handed in yet.
    named = set(current.filter(outcome=Outcome.NOT_MET).values_list("check_id", flat=True))
    assert named == {"staffing.hiring_qualification", "confidentiality.undertaking"}
    walk.office.open("/admin/")
    assert walk.page.locator(".o-unready").count() == 0
    assert User.objects.filter(memberships__party=contract.office).count() == 2
    assert User.objects.get(memberships__party=contract.vendor).username == "sunrs"
    assert len(walk.asked) <= MOST_PAGES and sum(walk.asked.values()) <= MOST_REQUIRED, walk.asked
    assert walk.office.faults == []


@pytest.fixture
def handler(db: None) -> User:
    """Who keeps the contracts of an office that has none yet."""
    create_roles()
    user, _password = accounts.account(username="zhaojb")
    user.set_password("a-long-password-1")
    user.save()
    accounts.give(user, role=STAFF, party=make_party("示例市政务服务中心"))
    Account.objects.update(must_change=False)
    return user


def test_a_contract_from_a_document_that_is_sent_and_an_unchecked_one_is_red(handler: User, newcomer: Any) -> None:
    walk = Walk(newcomer())
    walk.office.sign_in(handler)
    text = REFERENCE.read_text().replace("11411200005802061W", handler.memberships.get().party.credit_code)
    file = {"name": "contract.json", "mimeType": "application/json", "buffer": text.encode()}
    broken = file | {"buffer": text.replace('"number": "SMX-12345-2024",', "").encode()}
    walk.follow("新建合同")
    walk.fill("form.o-tile button[type=submit]", source="document", file=broken)
    assert walk.says("contract.number") and not Contract.objects.exists()
    walk.fill("form.o-tile button[type=submit]", source="document", file=file)
    assert walk.says("SMX-12345-2024")
    Obligation.objects.all().delete()
    walk.office.open("/admin/")
    assert walk.says("没有任何条款挂接检查")
    walk.office.shot("unchecked")
    assert walk.office.faults == []


@LONG
def test_the_sample_contract_goes_into_its_next_term(newcomer: Any, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.DEMONSTRATION_DAY = tmp_path, ""
    contract = load(replay=False).contract
    settings.DEMONSTRATION_DAY = "2025-10-31"
    user, _password = accounts.account(username="zhaojb")
    user.set_password("a-long-password-1")
    user.save()
    accounts.give(user, role=STAFF, party=contract.office)
    Account.objects.update(must_change=False)
    walk = Walk(newcomer())
    walk.office.sign_in(user)
    walk.office.open(f"/admin/contract/contract/{contract.pk}/renew/")
    assert walk.says("考核合格，得分") and walk.says("招标服务期至2027-09-30；再续一年至2026-09-30")
    assert walk.says("需2,091,733.33元") and walk.says("本期末日为2025-09-30")
    assert walk.says("任职至末日的44人，应当于2025-09-30（含当日）前为下一期合同重新签署")
    walk.picture("next-year-1")
    walk.fill("form.o-tile button[type=submit]", number="SMX-12345-2025", signed_on="2025-09-28")
    new = Contract.objects.get(number="SMX-12345-2025")
    assert (str(new.starts_on), str(new.ends_on), new.predecessor) == ("2025-10-01", "2026-09-30", contract)
    assert new.assignments.count() >= 44 and new.obligations.count() == contract.obligations.count()
    assert walk.says("空缺0日") and walk.says("下一期合同44人中已签署0人")
    sides = walk.page.locator("article[aria-labelledby=sides] section").all_inner_texts()
    assert [side.split()[0] for side in sides] == ["SMX-12345-2024", "SMX-12345-2025"]
    assert all("45 人" in side and "2,091,733.33 元" in side for side in sides)
    walk.picture("next-year-2")
    walk.office.open(f"/admin/contract/contract/{new.pk}/evaluate/")
    walk.fill("form.o-tile button[type=submit]")
    walk.picture("next-year-3")
    walk.office.open(f"/admin/contract/contract/{contract.pk}/evaluate/")
    walk.fill("form.o-tile button[type=submit]")
    # Each is judged in its own days: the old one not after its last, the new one not before its first.
    days = {one: one.assessments.filter(is_current=True, period_start__isnull=False) for one in (contract, new)}
    on_post = {one: days[one].filter(check_id="staffing.on_post_rate") for one in days}
    assert max(str(row.period_end) for row in on_post[contract]) == "2025-09-30"
    assert min(str(row.period_start) for row in on_post[new]) == "2025-10-01"
    # Both stand on the home page: the old one has money to be paid and data to be handed back.
    walk.office.open("/admin/")
    assert walk.says("SMX-12345-2024") and walk.says("SMX-12345-2025")
    walk.office.open(f"/admin/contract/contract/{contract.pk}/renew/")
    assert walk.says("522,933.34元尚未支付或者抵销")
    current = Assessment.objects.filter(contract=new, is_current=True)
    # The post that stood empty on the last day stands empty on the first: 44 of 45, from the first of October on.
    short = current.get(check_id="staffing.headcount", outcome=Outcome.NOT_MET)
    assert (short.measured, str(short.period_start)) == ("44", "2025-10-01")
    assert current.get(check_id="staffing.on_post_rate").measured.endswith("97.77%")
    walk.office.open(f"/admin/contract/headcountorder/add/?contract={new.pk}")
    walk.fill(
        "[name=_save]",
        document="〔2025〕9号",
        headcount="47",
        effective_from="2025-11-17",
        issued_on="2025-10-31",
        arrived_on="2025-10-31",
    )
    walk.picture("next-year-4")
    # Sixteen days of 45 and fourteen of 47. A week before 11-17 a Sunday lies between: safe by the Friday ahead of it.
    assert walk.says("1350 / 27 → 1378 / 27") and walk.says("2025-11-07")
    walk.office.go("main form button[type=submit]")
    assert new.headcount_orders.get().headcount == 47
    assert walk.office.faults == []
