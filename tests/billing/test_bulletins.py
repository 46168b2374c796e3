"""The report for the leader says what the sheet, the gaps, the alerts and the ledger say, and where that stands."""

import io
from datetime import date, timedelta
from typing import Any

import docx
import pytest
import time_machine
from django.contrib.auth.models import Group
from django.urls import reverse
from docx.oxml.ns import qn

from billing.selectors.bulletin import bulletin
from billing.selectors.statement import statement_facts
from contract.choices import Outcome, RunTrigger
from contract.models import Alert, Contract
from contract.roles import AUDITOR, FINANCE, REVIEWER, STAFF
from contract.services import evaluate
from hotline.intake.sums import DayRead
from hotline.models import ServiceMonth
from hotline.services.figures import take_in
from kit.clock import now
from staffing.rules.presence import Span
from tests.api import V1, client_of
from tests.billing import factories as money
from tests.contract.admin_helpers import has, make_alert, office_user, signed_in
from tests.counting import counted
from tests.factories import make_contract, make_roles, make_user
from tests.hotline.conftest import make_platform
from tests.staffing.helpers import a_november

NOV, NOV_END = date(2024, 11, 1), date(2024, 11, 30)
TODAY = date(2024, 12, 3)
PAGE = "admin:billing_bulletin"


