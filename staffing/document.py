"""What a contract document says about posts: which kinds of work, for how many people, from when until when."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from contract.loading import Loader, known_keys
from contract.models import Contract
from contract.reference.form import Form
from contract.reference.readers import Group, Rows, day, decimal, optional, required, text_of, whole
from contract.reference.sections import Section, register
from staffing.models import Post, PostSize

POST = required(**text_of(Post, "code", "name")) | optional(
    people=whole(least=0, most=10_000),
    seats=whole(least=0, most=10_000),
    people_per_seat=decimal(2, least=0, most=100),
    effective_from=day(),
    effective_until=day(),
)
ONE_DAY = timedelta(days=1)


def _check(form: Form, data: Mapping[str, Any]) -> None:
    rows = data["posts"]
    first, last = (data["contract"].get(name) for name in ("starts_on", "ends_on"))
    form.once("posts", [f"{row.get('code', '')} {row.get('effective_from', '')}".strip() for row in rows])
    names: dict[Any, Any] = {}
    for position, row in enumerate(rows):
        path = f"posts[{position}]"
        by_seat = {"seats", "people_per_seat"} & row.keys()
        if ("people" in row) == bool(by_seat) or len(by_seat) == 1:
            form.fail(path, _("give the people, or the seats with the people for each of them"))
        elif by_seat and _people(row) % 1:
            form.fail(path, _("%(people)s people: give a number without a part") % {"people": _people(row)})
        if names.setdefault(row.get("code"), row.get("name")) != row.get("name"):
            form.fail(f"{path}.name", _("this post has another name in an earlier row"))
        since, until = row.get("effective_from", first), row.get("effective_until", last)
        if since and until and until < since:
            form.fail(f"{path}.effective_until", _("lies before the first day"))
        for name, given in (("effective_from", since), ("effective_until", until)):
            if name in row and first and last and not first <= given <= last:
                form.fail(f"{path}.{name}", _("lies outside the contract's term"))


def _people(row: Mapping[str, Any]) -> Decimal:
    """The people of a post: as given, or so many seats with so many people each (five seats round the clock, 4.6)."""
    return Decimal(row["people"]) if "people" in row else row["seats"] * Decimal(row["people_per_seat"])


def _write(loader: Loader, contract: Contract, rows: list[dict[str, Any]]) -> None:
    """A post with its rows: without a day, or from the first one on, its planned headcount; others from their day."""
    known = known_keys(Post, contract, "code")
    for code in dict.fromkeys(row["code"] for row in rows):
        own = {position: row for position, row in enumerate(rows) if row["code"] == code}
        sizes = _sizes(contract, own)
        place = next(iter(own))
        values = {"name": own[place]["name"], "planned_headcount": sizes.get(None, (place, 0))[1]}
        post = known.get((code,))
        if (code,) not in known:
            post = loader.create(f"posts[{place}]", Post(contract=contract, code=code, **values))
        elif post is not None:
            loader.compare(f"posts[{place}]", post, values)
        if post is None or post.pk is None:
            continue
        dated = {size.effective_from: size for size in post.sizes.all()}
        gone = set(PostSize.history.filter(post_id=post.pk).values_list("effective_from", flat=True)) - dated.keys()
        for since, (position, people) in sizes.items():
            path = f"posts[{position}]"
            if since is None:  # the planned headcount itself
                continue
            if since in dated:
                loader.compare(path, dated[since], {"people": people})
            elif since not in gone:
                loader.create(path, PostSize(post=post, effective_from=since, people=people))


def _sizes(contract: Contract, rows: Mapping[int, Mapping[str, Any]]) -> dict[date | None, tuple[int, int]]:
    """By the day from which it holds (None: from the first) the row that says it, and the people."""
    found: dict[date | None, tuple[int, int]] = {}
    for position, row in rows.items():
        since = row.get("effective_from", contract.starts_on)
        found[None if since <= contract.starts_on else since] = (position, int(_people(row)))
    for position, row in rows.items():
        after = row["effective_until"] + ONE_DAY if "effective_until" in row else None
        if after is not None and after <= contract.ends_on:
            found.setdefault(after, (position, 0))
    return found


def _export(contract: Contract) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for post in contract.posts.filter(is_active=True).prefetch_related("sizes"):
        named: dict[str, Any] = {"code": post.code, "name": post.name}
        sizes = list(post.sizes.all())
        if post.planned_headcount or not sizes:
            found.append(named | {"people": post.planned_headcount})
        found += [named | {"people": size.people, "effective_from": size.effective_from.isoformat()} for size in sizes]
    return found


def _anew(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The posts of the next contract: as they were in the end, from its first day on."""
    last = {row["code"]: row for row in rows}
    return [
        {name: value for name, value in row.items() if name != "effective_from"}
        for row in last.values()
        if row["people"] or not any(one["people"] for one in rows if one["code"] == row["code"])
    ]


register(Section("posts", Rows(Group(POST)), check=_check, write=_write, export=_export, anew=_anew))
