"""The calculator of last days gives the day and its reasons."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from contract.admin.deadlines import answer
from contract.models import Contract
from law.calendar import Calendar
from tests.contract.admin_helpers import has, lacks, office_user, signed_in

ROLLS, NEVER = "weekends_and_holidays", "never"


def days(**asked: Any) -> list[date]:
    return [day for _label, day in answer(**asked, calendar=Calendar())["days"]]


@pytest.mark.parametrize(
    ("event", "number", "unit", "roll", "nominal", "legal"),
    [
        (date(2025, 9, 8), 15, "days", ROLLS, date(2025, 9, 23), date(2025, 9, 23)),
        (date(2025, 9, 22), 15, "days", ROLLS, date(2025, 10, 7), date(2025, 10, 9)),
        (date(2025, 9, 22), 15, "days", NEVER, date(2025, 10, 7), date(2025, 10, 7)),
        (date(2025, 1, 31), 1, "months", ROLLS, date(2025, 2, 28), date(2025, 2, 28)),
        (date(2024, 2, 29), 1, "years", NEVER, date(2025, 2, 28), date(2025, 2, 28)),
    ],
)
def test_a_last_day_is_counted_and_rolls(
    event: date, number: int, unit: str, roll: str, nominal: date, legal: date
) -> None:
    assert days(event=event, way="after", number=number, unit=unit, roll=roll) == [nominal, legal]


def test_a_notice_ahead_has_three_days() -> None:
    found = days(event=date(2025, 10, 8), way="before", number=7, unit="days", roll=ROLLS)
    assert found == [date(2025, 10, 1), date(2025, 9, 30), date(2025, 9, 30)]


def test_a_year_without_a_schedule_is_said_and_never_guessed() -> None:
    found = answer(event=date(2030, 1, 1), way="after", number=3, unit="days", roll=ROLLS, calendar=Calendar())
    assert len(found["days"]) == 1 and "2030" in found["reasons"][-1]


def test_a_day_beyond_every_calendar_is_no_crash() -> None:
    asked: dict[str, Any] = {"event": date(9999, 12, 30), "way": "after", "number": 3, "unit": "days", "roll": NEVER}
    assert answer(**asked, calendar=Calendar())["days"] == []


@pytest.mark.django_db
def test_the_page_answers_and_refuses(contract: Contract) -> None:
    client, page = signed_in(office_user(contract)), reverse("admin:contract_deadline")
    asked = {"event": "2025-09-22", "way": "after", "number": "15", "unit": "days", "roll": ROLLS}
    has(client.get(page, asked), "2025-10-07", "2025-10-09", "当日不计入", "顺延")
    lacks(client.get(page), ["当日不计入"])
    has(client.get(page, asked | {"way": "before", "unit": "years"}), "提前通知按日或按月计算")
    has(client.get(page, asked | {"number": "200", "unit": "months"}), "不超过 120")


@pytest.mark.django_db
def test_a_time_of_the_contract_fills_in_length_and_direction(contract: Contract) -> None:
    client, page = signed_in(office_user(contract)), reverse("admin:contract_deadline")
    asked = {"event": "2025-09-22", "way": "after", "number": "", "unit": "years", "roll": ROLLS}
    has(client.get(page, asked | {"clause": "backfill_days"}), "2025-10-07", "2025-10-09", "15 日")
    has(client.get(page, asked | {"clause": "headcount_notice_days"}), "2025-09-15", "2025-09-14", "2025-09-12")
    lacks(client.get(page, asked | {"clause": "no_such_days"}), ["2025-10-07"])
