"""A case for tests: an alert about the vendor's duty, and the people of both sides."""

from datetime import UTC, date, datetime
from typing import Any

from django.contrib.auth.models import Group, User

from contract.models import Alert, Contract, Notification, Response
from contract.roles import REVIEWER, STAFF, VENDOR
from contract.services import answer, notify
from tests.factories import make_roles, make_user

# A Monday, the day on which `make_alert` raises.
DAY = date(2025, 3, 3)
AT = datetime(2025, 3, 3, 1, 0, tzinfo=UTC)


def at(day: date) -> datetime:
    """An instant in the morning of a Beijing day."""
    return datetime(day.year, day.month, day.day, 1, 0, tzinfo=UTC)


def person(contract: Contract, role: str, name: str = "") -> User:
    """Somebody with one of the roles, of the side that has it."""
    make_roles([role])
    party = contract.vendor if role == VENDOR else contract.office
    user = make_user(name, party=party, is_staff=role != VENDOR)
    user.groups.set(Group.objects.filter(name=role))
    return user


def handler(contract: Contract, name: str = "") -> User:
    return person(contract, STAFF, name)


def reviewer(contract: Contract, name: str = "") -> User:
    return person(contract, REVIEWER, name)


def hr(contract: Contract, name: str = "") -> User:
    return person(contract, VENDOR, name)


def told(alert: Alert, actor: User, day: date = DAY, **fields: Any) -> Notification:
    values: dict[str, Any] = {"recipient": "乙方收发室", "document": "催告〔2025〕1号"} | fields
    return notify(alert=alert, arrived_on=day, means="letter", actor=actor, at=at(day), on=day, **values)


def answered(alert: Alert, actor: User, day: date = DAY, **fields: Any) -> Response:
    values: dict[str, Any] = {"statement": "已安排补员"} | fields
    return answer(alert=alert, actor=actor, at=at(day), on=day, **values)


def heard(alert: Alert, office: User, vendor: User, day: date = DAY) -> Alert:
    """The alert after the vendor was told and has answered."""
    told(alert, office, day)
    answered(alert, vendor, day)
    alert.refresh_from_db()
    return alert
