"""`manage.py seed_sample`: where it refuses, what it says, what it leaves behind."""

from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command

from contract.choices import RunStatus, RunTrigger
from contract.loading import load_contract, reference_document
from contract.models import EvaluationRun, Membership
from contract.selectors import visible_contracts
from kit.clock import today
from law.periods import BEIJING
from sample import loading
from sample.loading import LOGINS, Nights, load
from sample.records import months
from sample.users import make_users
from sample.year.events import Event
from sample.year.team import END, START
from staffing.models import Attendance, Operator
from tests.factories import make_assignment

pytestmark = pytest.mark.django_db


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A year of one week: the first seven days, without what happens later."""
    week = (START, date(2024, 10, 7))

    def early(events: tuple[Event, ...]) -> tuple[Event, ...]:
        return tuple(event for event in events if event.on <= date(2024, 10, 6))

    monkeypatch.setattr(loading, "months", lambda: iter([week]))
    monkeypatch.setattr(loading, "PEOPLE", early(loading.PEOPLE)[:5])
    monkeypatch.setattr(loading, "OFFICE", ())


def seed(*arguments: str) -> str:
    told = StringIO()
    call_command("seed_sample", *arguments, stdout=told)
    return told.getvalue()


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.DEMONSTRATION_DAY = tmp_path, ""


@pytest.mark.usefixtures("short")
def test_it_freezes_the_day_for_this_process_and_later_ones(tmp_path: Path) -> None:
    seed("--no-replay")
    assert (tmp_path / "demonstration-day").read_text().strip() == "2025-09-30"
    assert today() == END


@pytest.mark.usefixtures("short")
def test_it_tells_the_logins_each_time_and_loads_once() -> None:
    first, second = seed("--no-replay"), seed()
    assert Operator.objects.count() == 5
    assert Attendance.objects.count() == 35
    for login in LOGINS:
        assert login.password in first and login.password in second
    assert not EvaluationRun.objects.exists()


@pytest.mark.usefixtures("short")
def test_a_corrected_number_of_its_first_person_does_not_hide_it() -> None:
    seed("--no-replay")
    person = Operator.objects.order_by("employee_number").first()
    assert person is not None
    person.employee_number = "GH-1"
    person.save()
    assert "已经载入" in seed()
    assert Operator.objects.count() == 5


@pytest.mark.usefixtures("short")
def test_it_replays_the_nights_in_order_as_of_their_days() -> None:
    loaded = load()
    runs = EvaluationRun.objects.order_by("pk")
    assert loaded.nights == len(runs) > 0
    days = [run.as_of for run in runs]
    assert days == sorted(set(days))
    assert all(run.started_at.astimezone(BEIJING).date() == run.as_of for run in runs)


@pytest.mark.usefixtures("short")
def test_it_does_not_go_back_behind_an_evaluation_of_a_later_day() -> None:
    EvaluationRun.objects.create(
        as_of=date(2026, 1, 1),
        trigger=RunTrigger.COMMAND,
        status=RunStatus.SUCCEEDED,
        started_at=datetime(2026, 1, 1, tzinfo=BEIJING),
    )
    loaded = load()
    assert loaded.fresh and not loaded.nights
    assert len(loaded.remarks) == 1


def test_production_refuses_it(settings: Any) -> None:
    settings.SAMPLE_DATA_ALLOWED = False
    with pytest.raises(CommandError, match="生产环境"):
        seed()
    assert not Operator.objects.exists()


def test_a_contract_with_records_of_its_own_is_left_alone() -> None:
    contract = load_contract(reference_document())
    make_assignment(contract)
    with pytest.raises(CommandError, match="DATA_DIR"):
        seed()
    assert Operator.objects.count() == 1


@pytest.mark.usefixtures("short")
def test_a_load_that_breaks_off_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(loading, "report", broken)
    with pytest.raises(KeyboardInterrupt):
        seed()
    assert not Operator.objects.exists()
    assert not Membership.objects.exists()


def test_each_login_acts_for_its_side() -> None:
    call_command("seed_reference", stdout=StringIO())
    contract = load_contract(reference_document())
    users = make_users(contract)
    for login in LOGINS:
        user = users[login.username]
        assert user.check_password(login.password)
        # The three administrators act for nobody and see no contract; the superuser sees all.
        assert list(visible_contracts(user)) == [contract] * bool(login.side or not login.group)
        assert [group.name for group in user.groups.all()] == [login.group] * bool(login.group)
        assert user.is_superuser == (not login.side and not login.group)
        validate_password(login.password)
    assert not users["vendor"].is_staff
    assert users["office"].has_perm("contract.add_review")
    assert not users["office"].has_perm("contract.change_review")
    assert users["reviewer"].has_perm("contract.change_review")
    assert make_users(contract) == users


def test_the_nights_hold_every_last_day_of_a_month_and_are_far_from_all() -> None:
    nights = Nights()
    assert all(last in nights for _first, last in months())
    assert END in nights
    assert len(nights.days) < 200
