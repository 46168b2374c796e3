"""Another contract, loaded from data alone, with other figures, clauses and term."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from contract import records, services
from contract.choices import Outcome, PartySide, RunTrigger, Side
from contract.duties.models import Amendment, ForceMajeureEvent, Formality, HeadcountOrder, Subcontracting
from contract.findings import Finding
from contract.loading import load_contract, read_document
from contract.models import Alert, Assessment, Contract
from tests.contract.admin_helpers import AT
from tests.contract.duties import day
from tests.data import SECOND_CONTRACT

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract() -> Contract:
    return load_contract(read_document(SECOND_CONTRACT))


def find(contract: Contract, check_id: str, as_of: date | str) -> list[Finding]:
    moment = day(as_of) if isinstance(as_of, str) else as_of
    evaluation = services.look(as_of=moment, contract_ids=[contract.pk])
    return [finding for finding in evaluation.findings if finding.check_id == check_id]


def one(contract: Contract, check_id: str, as_of: date | str) -> Finding:
    [finding] = find(contract, check_id, as_of)
    return finding


def test_before_its_first_day_it_gives_nothing(contract: Contract) -> None:
    before = contract.starts_on - timedelta(days=1)
    assert services.look(as_of=before, contract_ids=[contract.pk]).findings == []


@pytest.mark.parametrize(
    ("arrived", "outcome"),
    [("2025-06-09", Outcome.MET), ("2025-06-10", Outcome.AT_RISK), ("2025-06-11", Outcome.NOT_MET)],
)
def test_its_headcount_is_announced_ten_days_ahead(contract: Contract, arrived: str, outcome: Outcome) -> None:
    records.enter(
        HeadcountOrder(
            contract=contract,
            headcount=66,
            effective_from=day("2025-06-20"),
            document="一号",
            issued_on=day("2025-06-01"),
            arrived_on=day(arrived),
        )
    )
    assert one(contract, "contract.headcount_notice", "2025-07-01").outcome == outcome


@pytest.mark.parametrize(
    ("arrived", "outcome"),
    [
        ("2025-06-27", Outcome.MET),
        ("2025-06-28", Outcome.AT_RISK),
        ("2025-06-30", Outcome.AT_RISK),
        ("2025-07-01", Outcome.NOT_MET),
    ],
)
def test_its_amendments_are_announced_two_months_ahead(contract: Contract, arrived: str, outcome: Outcome) -> None:
    records.enter(
        Amendment(
            contract=contract,
            title="补充协议",
            document="二号",
            proposed_by=PartySide.VENDOR,
            proposed_on=day("2025-06-01"),
            arrived_on=day(arrived),
            effective_from=day("2025-08-31"),
        )
    )
    finding = one(contract, "contract.amendment_notice", "2025-09-30")
    assert finding.outcome == outcome and finding.owed_by == Side.VENDOR


@pytest.mark.parametrize(
    ("as_of", "outcome"),
    [
        ("2025-10-04", Outcome.PENDING),
        ("2025-10-05", Outcome.AT_RISK),  # warned of a day ahead
        ("2025-10-06", Outcome.AT_RISK),
        ("2025-10-07", Outcome.NOT_MET),
    ],
)
def test_its_deadlines_never_roll_not_even_over_the_national_day(
    contract: Contract, as_of: str, outcome: Outcome
) -> None:
    """Both sides of this contract have confirmed that in writing."""
    records.enter(
        ForceMajeureEvent(
            contract=contract,
            title="洪水",
            description="停电",
            reported_by=PartySide.VENDOR,
            occurred_on=day("2025-10-01"),
        )
    )
    assert one(contract, "contract.force_majeure_notice", as_of).outcome == outcome


def test_its_damages_are_twenty_percent_of_its_own_fee(contract: Contract) -> None:
    records.enter(
        Subcontracting(
            contract=contract,
            third_party="示例公司",
            description="代班",
            found_on=day("2025-06-01"),
            paid=Decimal("500000.01"),
        )
    )
    figures = one(contract, "contract.subcontracting", "2025-06-30").figures
    assert (figures["damages"], figures["total"]) == (Decimal("599999.99"), Decimal("1100000.00"))


@pytest.mark.parametrize(("each", "outcome"), [(3, Outcome.MET), (2, Outcome.AT_RISK)])
def test_each_side_holds_three_of_its_six_originals(contract: Contract, each: int, outcome: Outcome) -> None:
    for side in PartySide:
        records.enter(
            Formality(
                contract=contract,
                side=side,
                signatory="某",
                signed_on=day("2025-03-03"),
                sealed_on=day("2025-03-14"),
                originals=each,
            )
        )
    assert one(contract, "contract.formalities", "2025-06-30").outcome == outcome


@pytest.mark.parametrize(
    ("as_of", "outcome"),
    [
        ("2026-01-13", Outcome.PENDING),
        ("2026-01-14", Outcome.AT_RISK),
        ("2026-03-14", Outcome.AT_RISK),
        ("2026-03-15", Outcome.NOT_MET),
    ],
)
def test_its_term_is_the_last_of_a_tender_of_two_years(contract: Contract, as_of: str, outcome: Outcome) -> None:
    finding = one(contract, "contract.term_end", as_of)
    assert finding.outcome == outcome
    assert finding.figures["tender_ends_on"] == day("2026-03-14")
    assert find(contract, "contract.renewal_assessment", as_of) == []


def test_its_findings_stand_under_its_own_clauses(contract: Contract) -> None:
    services.evaluate(
        as_of=day("2026-03-15"), today=day("2026-03-15"), at=AT, trigger=RunTrigger.COMMAND, contract_ids=[contract.pk]
    )
    refs: dict[str, Any] = dict(
        Assessment.objects.filter(check_id__startswith="contract.").values_list("check_id", "clause_ref")
    )
    assert refs == {"contract.term_end": "3.2", "contract.formalities": "10.1", "contract.service_figures": "5.3"}
    assert Alert.objects.get(check_id="contract.term_end").clause_ref == "3.2"
