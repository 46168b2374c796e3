"""Small, complete objects for tests. Every figure can be overridden; nobody in here exists."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from itertools import count
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from simple_history.utils import bulk_create_with_history

from contract import records
from contract.loading import reference_document
from contract.models import Clause, Contract, Membership, Obligation, Party, Policy, Term
from contract.registry import checks
from contract.roles import ROLES, codenames
from staffing.models import Assignment, Operator
from staffing.services import assignments

# Invented legal persons: valid check characters under the fictitious region 999999.
_BODY = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_numbers = count(1)

TERMS: dict[str, Any] = {
    "headcount": 45,
    "annual_fee": "2091733.33",
    "payment_cycle_months": 3,
    "on_post_floor_percent": 98,
    "backfill_days": 15,
    "replacement_days": 3,
    "headcount_notice_days": 7,
    "amendment_notice_months": 1,
    "force_majeure_notice_days": 3,
    "hire_age_limit": 35,
    "training_months": 1,
    "failed_trials_limit": 2,
    "damages_percent": 10,
    "tender_years": 3,
    "originals": 4,
}
# The checks under the clauses of the reference contract, in its order.
_CLAUSES = reference_document()["clauses"]
CLAUSES = {check: row["ref"] for row in _CLAUSES for check in row.get("checks", ())}
PLACES = {check: place for place, check in enumerate(CLAUSES)}
TERMINATES = {row["ref"] for row in _CLAUSES if row.get("terminates")}


def credit_code(number: int) -> str:
    """A valid credit code of an invented body."""
    body = f"91999999{number:09d}"
    total = sum(_BODY.index(char) * 3**place for place, char in enumerate(body))
    return body + _BODY[(31 - total % 31) % 31]


def make_party(name: str = "", **fields: Any) -> Party:
    number = next(_numbers)
    return Party.objects.create(name=name or f"示例单位{number}", credit_code=credit_code(number), **fields)


def make_contract(
    *,
    starts_on: date = date(2024, 10, 1),
    ends_on: date = date(2025, 9, 30),
    check_ids: Iterable[str] | None = None,
    terms: dict[str, Any] | None = None,
    policies: dict[str, Any] | None = None,
    office: Party | None = None,
    vendor: Party | None = None,
    **fields: Any,
) -> Contract:
    """A contract in the figures of the reference one, carrying every registered check."""
    number = next(_numbers)
    contract = Contract.objects.create(
        number=fields.pop("number", f"T-{number}"),
        title=fields.pop("title", "示例话务服务"),
        office=office or make_party(),
        vendor=vendor or make_party(),
        signed_on=fields.pop("signed_on", starts_on),
        starts_on=starts_on,
        ends_on=ends_on,
        **fields,
    )
    since = {"contract": contract, "effective_from": starts_on}
    _enter(Term, [Term(key=key, value=str(value), **since) for key, value in (TERMS | (terms or {})).items()])
    _enter(Policy, [Policy(key=key, value=str(value), **since) for key, value in (policies or {}).items()])
    wanted = set(check_ids) if check_ids is not None else set(checks())
    owed = [
        (position, check)
        for position, check in enumerate(sorted(checks().values(), key=lambda one: PLACES.get(one.check_id, 0)))
        if check.check_id in wanted
    ]
    clauses: dict[str, Clause] = {}
    for position, check in owed:
        ref = CLAUSES.get(check.check_id, "9")
        clauses.setdefault(
            ref,
            Clause(
                contract=contract,
                ref=ref,
                position=position,
                owed_by=check.owed_by,
                terminates=ref in TERMINATES,
                title=f"第{ref}条",
                title_en=f"Article {ref}",
                summary="摘要",
                summary_en="Summary",
            ),
        )
    held = {clause.ref: clause for clause in _enter(Clause, list(clauses.values()))}
    _enter(
        Obligation,
        [
            Obligation(contract=contract, clause=held[CLAUSES.get(check.check_id, "9")], check_id=check.check_id)
            for _place, check in owed
        ],
    )
    return contract


def _enter(model: Any, rows: list[Any]) -> list[Any]:
    """Records with their history and their entries in the change log, in sets: most tests begin here."""
    return bulk_create_with_history(rows, model) if rows else []


def set_term(contract: Contract, key: str, value: Any, effective_from: date | None = None) -> Term:
    return Term.objects.create(
        contract=contract, key=key, value=str(value), effective_from=effective_from or contract.starts_on
    )


def set_policy(contract: Contract, key: str, value: Any, effective_from: date | None = None) -> Policy:
    return Policy.objects.create(
        contract=contract, key=key, value=str(value), effective_from=effective_from or contract.starts_on
    )


@cache
def _held(role: str) -> str:
    """The permissions of a role, which stand in the tables of the process (tests/tables.py), as SQL lists them."""
    rows = Permission.objects.values_list("content_type__app_label", "codename", "pk")
    wanted = codenames(ROLES[role])
    return ", ".join(str(pk) for app, codename, pk in rows if (app, codename) in wanted)


def make_roles(names: Iterable[str] = ROLES) -> None:
    """What `create_roles` makes, at a third of its cost and without a word in the log of accesses."""
    for name in names:
        group, new = Group.objects.get_or_create(name=name)
        if new:
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO auth_group_permissions (group_id, permission_id) "
                    f"SELECT {group.pk}, id FROM auth_permission WHERE id IN ({_held(name)})"
                )


def make_user(name: str = "", *, party: Party | None = None, permissions: Iterable[str] = (), **fields: Any) -> User:
    """A user who acts for `party` and holds `permissions` ("contract.add_review")."""
    user = User.objects.create_user(name or f"user{next(_numbers)}", password="a-long-password-1", **fields)
    if wanted := set(permissions):
        named = Permission.objects.filter(codename__in={one.split(".")[1] for one in wanted})
        rows = named.values_list("pk", "content_type__app_label", "codename")
        held = {f"{app}.{codename}": pk for pk, app, codename in rows}
        user.user_permissions.add(*(held[one] for one in wanted))
    if party:
        Membership.objects.create(user=user, party=party)
    return user


def resident_id(number: int, *, born: date = date(1995, 5, 15)) -> str:
    """A resident ID number of an invented person: the area 999999 does not exist."""
    body = f"999999{born:%Y%m%d}{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


def make_operator(vendor: Party, *, name: str = "", **fields: Any) -> Operator:
    """A person employed by `vendor`, with an ID number of their own."""
    number = next(_numbers)
    born = fields.pop("born", date(1985 + number // 1000 % 15, 5, 15))
    return records.enter(
        Operator(
            vendor=vendor,
            employee_number=fields.pop("employee_number", f"E{number:05d}"),
            name=name or f"话务员{number}",
            resident_id=fields.pop("resident_id", None) or resident_id(number, born=born),
            hired_on=fields.pop("hired_on", date(2024, 9, 1)),
            **fields,
        )
    )


def make_assignment(contract: Contract, operator: Operator | None = None, **fields: Any) -> Assignment:
    """Somebody serves on `contract`, from its first day unless told."""
    return assignments.enter(
        Assignment(
            contract=contract,
            operator=operator or make_operator(contract.vendor),
            starts_on=fields.pop("starts_on", contract.starts_on),
            **fields,
        )
    )


def make_team(contract: Contract, size: int, **fields: Any) -> list[Assignment]:
    """`size` people serve on `contract`."""
    return [make_assignment(contract, **fields) for _ in range(size)]
