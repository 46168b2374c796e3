"""Every operation of the API against requests that fit its description, and some that do not.

Nothing breaks, and every answer is one that is described: its status, its kind and what is in it.
Bounded, so that it runs with every build; FUZZ_EXAMPLES=200 looks longer, and `.ci/run full` looks some way.
"""

import os
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from rest_framework.test import APIClient

from contract.roles import VENDOR
from tests.api import client_of
from tests.examples import LONG_WALKS
from tests.factories import make_user
from tests.sample.year.test_answers import faults, strict
from tests.test_permissions import member, world

__all__ = ["world"]  # a fixture
pytestmark = pytest.mark.django_db

schemathesis = pytest.importorskip("schemathesis")

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", 10 if LONG_WALKS else 2))
# It would sign the client out, or lock the account.
LEFT_OUT = ("/auth/", "/docs/", "/schema/")
# What is described so may be a file of any kind: PDF, picture, table.
FILE = "application/octet-stream"


@pytest.fixture
def clients(world: dict[str, Any]) -> list[APIClient]:
    """Somebody who may everything, and the vendor's HR."""
    vendor = member(VENDOR, world["contract"].vendor)
    return [client_of(make_user(is_superuser=True)), client_of(vendor)]


def at_a_row_that_exists(case: Any, world: dict[str, Any]) -> Any:
    """An invented id is hardly ever one that exists: there every second request goes."""
    row = world["rows"].get(case.path.removeprefix("/api/v1/").split("/")[0])
    for name, value in (("id", row), ("contract_id", world["contract"].pk), ("month", "2025-03")):
        if name in case.path_parameters:
            case.path_parameters[name] = value
    return case


def send(client: APIClient, case: Any) -> Any:
    request = case.as_transport_kwargs(base_url="http://testserver")
    headers = {
        key: value
        for key, value in (request.get("headers") or {}).items()
        if key.lower() not in {"authorization", "content-type", "content-length"}
    }
    body: dict[str, Any] = {}
    if "json" in request:
        body = {"data": request["json"], "format": "json"}
    elif request.get("data") is not None and not isinstance(request["data"], bytes):
        body = {"data": {}, "format": "multipart"}
    query = [(key, value) for key, value in (request.get("params") or {}).items()]
    url = request["url"].removeprefix("http://testserver")
    return client.generic(
        request["method"], url, QUERY_STRING=_encoded(query), headers=headers, **_encoded_body(client, body)
    )


def _encoded(query: list[tuple[str, Any]]) -> str:
    from urllib.parse import urlencode

    return urlencode(query, doseq=True, errors="replace")


def _encoded_body(client: APIClient, body: dict[str, Any]) -> dict[str, Any]:
    if not body:
        return {}
    data, content_type = client._encode_data(body["data"], body["format"], None)
    return {"data": data, "content_type": content_type}


def differs(described: dict[str, Any], responses: dict[str, Any], response: Any) -> str:
    """How an answer differs from its description; empty where it does not. A problem is described once for all."""
    refused = response.status_code >= 400
    answer = responses.get("default" if refused else str(response.status_code))
    if answer is None:
        return f"{response.status_code} is not described"
    kind = response.headers.get("Content-Type", "").split(";")[0]
    content = answer.get("content", {})
    if not content:
        return "something is in an empty answer" if response.content else ""
    if kind not in content and (refused or FILE not in content):
        return f"{response.status_code} is {kind}, not {', '.join(content)}"
    if not kind.endswith("json"):
        return ""
    found = faults(described, strict(content[kind].get("schema", {})), response.json())
    return "; ".join(found[:3])


def test_no_request_breaks_the_program_and_every_answer_is_described(
    world: dict[str, Any], clients: list[APIClient]
) -> None:
    plain = SchemaGenerator().get_schema(public=True)
    described = strict(plain)
    schema = schemathesis.openapi.from_dict(plain)
    broken, other = [], []
    for found in schema.get_all_operations():
        operation = found.ok()
        if any(part in operation.path for part in LEFT_OUT):
            continue

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def answer(case: Any) -> None:
            for number, client in enumerate(clients):
                client.raise_request_exception = False
                response = send(client, at_a_row_that_exists(case, world) if number else case)
                if response.status_code >= 500:
                    broken.append((case.method, case.path, case.query, case.body, response.content))
                elif fault := differs(described, plain["paths"][case.path][case.method.lower()]["responses"], response):
                    other.append(f"{case.method} {case.path}: {fault}")

        answer()
    assert not broken, "\n".join(map(str, broken[:5]))
    assert not other, f"{len(other)}:\n" + "\n".join(sorted(set(other)))
