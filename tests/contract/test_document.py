"""The form of a contract document: its schema, its refusals, its way back, and the look before loading."""

import copy
import json
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils.translation import override

from contract.loading import load, load_contract, read_document, reference_document
from contract.models import Clause, Contract, Obligation, Party
from contract.reference.export import document_of
from contract.reference.form import Form
from contract.reference.readers import Field, Group, Reader, Rows
from contract.reference.schema import schema
from contract.reference.sections import sections
from contract.registry import checks
from contract.terms import POLICIES, TERMS
from tests.data import SECOND_CONTRACT

DOCUMENTS = {"reference": reference_document, "second": lambda: read_document(SECOND_CONTRACT)}
PAGE = settings.BASE_DIR / "docs/contract-document.md"
KEYS = settings.BASE_DIR / "docs/contract-keys.md"


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


def run(*args: str) -> str:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def takes(document: Any) -> tuple[bool, bool]:
    """Whether the form and the schema take a document."""
    form = Form()
    form.document(document)
    valid = jsonschema.Draft202012Validator(schema()).is_valid(document)
    return not form.errors, valid


def objects(value: Any, kind: Any) -> Iterator[tuple[dict[str, Any], Group]]:
    """Every object of a part with the form of it."""
    if isinstance(kind, Group):
        yield value, kind
        for name, field in kind.fields.items():
            if name in value:
                yield from objects(value[name], field.kind)
    elif isinstance(kind, Rows):
        for row in value:
            yield from objects(row, kind.of)


def example() -> str:
    """The small document of the page."""
    return PAGE.read_text(encoding="utf-8").partition("```json\n")[2].partition("```")[0]


class TestTheSchema:
    def test_it_is_itself_valid(self) -> None:
        jsonschema.Draft202012Validator.check_schema(schema())

    @pytest.mark.parametrize("name", DOCUMENTS)
    def test_it_takes_what_the_form_takes(self, name: str) -> None:
        assert takes(DOCUMENTS[name]()) == (True, True)

    @pytest.mark.parametrize("name", DOCUMENTS)
    def test_both_refuse_a_field_too_many_a_field_too_few_and_another_shape(self, name: str) -> None:
        made = DOCUMENTS[name]()
        whole = Group({name: Field(section.kind, section.required) for name, section in sections().items()})
        tried = 0
        for row, kind in [*objects(made, whole)][:60]:
            before = dict(row)
            for change in ("colour", *row):
                row.clear()
                row.update(before)
                if change == "colour":
                    row["colour"] = "red"
                    assert takes(made) == (False, False)
                    tried += 1
                    continue
                field = kind.fields[change]
                if field.required:
                    del row[change]
                    assert takes(made) == (False, False), change
                row[change] = {"a": 1} if isinstance(field.kind, Reader | Rows) else "x"
                assert takes(made) == (False, False), change
                tried += 2
            row.clear()
            row.update(before)
        assert takes(made) == (True, True)
        assert tried > 100

    def test_the_command_prints_it(self) -> None:
        assert json.loads(run("load_contract", "--schema")) == schema()


def test_the_page_describes_every_section_and_every_field() -> None:
    page = PAGE.read_text(encoding="utf-8")

    def names(kind: Any) -> Iterator[str]:
        if isinstance(kind, Group):
            for name, field in kind.fields.items():
                yield name
                yield from names(field.kind)
        elif isinstance(kind, Rows):
            yield from names(kind.of)

    for section in sections().values():
        assert f"`{section.name}`" in page, section.name
        for name in names(section.kind):
            assert f"`{name}`" in page or f'{{"{name}":' in page, f"{section.name}: {name}"


@pytest.mark.django_db
def test_the_example_of_the_page_loads() -> None:
    assert load(json.loads(example())).created


