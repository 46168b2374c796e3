"""The people of the sample: invented, plausible, and always the same."""

import os
import subprocess
import sys
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from law.calendar import DEFAULT
from law.identity import is_resident_id, resident_id_birthday, resident_id_sex
from law.periods import age_on
from sample import year
from sample.people import person
from sample.year.events import Joins, Leaves, Moves, Replaces
from sample.year.team import POSTS, hired_on, post_of, rota

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = [person(order, hired_on(order)) for order in range(1, 61)]


def test_they_have_names_and_numbers_of_their_own() -> None:
    for field in ("number", "name", "resident_id", "phone"):
        assert len({getattr(someone, field) for someone in PEOPLE}) == len(PEOPLE)


def test_their_resident_ids_are_valid_and_of_nowhere() -> None:
    for someone in PEOPLE:
        assert is_resident_id(someone.resident_id)
        assert someone.resident_id.startswith("999999")
        assert resident_id_birthday(someone.resident_id) == someone.born_on
        assert resident_id_sex(someone.resident_id) == someone.sex


def test_they_were_of_age_and_not_above_35_when_hired() -> None:
    assert all(18 <= age_on(someone.born_on, someone.hired_on) <= 35 for someone in PEOPLE)


@pytest.mark.parametrize("age", [18, 35])
@pytest.mark.parametrize("hired", [date(2024, 2, 29), date(2024, 3, 1), date(2023, 12, 31)])
def test_an_age_asked_for_is_the_age_at_hire(age: int, hired: date) -> None:
    assert all(age_on(person(order, hired, age).born_on, hired) == age for order in range(1, 1000, 37))


def test_they_are_the_same_in_every_time_zone_and_process() -> None:
    """What is loaded depends on nothing but the code."""
    program = (
        "from datetime import date; from hashlib import sha256; from sample import year;"
        "from sample.people import person;"
        "told = repr([person(n, date(2024, 7, 1)) for n in range(1, 100)])"
        " + repr((year.PEOPLE, year.OFFICE, year.DECISIONS));"
        "print(sha256(told.encode()).hexdigest())"
    )
    for zone, seed in (("Pacific/Auckland", "1"), ("America/Los_Angeles", "2")):
        env = os.environ | {"TZ": zone, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == _digest()


def _digest() -> str:
    told = repr([person(n, date(2024, 7, 1)) for n in range(1, 100)])
    told += repr((year.PEOPLE, year.OFFICE, year.DECISIONS))
    return sha256(told.encode()).hexdigest()


def test_45_begin_on_the_posts_that_are_planned() -> None:
    posts = [post_of(who) for who in range(1, 46)]
    assert {code: posts.count(code) for code in POSTS} == {
        code: planned for code, (_name, planned, _rotates) in POSTS.items()
    }
    with pytest.raises(ValueError, match="45"):
        post_of(46)


def test_somebody_is_on_duty_at_the_hotline_every_day() -> None:
    crew = [who for who in range(1, 46) if post_of(who) == "SL"]
    for day in (date(2024, 10, 1), date(2025, 1, 29), date(2025, 6, 7)):
        on_duty = sum(rota(who, "SL", day, DEFAULT) == "on_duty" for who in crew)
        assert 14 <= on_duty <= 16


def test_who_works_by_the_calendar_rests_on_holidays_and_not_on_make_up_days() -> None:
    assert rota(5, "GD", date(2025, 1, 29), DEFAULT) == "rest"
    assert rota(5, "GD", date(2025, 1, 26), DEFAULT) == "on_duty"


def test_events_name_people_who_are_there_by_then() -> None:
    begun: set[int] = set()
    for event in year.PEOPLE:
        if isinstance(event, Joins | Replaces):
            assert event.who not in begun
            begun.add(event.who)
        elif isinstance(event, Leaves | Moves):
            assert event.who in begun
