"""The calendar as it counts, and the State Council's notice: pasted, read, seen, then confirmed."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from contract import selectors
from contract.models import CalendarDay, CalendarYear
from law.calendar import DayKind
from law.periods import Roll, deadline_after
from tests.contract.admin_helpers import has, lacks, signed_in
from tests.factories import make_user
from tests.law.notices import INVENTED_2027, NOTICES

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:contract_calendar")
WRITES = ["contract.view_calendarday", "contract.add_calendarday", "contract.change_calendarday"]


@pytest.fixture
def client() -> Client:
    return signed_in(make_user(is_staff=True, permissions=[*WRITES, "contract.add_calendaryear"]))


def paste(client: Client, text: str, **more: str):
    return client.post(f"{PAGE}?year=2027", {"text": text.replace("\n", "\r\n"), **more})


def test_a_notice_counts_when_it_was_confirmed_and_not_before(client: Client) -> None:
    """Civil Code 203 rolls by what the State Council announced and the office confirmed."""
    due = {"days": 30, "roll": Roll.WEEKENDS_AND_HOLIDAYS}
    accepted = date(2026, 12, 10)  # thirty days later is 2027-01-09, a Saturday
    page = paste(client, INVENTED_2027)
    has(page, "读取结果", "国办发明电〔2026〕99号", "2027-02-20", "周末上班", "确认并录入")
    assert not CalendarDay.objects.exists()
    assert deadline_after(accepted, **due, calendar=selectors.calendar()).legal is None
    assert paste(client, INVENTED_2027, confirm="1").status_code == 302
    calendar = selectors.calendar()
    assert calendar.published(2027)
    assert calendar.kind(date(2027, 2, 20)) is DayKind.MAKEUP_WORKDAY
    assert deadline_after(accepted, **due, calendar=calendar).legal == date(2027, 1, 11)


def test_confirmed_twice_it_writes_nothing_new(client: Client) -> None:
    paste(client, INVENTED_2027, confirm="1")
    rows, versions = CalendarDay.objects.count(), CalendarDay.history.count()
    paste(client, INVENTED_2027, confirm="1")
    assert (CalendarDay.objects.count(), CalendarDay.history.count()) == (rows, versions)
    assert CalendarYear.objects.get().source == "国办发明电〔2026〕99号"


def test_what_stood_in_the_table_is_corrected_and_what_the_notice_leaves_out_is_named(client: Client) -> None:
    CalendarDay.objects.create(day=date(2027, 2, 20), is_rest_day=True)
    CalendarDay.objects.create(day=date(2027, 3, 8), is_rest_day=True, name="误录")
    has(paste(client, INVENTED_2027), "2027-03-08")
    paste(client, INVENTED_2027, confirm="1")
    assert not CalendarDay.objects.get(day=date(2027, 2, 20)).is_rest_day
    assert CalendarDay.objects.get(day=date(2027, 3, 8)).is_rest_day


@pytest.mark.parametrize("confirm", [{}, {"confirm": "1"}])
def test_a_text_that_contradicts_itself_is_never_written(client: Client, confirm: dict[str, str]) -> None:
    page = paste(client, INVENTED_2027.replace("2月20日（周六）", "2月20日（周日）"), **confirm)
    has(page, "2月20日（周日）", "未录入任何内容")
    lacks(page, ["确认并录入"])
    assert not CalendarDay.objects.exists() and not CalendarYear.objects.exists()


def test_the_list_shows_what_counts_from_both_sources(client: Client) -> None:
    CalendarDay.objects.create(day=date(2026, 1, 2), is_rest_day=False, name="临时安排")
    CalendarDay.objects.create(day=date(2026, 1, 1), is_rest_day=True, is_statutory=True)
    page = client.get(f"{PAGE}?year=2026")
    has(page, "甲方日历表；内置日历为：放假", "两个来源一致", "内置日历", "临时安排", "2026-01-04")
    has(client.get(f"{PAGE}?year=2027"), "尚未公布")


def test_who_may_only_read_sees_no_form_and_sends_nothing() -> None:
    reader = signed_in(make_user(is_staff=True, permissions=["contract.view_calendarday"]))
    lacks(reader.get(f"{PAGE}?year=2026"), ["粘贴国务院办公厅通知"])
    assert paste(reader, NOTICES[2026], confirm="1").status_code == 403
    assert signed_in(make_user(is_staff=True)).get(PAGE).status_code == 403
    assert Client().get(PAGE).status_code == 302
    for year in ("x", "0", "99999", "1999", "２０２６"):
        assert reader.get(PAGE, {"year": year}).status_code == 404


@pytest.mark.parametrize(
    ("day", "is_rest_day", "is_taken"),
    [
        ("2027-03-09", True, True),  # a Tuesday off
        ("2027-03-09", False, False),  # a Tuesday that is worked as ever: the switch was forgotten
        ("2027-03-07", False, True),  # a Sunday worked
        ("2025-10-01", False, True),  # National Day worked: somebody decided so
        ("2025-10-09", False, False),  # the first working day after it
    ],
)
def test_a_day_is_a_day_off_unless_one_says_that_it_is_worked(
    client: Client, day: str, is_rest_day: bool, is_taken: bool
) -> None:
    url = reverse("admin:contract_calendarday_add")
    assert client.get(url).context["adminform"].form.initial["is_rest_day"]
    page = client.post(url, {"day": day, "name": "临时安排", **({"is_rest_day": "on"} if is_rest_day else {})})
    assert CalendarDay.objects.exists() == is_taken
    if not is_taken:
        has(page, f"{day} 本来就是工作日")


def test_the_year_stands_at_a_glance_with_its_holidays_named_and_what_is_not_published(client: Client) -> None:
    of_2025 = client.get(PAGE, {"year": "2025"})
    has(of_2025, "26班", "1法", "3休", "春节", "国庆节", "2025-12")  # 01-26 is worked, 02-03 is off
    lacks(of_2025, ["1?"])
    has(client.get(PAGE, {"year": "2031"}), "1?", "尚未公布")
