"""Every article of the contract has a check or says in writing why it has none."""

import re

import pytest

from contract import registry
from contract.choices import Side
from contract.loading import read_document, reference_document
from contract.models import Clause, Obligation
from contract.terms import POLICIES, TERMS
from law.references import CONTRACT
from tests.data import SECOND_CONTRACT

# What the program checks, by the article it comes from.
EXPECTED = {
    1: {"staffing.headcount"},
    2: {"contract.service_report"},
    3: {"staffing.post_structure"},
    4: {"contract.headcount_notice"},
    5: {"contract.term_end"},
    6: {"staffing.service_place"},
    7: {"staffing.coverage"},
    8: {"staffing.working_hours"},
    9: {"billing.fee_total"},
    10: {"billing.invoice_first"},
    11: {"staffing.overtime_pay"},
    12: {
        "billing.payment_due",
        "billing.acceptance_due",
        "billing.public_acceptance",
        "staffing.replacement",
        "contract.inspection_follow_up",
        "contract.service_figures",
        "contract.consent_answered",
    },
    13: {
        "staffing.hiring_qualification",
        "staffing.training",
        "staffing.failed_trials",
        "staffing.employment_contract",
        "staffing.unapproved_change",
        "staffing.on_post_rate",
        "staffing.attendance_reported",
        "staffing.backfill",
        "contract.service_level",
        "contract.seat_log",
    },
    14: {
        "confidentiality.undertaking",
        "confidentiality.offboarding",
        "confidentiality.data_return",
        "confidentiality.disclosure_consent",
        "confidentiality.incident_response",
        "confidentiality.incident_report",
    },
    15: {"contract.amendment_notice"},
    16: {"contract.force_majeure_notice"},
    17: {"contract.renewal_assessment", "contract.budget"},
    18: {"contract.misconduct_correction"},
    19: {"contract.subcontracting"},
    20: {"staffing.wages_paid", "staffing.labour_dispute"},
    21: set(),
    22: {"contract.formalities", "contract.filing", "contract.publication"},
}
PLANNED = set().union(*EXPECTED.values())
# What other contracts have, and the reference has not.
ELSEWHERE = {"billing.deposit", "billing.score", "staffing.attrition"}

CLAUSES = reference_document()["clauses"]


def carried(clauses: list[dict]) -> dict[str, str]:
    return {check: clause["ref"] for clause in clauses for check in clause.get("checks", ())}


def test_all_twenty_two_articles_are_there_in_order() -> None:
    articles = [int(clause["ref"].partition(".")[0]) for clause in CLAUSES]
    assert articles == sorted(articles)
    assert set(articles) == set(range(1, 23))


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause["ref"])
def test_every_clause_has_a_check_or_a_written_exemption_in_both_languages(clause: dict) -> None:
    if not clause.get("checks"):
        assert clause["exemption"]
        assert clause["exemption_en"]


@pytest.mark.parametrize("article", EXPECTED)
def test_every_article_carries_the_checks_that_its_duties_need(article: int) -> None:
    carries = {
        check
        for clause in CLAUSES
        if int(clause["ref"].partition(".")[0]) == article
        for check in clause.get("checks", ())
    }
    assert carries == EXPECTED[article]


def test_a_check_cites_law_and_never_an_article_of_a_contract() -> None:
    for check_id, check in registry.checks().items():
        assert all(reference.source != CONTRACT for reference in check.references), check_id


def test_every_registered_check_is_one_that_the_articles_ask_for() -> None:
    assert set(registry.checks()) == PLANNED | ELSEWHERE


def test_a_check_of_both_or_neither_side_never_blames_the_other() -> None:
    owed = {clause["ref"]: clause["owed_by"] for clause in CLAUSES}
    refs = carried(CLAUSES)
    for check_id, check in registry.checks().items():
        assert check_id in ELSEWHERE or owed[refs[check_id]] in {check.owed_by, Side.BOTH}, check_id


def test_the_second_contract_carries_the_same_checks_under_its_own_clauses() -> None:
    second = carried(read_document(SECOND_CONTRACT)["clauses"])
    assert set(second) == PLANNED | ELSEWHERE
    assert second != carried(CLAUSES)


def test_every_term_of_the_reference_contract_is_given_with_its_clause() -> None:
    refs = carried(CLAUSES)
    given = {term["key"]: term["clause"] for term in reference_document()["terms"]}
    assert given == {key: refs[TERMS[key].check] for key in given}


def test_every_figure_and_reading_belongs_to_a_check() -> None:
    assert {definition.check for definition in (*TERMS.values(), *POLICIES.values())} <= set(registry.checks())


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause["ref"])
def test_no_summary_repeats_a_figure_that_is_a_term(clause: dict) -> None:
    """A figure that an amendment changes must not stand in a text that it does not change."""
    figures = re.findall(r"\d+", clause["summary"])
    assert not figures, figures


@pytest.mark.django_db
def test_every_obligation_of_a_loaded_contract_names_a_planned_check() -> None:
    from contract.loading import load_contract

    contract = load_contract(reference_document())
    assert set(Obligation.objects.values_list("check_id", flat=True)) == PLANNED
    assert Clause.objects.filter(contract=contract).count() == len(CLAUSES)
