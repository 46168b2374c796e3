"""The years of a tender against its total; acceptance with those served (政府采购法实施条例 45)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing import selectors
from billing.checks import budget as budget_check
from billing.rules.facts import AcceptanceFacts, InstalmentFacts
from billing.rules.purchase import Year, budget, public_acceptance
from billing.services import generate_instalments
from contract import selectors as core
from contract.choices import Outcome, PurchaseStep
from contract.duties.rules.purchase import Paper
from tests.contract.duties import facts
from tests.factories import make_contract, set_policy

TOTAL = {"tender_total": "6275200.00"}
FEE = Decimal("2091733.33")
AS_OF = date(2025, 9, 30)


def years(*costs: str | Decimal) -> list[Year]:
    return [Year(n + 1, f"T-{n + 1}", date(2024 + n, 10, 1), Decimal(cost)) for n, cost in enumerate(costs)]


def in_year(number: int, rows: list[Year], policies=None):
    contract = facts(
        policies=TOTAL if policies is None else policies,
        pk=number,
        starts_on=date(2023 + number, 10, 1),
        ends_on=date(2024 + number, 9, 30),
    )
    return budget(contract, rows, date(2024 + number, 9, 30))


class TestTheBudget:
    def test_three_years_of_the_fee_leave_one_fen(self) -> None:
        finding = in_year(3, years(FEE, FEE, FEE))
        assert (finding.outcome, finding.figures["left"]) == (Outcome.MET, Decimal("0.01"))

    @pytest.mark.parametrize(("third", "outcome"), [("2091733.34", Outcome.MET), ("2091733.35", Outcome.NOT_MET)])
    def test_the_total_itself_is_kept_and_a_fen_more_is_not(self, third: str, outcome: Outcome) -> None:
        """合同第17条: the years of one tender are held against its total."""
        assert in_year(3, years(FEE, FEE, third)).outcome == outcome

    @pytest.mark.parametrize(("second", "outcome"), [("2091733.33", Outcome.MET), ("2091733.35", Outcome.AT_RISK)])
    def test_a_renewal_is_held_against_what_is_left(self, second: str, outcome: Outcome) -> None:
        assert in_year(2, years(FEE, second)).outcome == outcome

    def test_without_the_tenders_total_nothing_is_found(self) -> None:
        assert in_year(1, years(FEE), policies={}) is None

    @pytest.mark.django_db
    def test_contracts_of_one_tender_are_read_together(self) -> None:
        first = make_contract(tender_starts_on=date(2024, 10, 1))
        shared = {"office": first.office, "vendor": first.vendor}
        second = make_contract(
            starts_on=date(2025, 10, 1), ends_on=date(2026, 9, 30), tender_starts_on=date(2024, 10, 1), **shared
        )
        make_contract(tender_starts_on=date(2021, 10, 1), **shared)
        generate_instalments(contract=first)
        set_policy(second, "tender_total", "4183466.65")
        (finding,) = budget_check(core.batch([first.pk, second.pk], date(2026, 9, 30)))
        assert (finding.contract_id, finding.outcome, finding.measured) == (second.pk, Outcome.NOT_MET, "4,183,466.66")
        assert len(selectors.years_of_tender([first.pk])[first.pk]) == 2


QUARTER = InstalmentFacts(
    pk=1,
    sequence=1,
    start=date(2024, 10, 1),
    end=date(2024, 12, 31),
    amount=Decimal("522933.33"),
    acceptances=(AcceptanceFacts(1, date(2025, 1, 10), True),),
)


def result(published: str = "2025-01-20", participants: str = "来电群众代表 3 人", **fields) -> Paper:
    values = {"period_start": QUARTER.start, **fields}
    return Paper(1, PurchaseStep.RESULT, date.fromisoformat(published), "公告2号", participants=participants, **values)


class TestAcceptanceInPublic:
    ASKED = {"acceptance_is_public_service": "true"}

    def judged(self, *papers: Paper, as_of: date = AS_OF, policies=None, row: InstalmentFacts = QUARTER):
        return public_acceptance(facts(policies=self.ASKED if policies is None else policies), row, papers, as_of)

    def test_both_there_it_is_met_from_the_day_of_the_publication(self) -> None:
        assert self.judged(result()).outcome == Outcome.MET
        assert self.judged(result(), as_of=date(2025, 1, 20)).outcome == Outcome.MET
        assert self.judged(result(), as_of=date(2025, 1, 19)).outcome == Outcome.AT_RISK

    @pytest.mark.parametrize(
        ("papers", "said"), [((), "结果的公告和服务对象的参与"), ((result(participants=" "),), "服务对象的参与")]
    )
    def test_what_is_missing_is_named_and_is_a_risk_never_a_lateness(
        self, papers: tuple[Paper, ...], said: str
    ) -> None:
        """政府采购法实施条例 45 names no day."""
        finding = self.judged(*papers)
        assert finding.outcome == Outcome.AT_RISK
        assert said in str(finding.message) and "第四十五条" in str(finding.message)

    def test_the_result_of_another_quarter_is_not_this_ones(self) -> None:
        assert self.judged(result(period_start=date(2025, 1, 1))).outcome == Outcome.AT_RISK

    def test_nothing_is_found_before_the_reading_is_set_or_the_service_accepted(self) -> None:
        assert self.judged(policies={}) is None
        assert self.judged(as_of=date(2025, 1, 9)) is None


def test_the_budget_is_not_judged_by_a_year_whose_cost_cannot_be_said() -> None:
    first, second = years("1.00", "1.00")
    found = in_year(2, [replace(first, cost=None), second])
    assert found is not None and found.outcome == Outcome.UNDETERMINED and first.number in str(found.message)
