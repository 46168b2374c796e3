"""Every operation of the API against requests that fit its description, and some that do not.

Bounded, so that it runs with every build; FUZZ_EXAMPLES=200 looks longer.
"""

import os
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from rest_framework.test import APIClient

from contract.roles import VENDOR, create_roles
from tests.api import client_of
from tests.factories import make_contract, make_team, make_user
from tests.test_permissions import member

schemathesis = pytest.importorskip("schemathesis")

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "3"))
# It would sign the client out, or lock the account.
LEFT_OUT = ("/auth/", "/docs/", "/schema/")


@pytest.fixture
def clients(db: None) -> list[APIClient]:
    """Somebody who may everything, and the vendor's HR."""
    create_roles()
    contract = make_contract()
    make_team(contract, 2)
    everybody = client_of(make_user(is_superuser=True))
    return [everybody, client_of(member(VENDOR, contract.vendor))]


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
        request["method"], url, QUERY_STRING=_encoded(query), headers=headers,
        **_encoded_body(client, body),
    )  # fmt: skip


def _encoded(query: list[tuple[str, Any]]) -> str:
    from urllib.parse import urlencode

    return urlencode(query, doseq=True, errors="replace")


def _encoded_body(client: APIClient, body: dict[str, Any]) -> dict[str, Any]:
    if not body:
        return {}
    data, content_type = client._encode_data(body["data"], body["format"], None)
    return {"data": data, "content_type": content_type}


def test_no_request_breaks_the_program(clients: list[APIClient]) -> None:
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
    broken = []
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
            for client in clients:
                client.raise_request_exception = False
                response = send(client, case)
                if response.status_code >= 500:
                    broken.append((case.method, case.path, case.query, case.body, response.content))

        answer()
    assert not broken, "\n".join(map(str, broken[:5]))
