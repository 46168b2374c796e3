"""Posts in a contract document: by people, or by seats with the people of each."""

import copy
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from contract.loading import load, reference_document
from contract.reference.export import document_of
from contract.setup.drafting import as_document
from staffing.models import Post
from staffing.selectors import posts

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


def test_a_post_grows_ends_and_begins_on_its_days_and_is_written_back_so() -> None:
    rows = (
        {"code": "L", "name": "班长", "people": 2},
        {"code": "L", "name": "班长", "people": 3, "effective_from": "2025-01-01"},
        {"code": "Q", "name": "质检", "people": 1, "effective_until": "2025-03-31"},
        {"code": "T", "name": "培训师", "seats": 2, "people_per_seat": "1.5", "effective_from": "2025-06-01"},
    )
    loaded = load(with_posts(*rows))
    facts = {post.name: post for post in posts([loaded.contract.pk])[loaded.contract.pk]}

    def planned(day: str) -> list[int]:
        return [facts[name].planned_on(date.fromisoformat(day)) for name in ("班长", "质检", "培训师")]

    assert planned("2024-12-31") == [2, 1, 0]
    assert planned("2025-01-01") == planned("2025-03-31") == [3, 1, 0]
    assert planned("2025-04-01") == planned("2025-05-31") == [3, 0, 0]
    assert planned("2025-06-01") == [3, 0, 3]
    assert (again := load(document_of(loaded.contract))).created == {} and not again.kept
    assert load(with_posts(*rows)).created == {}


def test_the_next_contract_begins_with_the_posts_as_they_were_in_the_end() -> None:
    loaded = load(
        with_posts(
            {"code": "L", "name": "班长", "people": 2},
            {"code": "L", "name": "班长", "people": 3, "effective_from": "2025-01-01"},
            {"code": "Q", "name": "质检", "people": 1, "effective_until": "2025-03-31"},
        )
    )
    assert as_document(loaded.contract)["posts"] == [{"code": "L", "name": "班长", "people": 3}]


@pytest.mark.parametrize(
    "row, path",
    [
        ({"effective_from": "2024-09-30"}, "posts[0].effective_from"),
        ({"effective_until": "2025-10-01"}, "posts[0].effective_until"),
        ({"effective_from": "2025-03-01", "effective_until": "2025-02-28"}, "posts[0].effective_until"),
    ],
)
def test_days_outside_the_term_are_refused_by_their_path(row: dict[str, Any], path: str) -> None:
    assert f"{path}: " in wrong({"code": "S", "name": "话务员", "people": 1, **row})


def test_two_names_for_one_post_are_refused() -> None:
    later = {"code": "S", "name": "坐席", "people": 2, "effective_from": "2025-01-01"}
    assert "posts[1].name" in wrong({"code": "S", "name": "话务员", "people": 1}, later)


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
