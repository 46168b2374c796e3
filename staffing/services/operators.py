"""Operators and posts."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract.models import Contract, Party
from law.identity import normalise_resident_id
from staffing.models import Operator, Post
from staffing.numbers import same_name
from staffing.rules.ahead import refuse_far_ahead
from staffing.services.locks import apply, fresh, lock_contract, lock_operator, save

OPERATOR_FIELDS = frozenset(
    {
        "employee_number",
        "name",
        "sex",
        "resident_id",
        "phone",
        "hired_on",
        "education",
        "is_full_time_degree",
        "clean_record_proved_on",
    }
)
POST_FIELDS = frozenset({"code", "name", "planned_headcount", "is_active"})


def register_operator(
    *,
    vendor: Party,
    employee_number: str,
    name: str,
    resident_id: str,
    hired_on: date,
    sex: str = "",
    phone: str = "",
    education: str = "",
    is_full_time_degree: bool = False,
    clean_record_proved_on: date | None = None,
    today: date | None = None,
) -> Operator:
    """Register a person whom the vendor employs; the sex is taken from the ID where not given.

    With `today`, a date that lies too far ahead is asked about.
    """
    operator = Operator(
        vendor=vendor,
        employee_number=employee_number,
        name=name,
        resident_id=resident_id,
        hired_on=hired_on,
        sex=sex,
        phone=phone,
        education=education,
        is_full_time_degree=is_full_time_degree,
        clean_record_proved_on=clean_record_proved_on,
    )
    refuse_far_ahead({"hired_on": hired_on, "clean_record_proved_on": clean_record_proved_on}, today)
    with transaction.atomic():
        save(operator)
    return operator


def update_operator(*, operator: Operator, today: date | None = None, **changes: Any) -> Operator:
    """Correct a person's data (fields of `OPERATOR_FIELDS`); equal values write nothing.

    A name or an ID number can be corrected, not both at once: that would make the posts and papers
    of one person those of another.
    """
    with transaction.atomic():
        current = lock_operator(operator.pk)
        _refuse_another_person(current, changes)
        refuse_far_ahead({name: value for name, value in changes.items() if value != getattr(current, name)}, today)
        if apply(current, OPERATOR_FIELDS, changes):
            save(current)
    return current


def _refuse_another_person(current: Operator, changes: dict[str, Any]) -> None:
    name, number = changes.get("name", current.name), changes.get("resident_id", current.resident_id)
    if not same_name(name, current.name) and normalise_resident_id(number) != current.resident_id:
        raise ValidationError(
            {
                "employee_number": _(
                    "%(number)s belongs to %(name)s: name and ID number both differ. Register another person "
                    "under another number; correct a name and an ID number one after the other."
                )
                % {"number": current.employee_number, "name": current.name}
            }
        )


def add_post(*, contract: Contract, code: str, name: str, planned_headcount: int = 0) -> Post:
    """Set up a post on a contract (article 3)."""
    post = Post(contract=contract, code=code, name=name, planned_headcount=planned_headcount)
    with transaction.atomic():
        save(post)
    return post


def update_post(*, post: Post, **changes: Any) -> Post:
    """Correct a post (fields of `POST_FIELDS`); equal values write nothing."""
    with transaction.atomic():
        lock_contract(post.contract_id)
        current = fresh(post)
        if apply(current, POST_FIELDS, changes):
            save(current)
    return current