@pytest.mark.django_db
class TestTheWayBack:
    @pytest.mark.parametrize("name", DOCUMENTS)
    def test_what_is_exported_and_loaded_again_is_unchanged(self, name: str, tmp_path: Path) -> None:
        contract = load_contract(DOCUMENTS[name]())
        out = tmp_path / "out.json"
        run("export_contract", contract.number, "--out", str(out))
        again = load(read_document(out))
        assert (dict(again.created), again.kept) == ({}, [])
        assert "unchanged" in run("load_contract", "--check", str(out))

    @pytest.mark.parametrize("name", DOCUMENTS)
    def test_an_empty_database_gets_the_same_contract_from_it(self, name: str) -> None:
        first = document_of(load_contract(DOCUMENTS[name]()))
        changed = copy.deepcopy(first)
        changed["contract"]["number"] = "NO-2"
        second = document_of(load_contract(changed))
        assert second == changed

    def test_a_clause_that_nobody_looks_at_is_written_as_such_and_gets_no_exemption(self) -> None:
        contract = load_contract(read_document(SECOND_CONTRACT))
        clause = Clause.objects.filter(contract=contract, exemption="").first()
        Obligation.objects.filter(clause=clause).delete()
        written = document_of(contract)
        (row,) = [row for row in written["clauses"] if row["ref"] == clause.ref]
        assert row["unchecked"] is True
        assert "exemption" not in row
        again = load(written)
        assert (dict(again.created), again.kept) == ({}, [])
        clause.refresh_from_db()
        assert clause.exemption == ""

    def test_an_unknown_number_names_the_loaded_ones(self) -> None:
        load_contract(read_document(SECOND_CONTRACT))
        with pytest.raises(CommandError, match="HL-2025-002"):
            run("export_contract", "NO-SUCH")


@pytest.mark.django_db
class TestTheLookBeforeLoading:
    def test_it_says_what_would_be_made_and_makes_nothing(self) -> None:
        told = run("load_contract", "--check", str(SECOND_CONTRACT))
        assert "would create" in told
        assert not Contract.objects.exists()
        assert not Party.objects.exists()

    def test_it_says_what_each_clause_is_checked_by_and_what_is_not_covered(self, tmp_path: Path) -> None:
        path = tmp_path / "contract.json"
        path.write_text(example(), encoding="utf-8")
        carried, _head, free = run("load_contract", "--check", str(path)).partition("Not covered")
        assert "staffing.headcount " in carried
        assert "No check: 着装由现场检查记录" in carried
        assert "staffing.headcount " not in free
        assert "staffing.on_post_rate " in free

    def test_its_errors_are_those_of_loading(self, tmp_path: Path) -> None:
        made = read_document(SECOND_CONTRACT)
        made["clauses"][0]["checks"] = ["staffing.headcounts"]
        made["parties"]["guarantor"] = {}
        path = tmp_path / "contract.json"
        path.write_text(json.dumps(made))
        with pytest.raises(CommandError) as caught:
            run("load_contract", "--check", str(path))
        assert "clauses[0].checks[0]: is not known" in str(caught.value)
        assert "parties.guarantor" in str(caught.value)

    def test_a_key_that_stands_twice_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "contract.json"
        path.write_text('{"contract": {"number": "A", "number": "B"}}')
        with pytest.raises(CommandError, match="“number” stands twice"):
            run("load_contract", str(path))


@pytest.mark.parametrize("ref", ["5.3.1", "二、（一）2", "附件2-3"])
@pytest.mark.django_db
def test_an_article_is_any_text_as_the_contract_prints_it(ref: str) -> None:
    made = read_document(SECOND_CONTRACT)
    made["clauses"][0]["ref"] = ref
    for row in made["terms"]:
        if row["clause"] == "1":
            row["clause"] = ref
    contract = load_contract(made)
    assert contract.clauses.order_by("position").first().ref == ref


@pytest.mark.parametrize("total", ["99.99", "100.01"])
def test_weights_that_are_not_100_are_refused(total: str) -> None:
    form = Form()
    form.whole("instalments", [Decimal(30), Decimal(total) - 30])
    assert form.errors == [f"instalments: together these are {total}, they must be 100"]
    form.errors.clear()
    form.whole("instalments", [Decimal(30), Decimal(70)])
    form.finish()


def test_the_page_of_keys_is_what_the_program_prints() -> None:
    """Where this fails: manage.py load_contract --keys, under the head of docs/contract-keys.md."""
    with override("zh-hans"):
        printed = run("load_contract", "--keys")
    assert KEYS.read_text(encoding="utf-8").partition("\n## ")[2] == printed.removeprefix("## ")
    assert all(f"| `{key}` |" in printed for key in (*TERMS, *POLICIES, *checks()))
