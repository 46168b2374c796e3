"""Everything encrypted moves to a new key, the history and the blind index too; then the old one may go."""

import base64
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from contract.history import services as history
from contract.keeping import keys
from staffing.models import Operator
from tests.factories import make_operator, make_party

pytestmark = pytest.mark.django_db
NEW = "n1:" + base64.b64encode(b"n" * 32).decode()
NATIONAL = "sm4-1:" + base64.b64encode(b"s" * 16).decode()


@pytest.fixture
def people() -> list[Operator]:
    """Three people; one was corrected, so that a version of hers stands in the history only; one is gone."""
    vendor = make_party()
    found = [make_operator(vendor) for _ in range(4)]
    found[0].name = "改名"
    found[0].save()
    found.pop().delete()
    return found


def rotate(**options: Any) -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out, **options)
    return out.getvalue()


def in_use() -> set[str]:
    return {key for column in keys.encrypted_columns() for key in keys.key_ids(column)}


@pytest.mark.parametrize("new", [NEW, NATIONAL])
def test_the_old_key_can_go_afterwards(people: list[Operator], settings: Any, new: str) -> None:
    numbers = sorted(one.resident_id for one in people)
    settings.FIELD_ENCRYPTION_KEYS = f"{new},{settings.FIELD_ENCRYPTION_KEYS}"
    assert history.check(timezone.now())[1] == []
    rotate()
    assert in_use() == {new.partition(":")[0]}
    assert history.check(timezone.now())[1] == []  # the program goes on with both
    rotate(finish=True)
    assert "rotate_keys" in next(keys.problems())  # with both keys it does not start any more
    settings.FIELD_ENCRYPTION_KEYS = new
    assert list(keys.problems()) == []
    assert sorted(one.resident_id for one in Operator.objects.all()) == numbers
    assert {one.resident_id for one in Operator.history.all()} >= set(numbers)
    assert history.check(timezone.now())[1] == []
    with pytest.raises(ValidationError, match="相同居民身份证号码"):  # the index finds the same person still
        Operator(vendor=people[0].vendor, employee_number="x", name="乙", resident_id=numbers[0]).full_clean()


def test_a_rotation_that_was_killed_goes_on_where_it_stopped(
    people: list[Operator], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = f"{NEW},{settings.FIELD_ENCRYPTION_KEYS}"
    monkeypatch.setattr(keys, "AT_ONCE", 1)
    sealed, left = keys._seal_anew, iter(range(3))

    def dies(*args: Any) -> int:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return sealed(*args)

    monkeypatch.setattr(keys, "_seal_anew", dies)
    with pytest.raises(KeyboardInterrupt):
        keys.move(str)
    assert in_use() == {"t1", "n1"} and list(keys.problems()) == []
    monkeypatch.setattr(keys, "_seal_anew", sealed)
    with pytest.raises(CommandError):
        keys.finish()
    keys.move(str)
    assert in_use() == {"n1"} and keys.move(str) == 0


def test_nothing_is_taken_over_that_was_altered_by_hand(people: list[Operator], settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = f"{NEW},{settings.FIELD_ENCRYPTION_KEYS}"
    rotate()
    before = people[1].resident_id_index
    with connection.cursor() as cursor:
        cursor.execute("UPDATE staffing_operator SET name = '改' WHERE id = %s", [people[0].pk])
    with pytest.raises(CommandError, match="变更日志"):
        rotate(finish=True)
    assert Operator.objects.get(pk=people[1].pk).resident_id_index == before
