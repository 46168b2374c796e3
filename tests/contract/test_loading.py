"""A contract comes from a document: exactly, once, and without undoing what people changed."""

import copy
import json
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from contract import selectors
from contract.loading import load, load_contract, read_document, reference_document
from contract.models import Clause, Contract, Obligation, Party, Policy, Term
from tests.data import SECOND_CONTRACT

pytestmark = pytest.mark.django_db

TABLES = (Party, Contract, Clause, Obligation, Term, Policy)


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


def document(**changes: Any) -> dict[str, Any]:
    """The second contract's document, with paths such as `contract__title` changed."""
    made = read_document(SECOND_CONTRACT)
    for path, value in changes.items():
        *parents, last = [int(p) if p.isdigit() else p for p in path.split("__")]
        target: Any = made
        for parent in parents:
            target = target[parent]
        if value is None:
            del target[last]
        else:
            target[last] = value
    return made


def errors(made: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        load(made)
    assert not any(table.objects.exists() for table in TABLES), "something was written"
    return caught.value.messages


def everything() -> dict[str, list[dict[str, Any]]]:
    return {
        f"{table.__name__} {kind}": list(manager.order_by("pk").values())
        for table in TABLES
        for kind, manager in (("rows", table.objects), ("history", table.history))
    }


class TestTheReferenceContract:
    def test_its_parties_and_facts_are_those_of_the_signed_text(self) -> None:
        contract = load_contract(reference_document())
        assert contract.office.credit_code == "11411200005802061W"
        assert contract.vendor.credit_code == "914112005710257896"
        assert contract.office.bank_account == "41001501714058000177"
        assert contract.vendor.bank_account == "16192101040028288"
        assert contract.signed_on == date(2024, 9, 29)
        assert (contract.starts_on, contract.ends_on) == (date(2024, 10, 1), date(2025, 9, 30))
        assert contract.arbitration_body == "三门峡仲裁委员会"

    def test_its_figures_are_read_from_rows(self) -> None:
        contract = load_contract(reference_document())
        facts = selectors.contract_facts(contract.pk, date(2024, 10, 1))
        on = date(2024, 10, 1)
        assert facts.terms.on(on, "headcount") == 45
        assert facts.terms.on(on, "annual_fee") == Decimal("2091733.33")
        assert facts.terms.on(on, "on_post_floor_percent") == 98
        assert facts.obligations["staffing.backfill"] == "13.4"

    def test_no_reading_is_confirmed_before_both_sides_did(self) -> None:
        load_contract(reference_document())
        assert Policy.objects.exists()
        assert not Policy.objects.filter(confirmed_on__isnull=False).exists()

    def test_a_term_names_the_article_it_comes_from(self) -> None:
        load_contract(reference_document())
        assert Term.objects.get(key="backfill_days").note == "合同第13.4条"


class TestASecondContract:
    def test_it_needs_no_code(self) -> None:
        load_contract(reference_document())
        contract = load_contract(document())
        facts = selectors.contract_facts(contract.pk, date(2025, 3, 15))
        on = date(2025, 3, 15)
        assert facts.terms.on(on, "headcount") == 60
        assert facts.terms.on(on, "on_post_floor_percent") == 95
        assert facts.terms.on(on, "backfill_days") == 10
        assert facts.terms.on(on, "payment_cycle_months") == 1
        assert facts.obligations["staffing.backfill"] == "5.2"

    def test_a_confirmed_reading_says_when_and_where(self) -> None:
        contract = load_contract(document())
        facts = selectors.contract_facts(contract.pk, date(2025, 3, 15))
        assert facts.policies.confirmed(date(2025, 3, 15), "deadline_roll")
        assert not facts.policies.confirmed(date(2025, 3, 15), "on_post_window")

    def test_a_shared_party_is_one_row(self) -> None:
        load_contract(document())
        again = document(contract__number="HL-2026-003")
        load_contract(again)
        assert (Party.objects.count(), Contract.objects.count()) == (2, 2)


class TestLoadingAgain:
    def test_the_same_document_changes_nothing(self) -> None:
        load(document())
        before = everything()
        again = load(document())
        assert not again.created
        assert not again.kept
        assert everything() == before

    def test_what_people_changed_stays_and_is_named(self) -> None:
        contract = load_contract(document())
        clause = Clause.objects.get(contract=contract, ref="1")
        clause.title = "甲方改过的名称"
        clause.save()
        again = load(document())
        clause.refresh_from_db()
        assert clause.title == "甲方改过的名称"
        assert not again.created
        assert again.kept == ["clauses[0].title: kept “甲方改过的名称”, the document says “人员与岗位”"]

    def test_a_contract_that_was_given_its_real_number_is_still_the_same_contract(self) -> None:
        contract = load_contract(document())
        contract.number = "政采-2025-77"
        contract.save()
        assert load_contract(document()) == contract
        assert Contract.objects.count() == 1

    def test_a_party_whose_credit_code_was_corrected_is_still_the_same_party(self) -> None:
        contract = load_contract(document())
        contract.vendor.credit_code = "914112005710257896"
        contract.vendor.save()
        again = load(document())
        assert not again.created
        assert Party.objects.count() == 2

    def test_a_check_that_a_person_switched_off_stays_off(self) -> None:
        contract = load_contract(document())
        Obligation.objects.get(contract=contract, check_id="staffing.coverage").delete()
        load(document())
        assert not Obligation.objects.filter(check_id="staffing.coverage").exists()

    def test_a_figure_that_was_redated_is_not_brought_back(self) -> None:
        contract = load_contract(document())
        term = Term.objects.get(contract=contract, key="backfill_days")
        term.effective_from = date(2025, 4, 1)
        term.save()
        load(document())
        assert Term.objects.filter(contract=contract, key="backfill_days").count() == 1

    def test_a_contract_whose_first_day_was_corrected_gets_no_second_set_of_figures(self) -> None:
        contract = load_contract(document())
        contract.starts_on = date(2025, 3, 16)
        contract.save()
        assert not load(document()).created

    def test_what_is_new_in_a_newer_document_is_added(self) -> None:
        load(document(clauses__1__checks=None, clauses__1__exemption="暂缓"))
        again = load(document())
        assert again.created.total() == 1
        assert Obligation.objects.get(check_id="contract.service_report").clause.ref == "2.1"

    def test_a_number_that_belongs_to_other_parties_is_refused(self) -> None:
        load(document())
        before = everything()
        other = document(parties__vendor__credit_code="914112005710257896")
        with pytest.raises(ValidationError, match=r"contract\.number: another contract"):
            load(other)
        assert everything() == before

    def test_the_number_of_queries_is_that_of_a_small_document(self) -> None:
        load(document())
        with CaptureQueriesContext(connection) as queries:
            load(document())
        assert len(queries) < 25


class TestErrors:
    """Every error is named by its path, all at once, and nothing is written."""

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"contract__number": None}, "contract.number: is missing"),
            ({"contract__starts_on": "2025-3-15"}, "contract.starts_on: must be a date"),
            ({"contract__starts_on": "20250315"}, "contract.starts_on: must be a date"),
            ({"contract__starts_on": 20250315}, "contract.starts_on: must be a date"),
            ({"contract__ends_on": "2025-02-29"}, "contract.ends_on: must be a date"),
            ({"contract__ends_on": "2025-03-14"}, "contract: The last day lies before"),
            ({"contract__title": "题" * 121}, "contract.title: "),
            ({"contract__colour": "red"}, "contract.colour: this field is not known"),
            ({"parties": []}, "parties: must be an object"),
            ({"parties__vendor": None}, "parties.vendor: is missing"),
            (
                {"parties__vendor__credit_code": "91999999MA01E21120"},
                "parties.vendor.credit_code: This is no valid unified social credit code",
            ),
            (
                {"parties__vendor__credit_code": "11999999MB1A2B3C4N"},
                "contract: Office and vendor must be two parties.",
            ),
            ({"terms__0__key": "people"}, "terms[0].key: is not known to the program"),
            ({"terms__0__value": 60.5}, "terms[0].value: must be written in quotation marks"),
            ({"terms__0__value": "sixty"}, "terms[0].value: “sixty” is not a value"),
            ({"terms__0__value": "-1"}, "terms[0].value: must be at least 0"),
            ({"terms__5__value": "100.01"}, "terms[5].value: must be at most 100"),
            ({"terms__0__clause": "99"}, "terms[0].clause: there is no such clause"),
            ({"terms__0": None}, "terms: these figures are missing: headcount"),
            ({"policies__1__value": "sometimes"}, "policies[1].value: “sometimes” is not one of"),
            ({"clauses__3__owed_by": "nobody"}, "clauses[3].owed_by: must be one of"),
            ({"clauses__3__ref": "附" * 21}, "clauses[3].ref: has 21 characters, at most 20"),
            ({"clauses__3__ref": 13}, "clauses[3].ref: must be a text"),
            ({"clauses__3__ref": "1"}, "clauses: “1” stands twice"),
            ({"clauses__3__checks": None}, "clauses[3].exemption: a clause without checks"),
            ({"clauses__3__checks": ["headcount"]}, "clauses[3].checks[0]: is not known to the program"),
            (
                {"clauses__3__checks": ["staffing.headcounts"]},
                "clauses[3].checks[0]: is not known to the program; do you mean “staffing.headcount”?",
            ),
            ({"clauses__3__unchecked": True}, "clauses[3].unchecked: the clause has a check or an exemption"),
            ({"parties__guarantor": {}}, "parties.guarantor: this field is not known"),
            ({"policies__1__effective_from": "2052-03-15"}, "policies[1].effective_from: lies after"),
            (
                {"policies__1": {"key": "warning_days", "value": "staffing.backfil=3, *=1"}},
                "policies[1].value: There is no such check: staffing.backfil.",
            ),
            ({"clauses__3__checks": ["staffing.coverage"]}, "clauses.checks: “staffing.coverage”"),
            ({"clauses": {}}, "clauses: must be a list"),
            ({"annex": []}, "annex: this field is not known"),
        ],
    )
    def test_it_names_the_field(self, changes: dict[str, Any], expected: str) -> None:
        found = errors(document(**changes))
        assert any(message.startswith(expected) for message in found), found

    def test_it_names_all_errors_at_once(self) -> None:
        assert len(errors(document(contract__title=None, terms__0__key="x", notice=1))) >= 3

    def test_an_empty_document_says_everything_that_is_missing(self) -> None:
        assert any("clauses: must be a list" in message for message in errors({}))

    @pytest.mark.parametrize("section", ["contract", "parties", "terms", "policies", "clauses"])
    @pytest.mark.parametrize("value", [None, 0, "", "x", [], [None], {}, {"a": []}])
    def test_a_section_of_any_other_shape_is_an_error_or_empty(self, section: str, value: Any) -> None:
        made = copy.deepcopy(document())
        made[section] = value
        try:
            load(made)
        except ValidationError as error:
            assert error.messages
        else:
            assert (section, value) == ("policies", [])


