"""A list is read directly, row by row, and says what DRF would have said."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from rest_framework import serializers

from kit.api.reading import ReadingMixin


class Colour(models.TextChoices):
    RED = "red"
    BLUE = "blue"


class Row(SimpleNamespace):
    """As a row of the database is, as far as a serializer sees it."""

    @property
    def gone(self) -> Any:
        raise ObjectDoesNotExist

    def serializable_value(self, name: str) -> Any:
        return getattr(self, f"{name}_id")

    def called(self) -> str:
        return "an answer"


class Slow(serializers.Serializer):
    name = serializers.CharField()
    number = serializers.IntegerField()
    flag = serializers.BooleanField()
    colour = serializers.ChoiceField(choices=Colour.choices)
    day = serializers.DateField()
    at = serializers.DateTimeField()
    price = serializers.DecimalField(max_digits=9, decimal_places=2)
    owner = serializers.PrimaryKeyRelatedField(read_only=True)
    owner_name = serializers.CharField(source="owner.name", default="", read_only=True)
    gone = serializers.CharField(default="nobody", read_only=True)
    called = serializers.CharField()
    inner = serializers.DictField()
    counted = serializers.SerializerMethodField()
    secret = serializers.CharField(write_only=True)

    def get_counted(self, row: Any) -> int:
        return len(str(row.number))


class Quick(ReadingMixin, Slow):
    pass


def row(**changes: Any) -> Row:
    owner = Row(pk=7, name="甲")
    known = {
        "name": "乙",
        "number": 3,
        "flag": True,
        "colour": "red",
        "day": date(2025, 2, 28),
        "at": datetime(2025, 2, 28, 16, 30, tzinfo=UTC),
        "price": "12.5",
        "owner": owner,
        "owner_id": 7,
        "inner": {"a": 1},
    }
    return Row(**{**known, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"owner": None, "owner_id": None},
        {"name": None, "number": None, "day": None, "at": None, "colour": None, "price": None},
        {"name": 12, "number": "12", "flag": "true", "colour": Colour.BLUE},
        {"colour": "green"},
        {"colour": ""},
        {"day": "2025-02-28"},
        {"name": lambda: "called"},
    ],
)
def test_it_says_what_drf_says(changes: dict[str, Any]) -> None:
    given = row(**changes)
    assert Quick([given, given], many=True).data == Slow([given, given], many=True).data


def test_a_mapping_is_read_too() -> None:
    given = {"name": "乙", "number": 3}

    class Two(ReadingMixin):
        name = serializers.CharField()
        number = serializers.IntegerField()

    assert Two(given).data == given


def test_what_cannot_be_read_is_an_error_that_names_the_field() -> None:
    given = row()
    del given.number
    with pytest.raises(AttributeError, match="number"):
        _ = Quick(given).data
