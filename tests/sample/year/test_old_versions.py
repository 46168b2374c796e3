"""A page of an old version is read by those who may read, and writes nothing, whoever asks."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from contract.admin.base import RecordAdmin
from contract.models import Contract
from contract.roles import ROLES
from tests.examples import LONG_WALKS
from tests.factories import make_roles, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("year")]

KEPT = [a for a in admin.site._registry.values() if isinstance(a, RecordAdmin)]
SUPERUSER = "superuser"
METHODS = ("post", "put", "patch", "delete")


def person(contract: Contract, role: str) -> User:
    if role == SUPERUSER:
        return make_user(is_staff=True, is_superuser=True)
    make_roles([role])
    user = make_user(party=contract.office, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def versions(model: Any) -> list[Any]:
    return list(model.history.order_by("pk").values())


@pytest.mark.parametrize("role", [*ROLES, SUPERUSER])
def test_nobody_writes_an_old_version_over_the_record(contract: Contract, role: str) -> None:
    client = Client()
    client.force_login(person(contract, role))
    walked = []
    for model_admin in KEPT:
        model = model_admin.model
        version = model.history.order_by("pk").first()
        if version is None:
            continue
        walked.append(model._meta.label)
        before = versions(model)
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_simple_history"
        page = reverse(name, args=[getattr(version, model._meta.pk.name), version.pk])
        for method in METHODS if LONG_WALKS or role == SUPERUSER else METHODS[:1]:
            answer = getattr(client, method)(page)
            assert answer.status_code == 405, f"{model._meta.label}: {method}"
            assert answer["Allow"] == "GET, HEAD"
        assert versions(model) == before, model._meta.label
    assert len(walked) >= 40, walked