@pytest.fixture
def clock() -> Any:
    with time_machine.travel("2024-12-03T02:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def contract(db: Any, clock: Any) -> Contract:
    return a_november()


def text_of(contract: Contract, kind: str = "month", span: Span | None = None) -> str:
    return str(bulletin(contract, kind, span or Span(NOV, NOV_END), TODAY).facts)


def test_it_says_the_rate_and_who_was_missing(contract: Contract) -> None:
    told = text_of(contract)
    for part in ("期内应到90人日，在位71人日，不在位19人日", "78.88%", "不低于98%，未达标", "超出18人日"):
        assert part in told
    assert "('合计', '', '19')" in told and "离岗后未补员（辞职）" in told


def test_the_same_month_has_the_same_numbers_wherever_it_stands(contract: Contract) -> None:
    evaluate(as_of=TODAY, today=TODAY, at=now(), trigger=RunTrigger.COMMAND)
    alert = Alert.objects.get(check_id="staffing.on_post_rate", assessment__period_start=NOV)
    client, query = signed_in(office_user(contract)), {"contract": contract.pk, "month": "2024-11"}
    rate, missing = "78.88%", "15 + 4 = 19"
    has(client.get(reverse("admin:index")), rate)
    has(client.get(reverse("admin:contract_alert_change", args=[alert.pk])), rate, missing)
    has(client.get(reverse("admin:staffing_attendance_sheet"), query), rate, missing, "应到 90 人日，在位 71 人日")
    has(client.get(reverse(PAGE), query | {"first": NOV}), rate, "应到90人日，在位71人日，不在位19人日")
    told = statement_facts(money.make_instalments(contract)[0], TODAY)["on_post"]["rows"]
    [november] = [row for row in told if row["start"] == str(NOV)]
    assert (november["required"], november["worst"], november["best"], november["rate"]) == (90, 71, 71, rate)
    seen = client_of(office_user(contract)).get(f"{V1}/alerts/{alert.pk}").json()
    assert seen["measured"] == rate
    day = client.get(reverse("admin:staffing_attendance_day"), {"contract": contract.pk, "day": "2024-11-20"})
    has(day, "应到 3 人，在位 2 人", "离岗后未补员：辞职")


def test_it_counts_gaps_alerts_and_money(contract: Contract) -> None:
    make_alert(contract, outcome=Outcome.NOT_MET)  # raised in March: not in this month
    inside = make_alert(contract, key="n", outcome=Outcome.NOT_MET)
    inside.raised_on = date(2024, 11, 20)
    inside.save()
    money.make_instalments(contract)
    told = text_of(contract)
    for part in (
        "期内新发生缺岗2个，补足1个",
        "未补1个",
        "期内产生预警1项，其中未履行1项",
        "期内涉及付款期次1个",
        "尚未收到",
    ):
        assert part in told


def test_every_figure_has_a_source(contract: Contract) -> None:
    report = bulletin(contract, "month", Span(NOV, NOV_END), TODAY)
    assert len(report.sources) == 8 and all(figure and source for _name, figure, source in report.sources)


def test_without_a_platform_it_says_that_nothing_is_proven_of_the_service(contract: Contract) -> None:
    assert "没有热线平台的记录，来电是否得到接听尚未证明。" in text_of(contract)


def test_the_service_stands_beside_its_target_and_the_month_before(contract: Contract) -> None:
    platform = make_platform(contract, since=date(2024, 10, 1))
    days = [
        DayRead(first + timedelta(days=n), {"offered": 100, "answered": answered, "waiting_seconds": 900})
        for first, number, answered in ((date(2024, 10, 1), 31, 97), (NOV, 30, 94))
        for n in range(number)
    ]
    take_in(contract=contract, days=days, today=TODAY, platform=platform)
    ServiceMonth.objects.create(contract=contract, month=NOV, taken_in_on=TODAY, orders_filed=50, orders_returned=1)
    told = text_of(contract)
    assert "期内热线来电3000个，接听2820个，平均等待9秒。" in told
    row = ("呼叫接通率（月）", "94.00%", "≥ 95%（目标未经双方确认）", "有违约风险", "97.00%", "–")
    assert str(row) in told
    assert "受理工单50，退回的工单1" in told
    quarter = text_of(contract, "quarter", Span(contract.starts_on, date(2024, 12, 31)))
    assert "呼叫接通率（月）" in quarter and "95.52%*" in quarter  # of October and November: (3007 + 2820) / 6100


def test_a_quarter_is_told_month_by_month(contract: Contract) -> None:
    told = text_of(contract, "quarter", Span(contract.starts_on, date(2024, 12, 31)))
    assert "('2024年11月', '90', '71', '19', '1', '78.88%', '未达标')" in told


def test_before_anybody_is_owed_it_says_so(db: Any, clock: Any) -> None:
    ahead = make_contract(starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
    told = text_of(ahead, span=Span(date(2025, 1, 1), date(2025, 1, 31)))
    assert "期内没有应到人员" in told


def test_it_asks_the_same_of_a_month_and_of_a_quarter(contract: Contract) -> None:
    def asked(kind: str, span: Span) -> int:
        with counted() as found:
            bulletin(contract, kind, span, TODAY)
        return found.queries

    month = asked("month", Span(NOV, NOV_END))
    assert asked("quarter", Span(contract.starts_on, date(2024, 12, 31))) == month <= 40


@pytest.mark.parametrize(("role", "status"), [(STAFF, 200), (REVIEWER, 200), (AUDITOR, 200), (FINANCE, 403)])
def test_who_may_read_everything_that_it_tells_may_read_it(contract: Contract, role: str, status: int) -> None:
    make_roles()
    person = make_user(party=contract.office, is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    assert signed_in(person).get(reverse(PAGE)).status_code == status


def test_another_offices_report_does_not_exist(contract: Contract) -> None:
    stranger = signed_in(office_user(make_contract(number="X-7")))
    assert stranger.get(reverse(PAGE), {"contract": contract.pk}).status_code == 404


@pytest.mark.parametrize("query", [{"kind": "week"}, {"first": "x"}])
def test_nonsense_is_not_found(contract: Contract, query: dict[str, str]) -> None:
    assert signed_in(office_user(contract)).get(reverse(PAGE), query).status_code == 404


def test_the_home_page_leads_to_it_and_it_to_both_files(contract: Contract) -> None:
    client = signed_in(office_user(contract))
    link = f"{reverse(PAGE)}?contract={contract.pk}"
    has(client.get(reverse("admin:index")), link)
    page = client.get(link)
    has(page, "一、人员到位情况", "bulletin.pdf?", "bulletin.docx?", "附：数据依据")


def test_the_word_file_has_the_faces_the_grid_and_every_table(contract: Contract) -> None:
    query = {"contract": contract.pk, "first": "2024-11-01"}
    answer = signed_in(office_user(contract)).get(reverse("admin:billing_bulletin_file", args=["docx"]), query)
    book: Any = docx.Document(io.BytesIO(answer.content))
    told = "\n".join(paragraph.text for paragraph in book.paragraphs)
    assert "2024年11月月度履约通报" in told and "不在位19人日" in told
    assert [cell.text for cell in book.tables[1].rows[-1].cells] == ["合计", "", "19"]
    faces = book.styles["Normal"].element.rPr.rFonts
    assert faces.get(qn("w:eastAsia")) == "仿宋_GB2312"
    grid = book.sections[0]._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:linePitch")) == "579"


def test_the_word_file_draws_the_months_up_to_its_own_with_the_floor(contract: Contract) -> None:
    query = {"contract": contract.pk, "first": "2024-11-01"}
    answer = signed_in(office_user(contract)).get(reverse("admin:billing_bulletin_file", args=["docx"]), query)
    tables = docx.Document(io.BytesIO(answer.content)).tables
    chart = next(table for table in tables if table.rows[0].cells[1].text == "人员到位率")
    rows = [[cell.text for cell in row.cells] for row in chart.rows[1:]]
    assert [row[0] for row in rows] == ["2024年10月", "2024年11月"]
    assert all("┃" in bar and len(bar) <= 16 for _month, bar, _rate in rows)
    (_o, october, _r), (_n, november, rate) = rows
    assert "░" in october and "█" not in october  # nothing of it was reported
    assert "█" in november and "░" not in november and rate.endswith("%") and rate.count("%") == 1


@pytest.mark.printed
def test_the_pdf_is_printed(contract: Contract) -> None:
    query = {"contract": contract.pk, "first": "2024-11-01"}
    answer = signed_in(office_user(contract)).get(reverse("admin:billing_bulletin_file", args=["pdf"]), query)
    assert answer.content.startswith(b"%PDF") and "no-store" in answer.headers["Cache-Control"]