class TestTheCommands:
    def run(self, *args: str) -> str:
        out = StringIO()
        call_command(*args, stdout=out)
        return out.getvalue()

    def test_load_contract_says_what_it_created_and_the_second_time_nothing(self) -> None:
        assert "created" in self.run("load_contract", str(SECOND_CONTRACT))
        assert "nothing written" in self.run("load_contract", str(SECOND_CONTRACT))

    def test_seed_reference_can_be_run_again(self) -> None:
        self.run("seed_reference")
        assert "nothing written" in self.run("seed_reference")
        assert Contract.objects.get().number == "SMX-12345-2024"

    def test_a_wrong_file_is_named_with_every_error(self, tmp_path: Path) -> None:
        path = tmp_path / "合同.json"
        path.write_text(json.dumps(document(contract__title=None, terms__0__key="x")))
        with pytest.raises(CommandError) as caught:
            self.run("load_contract", str(path))
        assert str(path) in str(caught.value)
        assert "contract.title: is missing" in str(caught.value)
        assert "terms[0].key" in str(caught.value)

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            (b'{"a": 1,\n  oops}', "Line 2, column 3"),
            (b"\xff\xfe", "not text in UTF-8"),
            (b"[]", "must be an object"),
            (b"[" * 100_000, "no valid JSON"),
        ],
    )
    def test_a_file_that_is_no_document_is_one_clear_line(self, tmp_path: Path, content: bytes, expected: str) -> None:
        path = tmp_path / "contract.json"
        path.write_bytes(content)
        with pytest.raises(CommandError, match=expected):
            self.run("load_contract", str(path))

    def test_a_missing_file_is_one_clear_line(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="cannot be read"):
            self.run("load_contract", str(tmp_path / "none.json"))
