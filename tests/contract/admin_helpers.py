"""A small office for the tests of the pages: people, a contract, an alert."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.auth.models import Permission, User
from django.test import Client

from contract.choices import Outcome
from contract.models import Alert, Assessment, Contract, EvaluationRun
from tests import factories
from tests.factories import make_user

AT = datetime(2025, 3, 4, 1, 0, tzinfo=UTC)
DAY = date(2025, 3, 3)
APPS = ("contract", "staffing", "hotline", "billing", "confidentiality")


def office_user(contract: Contract, name: str = "", **fields: Any) -> User:
    """A member of the office who may do everything that the office does."""
    user = make_user(name, party=contract.office, is_staff=True, **fields)
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label__in=APPS).exclude(
            content_type__model__startswith="historical"
        )
    )
    return user


class Careful(Client):
    """Somebody who reads what is about to happen, and confirms it (`hasty` presses once only)."""

    def post(self, path: str, data: Any = None, *args: Any, hasty: bool = False, **kwargs: Any) -> Any:
        page = super().post(path, data, *args, **kwargs)
        asked = page.context.get("seal") if page.context else None
        if hasty or not asked:
            return page
        sent: dict[str, Any] = {page.context["seal_name"]: asked}
        for name, value in page.context["sent"]:
            sent.setdefault(name, []).append(value)
        return super().post(path, sent, *args, **kwargs)


def signed_in(user: User) -> Careful:
    client = Careful()
    client.force_login(user)
    return client


def make_run(**fields: Any) -> EvaluationRun:
    values = {"as_of": DAY, "trigger": "schedule", "status": "succeeded", "started_at": AT, "finished_at": AT}
    return EvaluationRun.objects.create(**(values | fields))


def make_assessment(contract: Contract, *, key: str = "k", **fields: Any) -> Assessment:
    values: dict[str, Any] = {
        "check_id": "staffing.backfill",
        "clause_ref": factories.CLAUSES["staffing.backfill"],
        "owed_by": "vendor",
        "outcome": Outcome.NOT_MET,
        "subject_label": "contract.Contract",
        "subject_pk": contract.pk,
        "subject_name": "某人 (HT001)",
        "message_id": "缺岗逾期未补",
        "measured": "25 日",
        "required": "15 日",
        "as_of": DAY,
        "created_at": AT,
        "nominal_due_on": date(2025, 3, 1),
        "legal_due_on": date(2025, 3, 3),
    }
    values |= fields
    return Assessment.objects.create(
        contract=contract,
        key=key,
        run=fields.pop("run", None) or make_run(),
        fingerprint=f"{contract.pk}{key}{values['outcome']}",
        **values,
    )


def make_alert(contract: Contract, *, key: str = "k", status: str = "open", **fields: Any) -> Alert:
    row = make_assessment(contract, key=key, **fields)
    return Alert.objects.create(
        contract=contract,
        check_id=row.check_id,
        clause_ref=row.clause_ref,
        owed_by=row.owed_by,
        key=key,
        status=status,
        outcome=row.outcome,
        assessment=row,
        raised_on=DAY,
    )


def has(page: Any, *texts: str) -> bool:
    """Whether a page holds all the texts."""
    content = page.content.decode()
    missing = [text for text in texts if text not in content]
    assert not missing, missing
    return True


def lacks(page: Any, texts: Iterable[str]) -> bool:
    content = page.content.decode()
    found = [text for text in texts if text in content]
    assert not found, found
    return True
