"""`manage.py clauses` lists the articles with their checks or exemptions."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from contract import registry
from contract.loading import load_contract, read_document, reference_document
from contract.models import Clause
from tests.data import SECOND_CONTRACT

pytestmark = pytest.mark.django_db


def run(*args: str) -> str:
    out = StringIO()
    call_command("clauses", *args, stdout=out)
    return out.getvalue()


def articles(*args: str) -> list[dict[str, Any]]:
    return json.loads(run("--format", "json", *args))


def test_it_lists_the_articles_without_any_contract_loaded() -> None:
    listed = articles()
    assert [article["article"] for article in listed] == list(range(1, 23))
    assert all(article["checks"] or article["exemption"] for article in listed)
    assert listed[12]["refs"] == ["13.1", "13.2", "13.3", "13.4"]


def test_a_loaded_contract_reads_the_same() -> None:
    def normalised(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for article in listed:
            article["checks"].sort(key=lambda check: check["id"])
            for clause in article["clauses"]:
                clause["checks"].sort(key=lambda check: check["id"])
        return listed

    written = articles()
    load_contract(reference_document())
    assert normalised(articles()) == normalised(written)


def test_it_says_what_the_office_wrote_about_a_loaded_contract() -> None:
    contract = load_contract(reference_document())
    clause = Clause.objects.get(contract=contract, ref="21")
    clause.exemption = "甲方自拟的说明"
    clause.save()
    assert articles()[20]["exemption"] == "甲方自拟的说明"


def test_a_second_contract_is_listed_under_its_own_clauses() -> None:
    load_contract(read_document(SECOND_CONTRACT))
    listed = articles("--contract", "HL-2025-002")
    assert [article["article"] for article in listed] == list(range(1, 11))


def test_a_check_says_whether_it_is_registered_who_owes_it_and_what_it_rests_on() -> None:
    for article in articles():
        for check in article["checks"]:
            registered = registry.checks().get(check["id"])
            assert check["registered"] is (registered is not None)
            assert check["owed_by"] in {"office", "vendor", "both"}
            assert check["references"][0].startswith("合同第")


def test_an_unknown_number_names_the_loaded_ones() -> None:
    load_contract(reference_document())
    with pytest.raises(CommandError, match="SMX-12345-2024"):
        run("--contract", "NO-SUCH")


def test_the_table_is_in_the_readers_language() -> None:
    assert "禁止转交第三方" in run()
    with override("en"):
        table = run()
    assert "No transfer to a third party" in table
    assert "[Vendor]" in table
