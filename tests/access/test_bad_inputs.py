"""Each bad value is refused with 4xx in Chinese that names the field, and changes no row."""

import json
import re
from typing import Any

import pytest
from django.apps import apps

from contract.history.models import AccessEntry, AccessLink, ChainHead, ChangeEntry
from contract.roles import VENDOR
from tests.access.bad_inputs import CASES
from tests.api import V1, client_of
from tests.factories import make_user
from tests.test_permissions import member, world

__all__ = ["world"]  # a fixture
# Acts of the other side, which no right of the office's covers.
THE_VENDORS = ("alerts/", "force-majeure-events/{pk}")
NOTED = (AccessEntry, AccessLink, ChainHead)
CHINESE = re.compile("[\u4e00-\u9fff]")


def body(name: str, value: Any) -> str:
    if isinstance(value, str) and value.startswith("RAW "):
        return f'{{"{name}": {value.removeprefix("RAW ")}}}'
    return json.dumps({name: value})


def rows() -> dict[str, int]:
    """How many rows each table has; refusals are noted, of course."""
    return {m._meta.label: m._base_manager.count() for m in apps.get_models() if m not in NOTED}


def wrong_with(answer: Any, name: str) -> str:
    """What is wrong with a refusal; empty: nothing."""
    if not 400 <= answer.status_code < 500:
        return f"answered {answer.status_code}"
    errors = [error for error in answer.json().get("errors", []) if error["field"].split(".")[0] == name]
    if not errors:
        return f"the field is not named: {answer.content.decode()[:200]}"
    if not any(CHINESE.search(error["message"]) and error["code"] != "required" for error in errors):
        return f"not in Chinese: {errors}"
    return ""


@pytest.mark.django_db
def test_every_bad_value_is_refused_by_its_field_in_chinese_and_changes_nothing(world: dict[str, Any]) -> None:
    assert len(CASES) >= 700
    root, vendor = client_of(make_user(is_superuser=True)), client_of(member(VENDOR, world["contract"].vendor))
    before, entries, wrong = rows(), ChangeEntry.objects.count(), []
    for route, name, value in CASES:
        path = route.split()[1]
        url = path.replace("{pk}", str(world["rows"].get(path.split("/")[0])))
        client = vendor if path.startswith(THE_VENDORS) else root
        answer = client.post(f"{V1}/{url}", body(name, value), content_type="application/json")
        if complaint := wrong_with(answer, name):
            wrong.append(f"{route} {name}={str(value)[:40]}: {complaint}")
        if ChangeEntry.objects.count() != entries:
            wrong.append(f"{route} {name}={str(value)[:40]}: wrote a row")
            entries = ChangeEntry.objects.count()
    assert not wrong, f"{len(wrong)} of {len(CASES)}:\n" + "\n".join(wrong)
    assert rows() == before
