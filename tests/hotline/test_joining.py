"""The checks of the service go the way of every other one: alert, telling, letter, decision, acceptance sheet."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from billing.rules import indicators
from billing.rules.indicators import Found
from contract import records
from contract.choices import Decision, Outcome, RunTrigger
from contract.models import Alert, Contract
from contract.services import evaluate
from contract.services.reviews import decide_review, propose_review
from hotline.intake.sums import DayRead
from hotline.models import Indicator
from hotline.services import figures
from tests.contract.cases import at, handler, heard, hr, reviewer
from tests.hotline.cases import spread
from tests.hotline.conftest import TODAY, make_platform

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moment")]
NOV = date(2024, 11, 1)
LEVEL, FIGURES = "contract.service_level", "contract.service_figures"


@pytest.fixture
def people(contract: Contract) -> tuple[User, User, User]:
    return handler(contract), reviewer(contract), hr(contract)


def november(contract: Contract, answered: int, until: int = 30) -> None:
    platform = make_platform(contract)
    halves = {"offered": spread(100), "answered": spread(answered), "short_abandoned": spread(0)}
    known = {name: sum(numbers) for name, numbers in halves.items()}
    days = [DayRead(NOV + timedelta(days=n), known, halves) for n in range(until)]
    figures.take_in(contract=contract, days=days, today=TODAY, platform=platform)


def look(contract: Contract, on: date = TODAY) -> dict[str, Alert]:
    """The alerts of the service after a night, by the indicator."""
    evaluate(as_of=on, today=on, at=at(on), trigger=RunTrigger.COMMAND, contract_ids=[contract.pk])
    return {alert.assessment.subject_name: alert for alert in Alert.objects.filter(check_id=LEVEL)}


def confirmed(contract: Contract, key: str = "connection_month") -> Indicator:
    row = Indicator.objects.get(contract=contract, key=key)
    agreed = {"confirmed_on": date(2024, 11, 1), "confirmation": "热线办函〔2024〕12号（示例）"}
    return records.correct(row, today=TODAY, **agreed)


def test_a_confirmed_target_that_was_missed_is_told_answered_and_confirmed_by_two(
    contract: Contract, people: tuple[User, User, User]
) -> None:
    office, second, vendor = people
    november(contract, 94)
    confirmed(contract)
    alert = look(contract)["呼叫接通率（月）"]
    assert (alert.outcome, alert.owed_by) == (Outcome.NOT_MET, "vendor")
    assert alert.assessment.measured == "94.00%"
    alert = heard(alert, office, vendor, TODAY)
    proposal = propose_review(
        alert=alert, decision=Decision.CONFIRM, reason="接通率不足", actor=office, at=at(TODAY), version=alert.version
    )
    decide_review(review=proposal, approve=True, actor=second, at=at(TODAY))
    alert.refresh_from_db()
    assert alert.status == "confirmed"


def test_before_both_sides_have_confirmed_the_target_no_breach_can_be_found(
    contract: Contract, people: tuple[User, User, User]
) -> None:
    office, _second, vendor = people
    november(contract, 94)
    alert = heard(look(contract)["呼叫接通率（月）"], office, vendor, TODAY)
    assert alert.outcome == Outcome.AT_RISK
    with pytest.raises(ValidationError):
        propose_review(
            alert=alert, decision=Decision.CONFIRM, reason="不足", actor=office, at=at(TODAY), version=alert.version
        )


def test_exactly_the_target_raises_nothing(contract: Contract) -> None:
    november(contract, 95)
    confirmed(contract)
    assert "呼叫接通率（月）" not in look(contract)


def test_the_running_month_says_how_many_answered_calls_would_still_save_it(contract: Contract) -> None:
    november(contract, 94, until=20)
    confirmed(contract)
    finding = look(contract, date(2024, 11, 21))["呼叫接通率（月）"].assessment
    # 1880 of 2000: (1880 + n) / (2000 + n) = 95 % at n = 400.
    assert (finding.outcome, finding.figures["needed"]) == (Outcome.AT_RISK, 400)


def test_figures_that_did_not_come_are_the_offices_own_alert(contract: Contract) -> None:
    make_platform(contract)
    late = date(2024, 12, 12)
    evaluate(as_of=late, today=late, at=at(late), trigger=RunTrigger.COMMAND, contract_ids=[contract.pk])
    alert = Alert.objects.get(check_id=FIGURES)
    assert (alert.outcome, alert.owed_by) == (Outcome.NOT_MET, "office")


def test_each_indicator_has_its_own_line_on_the_acceptance_sheet() -> None:
    labels = {outcome.value: str(outcome.label) for outcome in Outcome}
    span = NOV, date(2024, 11, 30)
    found = [
        Found(LEVEL, "服务达到各项指标", "13.3", outcome, rate, "≥ 95%", *span, name)
        for name, outcome, rate in (("接通率", "not_met", "94.00%"), ("满意率", "met", "96.00%"))
    ]
    rows = indicators.rows(found, labels, {"13.3": 0})
    assert [(row["title"], row["target"], row["measured"], row["outcome"]) for row in rows] == [
        ("服务达到各项指标：接通率", "≥ 95%", "94.00%", "not_met"),
        ("服务达到各项指标：满意率", "≥ 95%", "96.00%", "met"),
    ]
