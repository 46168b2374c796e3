"""Figures are taken in in time; as long as there is no platform nothing is proven."""

from datetime import date, timedelta

from contract.choices import Outcome, Side
from contract.findings import Finding
from contract.registry import get
from hotline.rules.coming import service_figures
from hotline.rules.facts import ServiceFacts
from law.calendar import DEFAULT
from tests.hotline.cases import day, month, service
from tests.staffing.helpers import facts as contract_facts

NOV, DEC_10 = date(2024, 11, 1), date(2024, 12, 10)
ONE = timedelta(days=1)


def november(facts: ServiceFacts, as_of: date) -> Finding:
    found = service_figures(contract_facts(), facts, DEFAULT, as_of)
    return next(one for one in found if one.period and one.period[0] == NOV)


def test_without_a_platform_one_finding_says_that_nothing_is_proven() -> None:
    (finding,) = service_figures(contract_facts(), ServiceFacts(), DEFAULT, NOV)
    assert (finding.outcome, finding.period) == (Outcome.UNDETERMINED, None)


def test_the_last_day_is_in_time_and_the_one_after_it_is_not() -> None:
    for on, outcome in ((DEC_10, Outcome.MET), (DEC_10 + ONE, Outcome.NOT_MET)):
        days = month(NOV, 30, day(10, 10, taken_in_on=date(2024, 12, 1))) | {NOV: day(10, 10, taken_in_on=on)}
        finding = november(service(days, since=NOV), date(2025, 1, 5))
        assert (finding.outcome, finding.legal_due_on, finding.measured) == (outcome, DEC_10, "30/30")


def test_what_is_missing_is_awaited_until_the_last_day_and_late_after_it() -> None:
    facts = service(month(NOV, 29, day(10, 10)), since=NOV)
    assert november(facts, DEC_10).outcome == Outcome.PENDING
    finding = november(facts, DEC_10 + ONE)
    assert (finding.outcome, finding.figures["missing"]) == (Outcome.NOT_MET, [date(2024, 11, 30)])


def test_a_figure_that_comes_tomorrow_is_not_known_today() -> None:
    facts = service(month(NOV, 30, day(10, 10, taken_in_on=DEC_10)), since=NOV)
    assert november(facts, DEC_10 - ONE).outcome == Outcome.PENDING
    assert november(facts, DEC_10).outcome == Outcome.MET


def test_days_before_the_platforms_first_one_are_not_asked_for() -> None:
    facts = service(month(date(2024, 11, 15), 16, day(10, 10)), since=date(2024, 11, 15))
    found = list(service_figures(contract_facts(), facts, DEFAULT, date(2024, 12, 2)))
    assert [(one.outcome, one.measured) for one in found] == [(Outcome.MET, "16/16")]


def test_it_is_the_offices_duty_and_the_level_the_vendors() -> None:
    assert get("contract.service_figures").owed_by == Side.OFFICE
    assert get("contract.service_level").owed_by == Side.VENDOR
