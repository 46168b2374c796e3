"""The acceptance of a period: group, office, vendor; figures frozen when the office decides."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from billing import selectors, services
from billing.models import Acceptance, AcceptanceSheet, Instalment
from billing.selectors.sheets import indicators_of, sheet_facts
from billing.states import SheetStatus
from contract.duties.models import AssessmentScheme, Criterion
from kit.errors import Conflict
from tests.billing.cases import MEMBERS, People, at, decided_sheet, make_breach, make_sheet
from tests.billing.concurrency import at_once
from tests.billing.factories import make_acceptance, make_instalments, make_invoice, make_on_post
from tests.factories import make_contract

pytestmark = pytest.mark.django_db
TODAY = date(2025, 1, 10)


@pytest.fixture
def people() -> People:
    contract = make_contract()
    make_instalments(contract)
    return People(contract)


@pytest.fixture
def row(people: People) -> Instalment:
    return Instalment.objects.get(contract=people.contract, sequence=1)


def make_scheme(people: People, confirmed: bool = True) -> AssessmentScheme:
    day = date(2024, 10, 8) if confirmed else None
    scheme = AssessmentScheme.objects.create(
        contract=people.contract,
        title="季度考核办法",
        pass_mark=Decimal(80),
        office_confirmed_on=day,
        vendor_confirmed_on=day,
    )
    for title, weight in (("人员到位", 60), ("服务质量", 40)):
        Criterion.objects.create(scheme=scheme, title=title, weight=Decimal(weight))
    return scheme


def test_group_office_and_vendor_follow_one_another(people: People, row: Instalment) -> None:
    sheet = make_sheet(people, row)
    assert (sheet.status, sheet.group_on) == (SheetStatus.GROUP, date(2025, 1, 9))
    assert not Acceptance.objects.exists()
    sheet = services.decide_sheet(
        sheet=sheet, accepted_on=TODAY, result="passed", opinion="同意", actor=people.second, today=TODAY
    )
    assert sheet.acceptance is not None and sheet.acceptance.accepted_on == TODAY
    sheet = services.answer_sheet(sheet=sheet, confirm=True, opinion="", actor=people.vendor, on=date(2025, 1, 11))
    assert (sheet.status, sheet.vendor_on) == (SheetStatus.CONFIRMED, date(2025, 1, 11))


def test_the_time_for_payment_runs_from_the_decision_on_the_sheet(people: People, row: Instalment) -> None:
    make_invoice(row)
    decided_sheet(people, row)
    finding = selectors.payment_standing(row, date(2025, 1, 20))
    assert finding is not None
    assert [clock["started_by"] for clock in finding.figures["clocks"]] == ["invoice", "acceptance"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"members": MEMBERS[:2]}, "3"),
        ({"members": [*MEMBERS[:2], MEMBERS[2] | {"signed_on": None}]}, "郑专家"),
        ({"members": [*MEMBERS[:2], MEMBERS[2] | {"signed_on": date(2024, 12, 30)}]}, "郑专家"),
        ({"members": [*MEMBERS[:2], MEMBERS[2] | {"signed_on": date(2025, 1, 11)}]}, "郑专家"),
        ({"members": MEMBERS, "group_opinion": " "}, ""),
    ],
)
def test_a_group_that_is_not_complete_gives_no_opinion(
    people: People, row: Instalment, change: dict, words: str
) -> None:
    sheet = services.open_sheet(instalment=row, actor=people.clerk, today=TODAY)
    services.save_group(sheet=sheet, actor=people.clerk, **{"group_opinion": "建议合格"} | change)
    with pytest.raises(ValidationError) as error:
        services.conclude_group(sheet=sheet, actor=people.clerk, today=TODAY)
    assert words in " ".join(error.value.messages)


def test_the_office_does_not_decide_before_the_group(people: People, row: Instalment) -> None:
    sheet = services.open_sheet(instalment=row, actor=people.clerk, today=TODAY)
    with pytest.raises(Conflict):
        services.decide_sheet(
            sheet=sheet, accepted_on=TODAY, result="passed", opinion="同意", actor=people.second, today=TODAY
        )


def test_figures_are_frozen_when_the_office_decides(people: People, row: Instalment) -> None:
    make_on_post(people.contract, date(2024, 10, 1), date(2024, 10, 31), required=1395, best=1385)
    sheet = make_sheet(people, row)
    shown = sheet_facts(sheet, date(2025, 1, 21))["indicators"]
    assert [one["measured"] for one in shown] == ["99.28%"]
    sheet = services.decide_sheet(
        sheet=sheet, accepted_on=TODAY, result="passed", opinion="同意", actor=people.second, today=date(2025, 1, 21)
    )
    make_on_post(
        people.contract,
        date(2024, 10, 1),
        date(2024, 10, 31),
        required=1395,
        best=1300,
        outcome="not_met",
        is_current=False,
    )
    later = sheet_facts(sheet, date(2025, 6, 1))
    assert [one["measured"] for one in later["indicators"]] == ["99.28%"]
    assert later["as_of"] == "2025-01-21"


def test_a_confirmed_breach_stands_in_the_indicators(people: People, row: Instalment) -> None:
    make_breach(people.contract)
    (one,) = indicators_of(row, date(2025, 1, 20))
    assert (one["target"], one["measured"], one["breaches"]) == ("不低于 98%", "97.92%", 1)
    assert one["remark"] == "已认定违约 1 项"


def test_figures_of_other_periods_do_not_count(people: People, row: Instalment) -> None:
    make_on_post(people.contract, date(2025, 1, 1), date(2025, 1, 31), required=1395, best=1385)
    assert indicators_of(row, date(2025, 2, 20)) == []


def test_points_are_weighted_and_every_criterion_has_some(people: People, row: Instalment) -> None:
    scheme = make_scheme(people)
    one, two = scheme.criteria.all()
    sheet = services.open_sheet(instalment=row, actor=people.clerk, today=TODAY, scheme=scheme)
    group = {"sheet": sheet, "actor": people.clerk, "members": MEMBERS, "group_opinion": "合格"}
    services.save_group(**group, scores=[{"criterion": one, "points": Decimal("95.5")}])
    with pytest.raises(ValidationError) as error:
        services.conclude_group(sheet=sheet, actor=people.clerk, today=TODAY)
    assert "服务质量" in error.value.messages[0]
    services.save_group(
        **group, scores=[{"criterion": one, "points": Decimal("95.5")}, {"criterion": two, "points": Decimal("88")}]
    )
    sheet = services.conclude_group(sheet=sheet, actor=people.clerk, today=TODAY)
    assert sheet.score == Decimal("92.50")
    assert sheet_facts(sheet, TODAY)["scores"]["lines"][0]["weighted"] == "57.30"


def test_a_scheme_that_one_side_has_not_confirmed_is_not_used(people: People, row: Instalment) -> None:
    with pytest.raises(ValidationError) as error:
        services.open_sheet(instalment=row, actor=people.clerk, today=TODAY, scheme=make_scheme(people, False))
    assert set(error.value.message_dict) == {"scheme"}


def test_an_acceptance_begins_once_and_after_the_period(people: People, row: Instalment) -> None:
    with pytest.raises(ValidationError):
        services.open_sheet(instalment=row, actor=people.clerk, today=date(2024, 12, 30))
    services.open_sheet(instalment=row, actor=people.clerk, today=date(2024, 12, 31))
    with pytest.raises(Conflict):
        services.open_sheet(instalment=row, actor=people.clerk, today=TODAY)


def test_a_period_that_is_accepted_needs_no_sheet(people: People, row: Instalment) -> None:
    make_acceptance(row)
    with pytest.raises(Conflict):
        services.open_sheet(instalment=row, actor=people.clerk, today=TODAY)


def test_a_failed_acceptance_is_followed_by_another_sheet(people: People, row: Instalment) -> None:
    failed = decided_sheet(people, row, result="failed", opinion="资料不全")
    assert failed.acceptance is not None and not failed.acceptance.passed
    again = decided_sheet(people, row, today=date(2025, 1, 20))
    assert again.number.endswith("-02")


def test_the_vendor_objects_with_a_reason_and_may_confirm_later(people: People, row: Instalment) -> None:
    sheet = decided_sheet(people, row)
    answer = {"sheet": sheet, "actor": people.vendor, "on": date(2025, 1, 12)}
    with pytest.raises(ValidationError):
        services.answer_sheet(**answer, confirm=False, opinion=" ")
    assert services.answer_sheet(**answer, confirm=False, opinion="数据有误").status == "objected"
    with pytest.raises(Conflict):
        services.answer_sheet(**answer, confirm=False, opinion="再次")
    assert services.answer_sheet(**answer, confirm=True, opinion="").status == "confirmed"


def test_only_the_vendor_confirms_for_the_vendor(people: People, row: Instalment) -> None:
    sheet = decided_sheet(people, row)
    with pytest.raises(PermissionDenied):
        services.answer_sheet(sheet=sheet, confirm=True, opinion="", actor=people.clerk, on=date(2025, 1, 12))


def test_a_withdrawn_acceptance_withdraws_its_sheet(people: People, row: Instalment) -> None:
    sheet = decided_sheet(people, row)
    assert sheet.acceptance is not None
    services.withdraw_acceptance(acceptance=sheet.acceptance, reason="误记", actor=None, at=at(TODAY))
    sheet.refresh_from_db()
    assert sheet.status == SheetStatus.WITHDRAWN
    assert decided_sheet(people, row, today=date(2025, 1, 20)).number.endswith("-02")


@pytest.mark.django_db(transaction=True)
def test_of_three_people_who_begin_at_once_one_does(people: People, row: Instalment) -> None:
    results = at_once([lambda: services.open_sheet(instalment=row, actor=people.clerk, today=TODAY) for _ in range(3)])
    assert sum(isinstance(result, AcceptanceSheet) for result in results) == 1, results
    assert sum(isinstance(result, Conflict) for result in results) == 2, results
