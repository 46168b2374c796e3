"""Every answer of the API to a question about the sample year is what the description says."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator, FormatChecker

from contract.models import Contract
from tests.api import client_of, ok

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("year", "quick_print")]
JSON = "application/json"
ROWS = 3  # of each list


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    described: dict[str, Any] = strict(SchemaGenerator().get_schema(public=True))
    return described


@pytest.fixture
def client(contract: Contract) -> Any:
    """The vendor's HR."""
    cache.clear()
    return client_of(User.objects.get(username="vendor"))


def strict(node: Any) -> Any:
    """A description of OpenAPI 3.0 as JSON Schema that takes no member which is not described."""
    if isinstance(node, list):
        return [strict(part) for part in node]
    if not isinstance(node, dict):
        return node
    found = {key: strict(part) for key, part in node.items() if key != "nullable"}
    if found.get("type") == "object" and found.get("properties"):
        found.setdefault("additionalProperties", False)
    return {"anyOf": [found, {"type": "null"}]} if node.get("nullable") is True else found


def faults(schema: dict[str, Any], described: dict[str, Any], value: Any) -> list[str]:
    whole = described | {"components": schema["components"]}
    validator = Draft202012Validator(whole, format_checker=FormatChecker())
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message}"[:300] for error in validator.iter_errors(value)
    ]


def asked(schema: dict[str, Any], client: Any, contract: Contract) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Each GET of the description with its answer: lists first, then some of their rows."""
    ids: dict[str, list[Any]] = {}
    template = {"month": "2025-03", "contract": str(contract.pk)}
    for path, operations in sorted(schema["paths"].items(), key=lambda item: item[0].count("{id}")):
        if "get" not in operations or path.startswith(("/api/v1/schema", "/api/v1/docs")):
            continue
        listed = path.split("/{id}")[0]
        for row in ids.get(listed, []) if "{id}" in path else [None]:
            url = (
                path.replace("{id}", str(row)).replace("{contract_id}", str(contract.pk)).replace("{month}", "2025-03")
            )
            names = {one["name"] for one in operations["get"].get("parameters", ()) if one["in"] == "query"}
            query = {"page_size": str(ROWS)} if "page_size" in names else {}
            if path.endswith("template.xlsx"):
                query = {name: value for name, value in template.items() if name in names}
            answer = client.get(url, query)
            yield path, operations["get"], answer
            if answer.status_code == 200 and "results" in (getattr(answer, "data", None) or {}):
                ids.setdefault(path, [one["id"] for one in answer.json()["results"] if "id" in one])


def test_every_answer_is_as_described(schema: dict[str, Any], client: Any, contract: Contract) -> None:
    wrong, seen = [], set()
    for path, operation, answer in asked(schema, client, contract):
        content = answer["Content-Type"].split(";")[0]
        if answer.status_code >= 300:
            described = operation["responses"]["default"]["content"]
            assert answer.status_code in (403, 404), (path, answer.content[:300])
        else:
            described = operation["responses"][str(answer.status_code)].get("content", {})
            seen.add(path)
        if content not in described and "*/*" not in described:
            if not any(one.startswith(content.split("/")[0]) for one in described):
                wrong.append(f"{path}: {content} is not described: {sorted(described)}")
        elif content.endswith("json"):
            wrong += [f"{path} {fault}" for fault in faults(schema, described[content]["schema"], answer.json())]
    assert not wrong, "\n".join(dict.fromkeys(wrong))
    assert len(seen) > 60, sorted(seen)


def test_a_record_is_taken_back_as_it_was_given(schema: dict[str, Any], contract: Contract) -> None:
    """Who reads a record, and sends it back whole, changes nothing."""
    client = client_of(User.objects.get(username="vendor"))
    tried, changed = set(), []
    for path, operations in schema["paths"].items():
        if "patch" not in operations:
            continue
        listed = client.get(path.split("/{id}")[0], {"page_size": "100"})
        for row in ok(listed)["results"][:3]:
            url = path.replace("{id}", str(row["id"]))
            given = client.get(url)
            back = client.patch(url, given.json(), format="json", headers={"If-Match": given["ETag"]})
            if back.status_code == 403:
                continue  # the other side's record
            if back.status_code == 200:
                tried.add(path)
            if back.status_code != 200 or back.json() != given.json():
                changed.append((path, back.status_code, back.content.decode()[:300]))
    assert len(tried) > 5 and not changed, "\n".join(map(str, dict.fromkeys(changed)))
