"""What a contract document says about posts: which kinds of work, for how many people."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from contract.loading import Loader, known_keys
from contract.models import Contract
from contract.reference.form import Form
from contract.reference.readers import Group, Rows, decimal, optional, required, text_of, whole
from contract.reference.sections import Section, register
from staffing.models import Post

POST = required(**text_of(Post, "code", "name")) | optional(
    people=whole(least=0, most=10_000), seats=whole(least=0, most=10_000), people_per_seat=decimal(2, least=0, most=100)
)


def _check(form: Form, data: Mapping[str, Any]) -> None:
    form.once("posts", [row.get("code") for row in data["posts"]])
    for position, row in enumerate(data["posts"]):
        by_seat = {"seats", "people_per_seat"} & row.keys()
        if ("people" in row) == bool(by_seat) or len(by_seat) == 1:
            form.fail(f"posts[{position}]", _("give the people, or the seats with the people for each of them"))
        elif by_seat and _people(row) % 1:
            form.fail(
                f"posts[{position}]", _("%(people)s people: give a number without a part") % {"people": _people(row)}
            )


def _people(row: Mapping[str, Any]) -> Decimal:
    """The people of a post: as given, or so many seats with so many people each (five seats round the clock, 4.6)."""
    return Decimal(row["people"]) if "people" in row else row["seats"] * Decimal(row["people_per_seat"])


def _write(loader: Loader, contract: Contract, rows: list[dict[str, Any]]) -> None:
    known = known_keys(Post, contract, "code")
    for position, row in enumerate(rows):
        values = {"name": row["name"], "planned_headcount": int(_people(row))}
        if (row["code"],) not in known:
            loader.create(f"posts[{position}]", Post(contract=contract, code=row["code"], **values))
        elif (existing := known[row["code"],]) is not None:
            loader.compare(f"posts[{position}]", existing, values)


def _export(contract: Contract) -> list[dict[str, Any]]:
    return [
        {"code": post.code, "name": post.name, "people": post.planned_headcount}
        for post in contract.posts.filter(is_active=True)
    ]


register(Section("posts", Rows(Group(POST)), check=_check, write=_write, export=_export))
