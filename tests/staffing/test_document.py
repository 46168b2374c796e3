"""Posts in a contract document: by people, or by seats with the people of each."""

import copy
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from contract.loading import load, reference_document
from contract.reference.export import document_of
from staffing.models import Post

pytestmark = pytest.mark.django_db


def with_posts(*rows: dict[str, Any]) -> dict[str, Any]:
    return copy.deepcopy(reference_document()) | {"posts": list(rows)}


def wrong(*rows: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        load(with_posts(*rows))
    assert not Post.objects.exists()
    return "\n".join(caught.value.messages)


def test_people_are_given_or_follow_from_the_seats() -> None:
    leader = {"code": "L", "name": "班长", "people": 2}
    seats = {"code": "S", "name": "话务员", "seats": 5, "people_per_seat": "4.6"}
    loaded = load(with_posts(leader, seats))
    assert dict(Post.objects.values_list("code", "planned_headcount")) == {"L": 2, "S": 23}
    written = document_of(loaded.contract)
    assert written["posts"][1] == {"code": "S", "name": "话务员", "people": 23}
    again = load(written)
    assert not again.created and not again.kept


def test_what_people_changed_stays_and_is_named() -> None:
    document = with_posts({"code": "L", "name": "班长", "people": 2})
    load(document)
    document["posts"][0]["people"] = 3
    assert load(document).kept and Post.objects.get().planned_headcount == 2


@pytest.mark.parametrize(
    "row, said",
    [
        ({}, "posts[0]"),
        ({"people": 2, "seats": 1, "people_per_seat": "2"}, "posts[0]"),
        ({"seats": 5}, "posts[0]"),
        ({"seats": 5, "people_per_seat": "4.5"}, "22.5"),
        ({"people": -1}, "posts[0].people"),
        ({"person": 2}, "person"),
    ],
)
def test_a_post_without_a_whole_number_of_people_is_refused_by_its_path(row: dict[str, Any], said: str) -> None:
    assert said in wrong({"code": "S", "name": "话务员", **row})


def test_a_code_twice_is_refused() -> None:
    assert "“S”" in wrong(*[{"code": "S", "name": "话务员", "people": 1}] * 2)
