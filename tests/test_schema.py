"""The description of the API: complete, valid, and readable without the internet."""

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from drf_spectacular.generators import SchemaGenerator


@pytest.fixture(scope="module")
def schema() -> Any:
    return SchemaGenerator().get_schema(public=True)


@pytest.mark.django_db
def test_the_schema_is_valid_and_gives_no_warning(tmp_path) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "api.yml"))


@pytest.mark.django_db
def test_every_operation_says_how_it_fails(schema) -> None:
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            problem = operation["responses"]["default"]["content"]
            assert "application/problem+json" in problem, (method, path)


@pytest.mark.django_db
def test_every_write_of_records_takes_an_idempotency_key(schema) -> None:
    without = [
        f"{method} {path}"
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
        if method != "get" and "Idempotency-Key" not in [p["name"] for p in operation.get("parameters", ())]
    ]
    assert {route.split("/")[3] for route in without} == {"auth", "me"}  # keys of one's own


@pytest.mark.django_db
def test_every_operation_is_described(schema) -> None:
    bare = [
        f"{method} {path}"
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
        if not operation.get("description")
    ]
    assert not bare


@pytest.mark.django_db
@pytest.mark.parametrize("lang", ["", "?lang=en", "?lang=zh-hans", "?lang=xx", "?lang=../../etc"])
def test_the_schema_is_served(lang: str) -> None:
    response = Client().get(f"/api/v1/schema/{lang}", headers={"Accept": "application/json"})
    assert response.status_code == 200
    assert response.json()["openapi"].startswith("3.")


@pytest.mark.django_db
def test_the_page_loads_nothing_from_elsewhere_and_loosens_no_policy() -> None:
    browser = Client()
    page = browser.get("/api/v1/docs/")
    assert page.status_code == 200
    html = page.content.decode()
    addresses = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert addresses and all(address.startswith("/") for address in addresses)
    assert not re.search(r"<script>(?!\s*</script>)", html)
    assert "'unsafe-inline'" not in page["Content-Security-Policy"].split("style-src")[0]
    script = next(address for address in addresses if "script" in address)
    assert browser.get(script)["Content-Type"].startswith("application/javascript")
    for address in addresses:
        if address.startswith("/static/"):
            assert browser.get(address).status_code == 200, address
