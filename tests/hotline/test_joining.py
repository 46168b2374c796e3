"""The checks of the service go the way of every other one: alert, telling, letter, decision, acceptance sheet."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import translation

from contract import records
from contract.choices import Decision, Outcome, PartySide, RunTrigger
from contract.duties.models import AssessmentScheme, RenewalAssessment
from contract.duties.services import renewal
from contract.history.casefile.evidence import gather
from contract.letters.choices import NoticeKind
from contract.letters.models import Notice
from contract.letters.services.notices import Writing, issue_notice, preview_notice, read_notice
from contract.models import Alert, Contract
from contract.rules import indicators
from contract.rules.indicators import Found
from contract.selectors.indicators import indicators_of
from contract.services import evaluate
from contract.services.reviews import decide_review, propose_review
from hotline.intake.sums import DayRead
from hotline.models import Indicator
from hotline.services import figures
from tests.contract.cases import at, handler, heard, hr, reviewer
from tests.hotline.cases import spread
from tests.hotline.conftest import TODAY, make_platform

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moment", "quick_print")]
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


def test_a_missed_target_goes_its_whole_way_from_the_alert_to_the_renewal(
    contract: Contract, people: tuple[User, User, User], settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    office, second, vendor = people
    november(contract, 94)
    confirmed(contract)
    alert = look(contract)["呼叫接通率（月）"]
    about = (("contract.Alert", alert.pk),)
    portal, told = Client(headers={"Accept-Language": "zh-hans"}), {"actor": office, "on": TODAY}
    portal.force_login(vendor)

    # The office asks, the vendor reads, acknowledges and answers in the portal.
    asks = Writing(NoticeKind.EXPLANATION, about)
    assert preview_notice(contract=contract, writing=asks, **told).startswith(b"%PDF")
    assert not Notice.objects.exists()
    letter = issue_notice(contract=contract, writing=asks, at=at(TODAY), **told)
    said = str(letter.facts["letter"])
    assert "94.00%" in said and "未达到目标（≥ 95%）" in said
    assert portal.get(reverse("portal-letter", args=[letter.pk])).content == read_notice(letter)
    portal.post(reverse("portal-acknowledge", args=[letter.pk]), {"received_by": "钱人事", "key": "letter"})
    alert.refresh_from_db()
    assert (alert.status, alert.notified_on) == ("notified", TODAY)
    answer = {"statement": "话务量骤增，已加派人员。", "key": "one", "files": ""}
    done = portal.post(reverse("portal-answer", args=[alert.pk]), answer, follow=True)
    assert "话务量骤增，已加派人员。" in done.content.decode()

    # One proposes, another approves; a demand follows, which the vendor reads too.
    alert.refresh_from_db()
    why = {"decision": Decision.CONFIRM, "reason": "接通率不足"}
    proposal = propose_review(alert=alert, actor=office, at=at(TODAY), version=alert.version, **why)
    with pytest.raises(PermissionDenied):
        decide_review(review=proposal, approve=True, actor=office, at=at(TODAY))
    decide_review(review=proposal, approve=True, actor=second, at=at(TODAY))
    demand = issue_notice(contract=contract, writing=Writing(NoticeKind.DEMAND, about), at=at(TODAY), **told)
    assert "94.00%" in str(demand.facts["letter"])
    assert portal.get(reverse("portal-letter", args=[demand.pk])).content == read_notice(demand)

    # The same finding in the case file, on the acceptance sheet of the quarter and before the renewal.
    alert.refresh_from_db()
    with translation.override("zh-hans"):
        case = str([sheet.text_rows for sheet in gather(alert).sheets])
    assert all(words in case for words in ("94.00%", letter.number, demand.number, "话务量骤增", "接通率不足"))
    span = (contract.starts_on, date(2024, 12, 31))
    (line,) = [row for row in indicators_of(contract.pk, *span, TODAY) if row["title"].endswith("呼叫接通率（月）")]
    assert (line["target"], line["measured"], line["breaches"]) == ("≥ 95%", "94.00%", 1)
    (year,) = [
        row
        for row in indicators_of(contract.pk, *span, TODAY, by_window=False)
        if row["title"].endswith("呼叫接通率（月）")
    ]
    assert (year["target"], year["result"], year["breaches"]) == ("≥ 95%", line["result"], 1)
    assert year["measured"].startswith("0／1")
    scheme = renewal.save_scheme(
        scheme=AssessmentScheme(contract=contract, title="年度考核", pass_mark=80),
        criteria=[("服务质量", Decimal(100))],
    )
    for side in PartySide:
        scheme = renewal.confirm_scheme(scheme=scheme, side=side, on=TODAY)
    sheet = RenewalAssessment(contract=contract, scheme=scheme, assessed_on=TODAY)
    renewal.save_assessment(assessment=sheet)
    admin = Client(headers={"Accept-Language": "zh-hans"})
    admin.force_login(office)
    page = admin.get(reverse("admin:contract_renewalassessment_change", args=[sheet.pk])).content.decode()
    assert f"<td>{year['title']} </td>" in page and "已认定违约 1 项" in page


def test_what_was_decided_after_the_assessment_is_not_in_it(
    contract: Contract, people: tuple[User, User, User]
) -> None:
    office, second, vendor = people
    november(contract, 94)
    confirmed(contract)
    alert = heard(look(contract)["呼叫接通率（月）"], office, vendor, TODAY)
    proposal = propose_review(
        alert=alert, decision=Decision.CONFIRM, reason="接通率不足", actor=office, at=at(TODAY), version=alert.version
    )
    decide_review(review=proposal, approve=True, actor=second, at=at(TODAY))
    span = (contract.starts_on, TODAY)
    before, after = (
        sum(row["breaches"] for row in indicators_of(contract.pk, *span, day))
        for day in (TODAY - timedelta(days=1), TODAY)
    )
    assert (before, after) == (0, 1)


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
