"""The contract of these tests, its platform, and the people who may."""

from datetime import date
from typing import Any

import pytest
import time_machine

from contract.models import Contract
from contract.roles import ROLES, STAFF, VENDOR, codenames
from hotline.models import Platform
from hotline.services import platforms
from tests.api import client_of
from tests.factories import make_contract, make_user

TODAY = date(2024, 12, 3)


def permissions(role: str) -> list[str]:
    return [f"{app}.{code}" for app, code in codenames(ROLES[role]) if app in ("hotline", "contract", "staffing")]


@pytest.fixture
def moment(settings):
    settings.DEMONSTRATION_DAY = ""
    with time_machine.travel("2024-12-03T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def contract(db) -> Contract:
    return make_contract()


def make_platform(contract: Contract, **fields: Any) -> Platform:
    values = {"name": "热线平台", "since": date(2024, 11, 1), "layout": "queue_log", "answer_seconds": 20}
    return platforms.enter(Platform(contract=contract, **values | fields), today=TODAY)


@pytest.fixture
def platform(contract) -> Platform:
    return make_platform(contract)


@pytest.fixture
def office(contract):
    return client_of(make_user(party=contract.office, permissions=permissions(STAFF)), language="en")


@pytest.fixture
def vendor(contract):
    return client_of(make_user(party=contract.vendor, permissions=permissions(VENDOR)), language="en")
