"""The clause board, and the scenarios in which clauses collide."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contract import services
from contract.board import ClauseBoard, clause_board
from contract.choices import AlertStatus, Outcome, RunTrigger, Side
from contract.duties.models import AssessmentScheme, ReportSchedule
from contract.loading import load_contract, reference_document
from contract.models import Alert, Contract
from contract.rules.conflicts import Conflict, conflicts
from contract.terms.settled import SETTLED
from tests.contract.admin_helpers import AT, has, lacks, make_alert, office_user, signed_in
from tests.contract.duties import CALENDAR, day, facts
from tests.contract.test_duties_checks import full_contract
from tests.factories import make_contract, make_party, make_user, set_policy

BOARD = "admin:contract_clause_board"
TODAY = day("2025-06-30")


def by_code(**kwargs: Any) -> dict[str, Conflict]:
    return {row.code: row for row in conflicts(facts(**kwargs), CALENDAR)}


class TestClausesThatCollide:
    def test_the_reference_figures_collide_by_the_day_and_not_by_the_month(self) -> None:
        found = by_code()
        assert found["vacancy_by_day"].collides
        assert found["vacancy_by_day"].figures["rate"] == "97.77%"
        month = found["vacancy_by_calendar_month"]
        assert not month.collides
        assert (month.figures["budget"], month.figures["carried"]) == (25, 1)
        assert not found["vacancy_by_contract_quarter"].collides

    def test_a_contract_with_other_figures_gets_another_answer(self) -> None:
        terms = {"headcount": 60, "on_post_floor_percent": 95, "backfill_days": 10}
        assert not by_code(terms=terms)["vacancy_by_day"].collides
        strict = by_code(terms={"headcount": 45, "on_post_floor_percent": "99.5"})
        assert strict["vacancy_by_calendar_month"].collides

    @pytest.mark.parametrize(("headcount", "collides"), [(49, True), (50, False)])
    def test_the_floor_itself_is_kept(self, headcount: int, collides: bool) -> None:
        """49 of 50 are exactly 98 %."""
        found = by_code(terms={"headcount": headcount})
        assert found["vacancy_by_day"].collides is collides

    @pytest.mark.parametrize(("days", "collides"), [(27, True), (28, False)])
    def test_training_collides_with_what_is_shorter_than_the_shortest_month(self, days: int, collides: bool) -> None:
        found = by_code(terms={"replacement_days": days}, policies={"deadline_roll": "never"})
        assert found["training_replacement_days"].collides is collides

    @pytest.mark.parametrize(("days", "collides"), [(27, True), (28, False)])
    def test_a_notice_ahead_is_counted_back_and_rest_days_make_it_no_longer(self, days: int, collides: bool) -> None:
        """Civil Code 201: unlike a time that runs forward (203) it never rolls."""
        found = by_code(terms={"headcount_notice_days": days, "replacement_days": days})
        ahead = found["training_headcount_notice_days"]
        assert (ahead.collides, ahead.figures["allowed"]) == (collides, days)
        assert found["training_replacement_days"].figures["allowed"] > days
        assert "顺延最多" not in str(ahead.statement)

    @pytest.mark.parametrize(("starts", "named"), [("2025-01-31", True), ("2025-01-30", False)])
    def test_a_window_so_short_that_nothing_may_be_missing_is_named(self, starts: str, named: bool) -> None:
        """One day of 45 people allows no absence at 98 %; two allow one person-day."""
        month = by_code(starts_on=day(starts), ends_on=day("2025-12-31"))["vacancy_by_calendar_month"]
        assert month.collides
        assert any("一并计算" in str(reading) for reading in month.readings) is named

    def test_without_training_nothing_collides_with_it(self) -> None:
        assert not [code for code in by_code(terms={"training_months": 0}) if "training" in code]

    @pytest.mark.parametrize(("days", "collides"), [(27, True), (28, False)])
    def test_headcount_and_amendment_collide_by_their_notice(self, days: int, collides: bool) -> None:
        found = by_code(terms={"headcount_notice_days": days})
        assert found["headcount_or_amendment"].collides is collides

    def test_two_clocks_of_payment_agree_when_they_end_on_one_day(self) -> None:
        assert by_code()["payment_clocks"].collides
        agreed = by_code(policies={"acceptance_days": 1, "payment_due_days": 30, "payment_due_days_acceptance": 30})[
            "payment_clocks"
        ]
        assert not agreed.collides

    def test_a_confirmed_roll_no_longer_is_an_open_question(self) -> None:
        assert by_code()["roll_replacement_days"].collides
        assert not by_code(policies={"deadline_roll": "weekends_and_holidays"})["roll_replacement_days"].collides

    def test_a_figure_that_the_contract_lacks_collides_with_nothing(self) -> None:
        found = by_code(terms={"backfill_days": None, "replacement_days": None})
        assert not {"vacancy_by_day", "training_backfill_days", "roll_replacement_days"} & set(found)
        assert "headcount_or_amendment" in found

    def test_every_collision_names_what_removes_it(self) -> None:
        for row in by_code().values():
            assert row.readings or not row.collides
            assert str(row.statement)


@pytest.mark.django_db
class TestTheCommand:
    def run(self, *args: str, capsys: pytest.CaptureFixture[str]) -> str:
        call_command("clause_conflicts", *args)
        return capsys.readouterr().out

    def test_it_needs_no_loaded_contract(self, capsys: pytest.CaptureFixture[str]) -> None:
        rows = json.loads(self.run("--format", "json", capsys=capsys))
        codes = {row["code"]: row for row in rows}
        assert codes["vacancy_by_day"]["collides"] is True
        assert codes["vacancy_by_day"]["figures"]["headcount"] == 45
        assert codes["vacancy_by_day"]["readings"]

    def test_it_replays_a_loaded_contract(self, capsys: pytest.CaptureFixture[str]) -> None:
        make_contract(number="B-1", terms={"headcount": 60, "on_post_floor_percent": 95})
        rows = json.loads(self.run("--contract", "B-1", "--format", "json", capsys=capsys))
        assert not next(row for row in rows if row["code"] == "vacancy_by_day")["collides"]
        assert "B-1" not in self.run("--contract", "B-1", capsys=capsys)
        with pytest.raises(CommandError, match="B-1"):
            self.run("--contract", "B-2", capsys=capsys)

    def test_loaded_or_not_the_reference_contract_gives_the_same(self, capsys: pytest.CaptureFixture[str]) -> None:
        before = self.run("--format", "json", capsys=capsys)
        load_contract(reference_document())
        assert self.run("--format", "json", capsys=capsys) == before


def states(board: ClauseBoard) -> dict[str, Outcome | None]:
    return {row.clause.ref: row.outcome for a in board.articles for row in a.clauses}


@pytest.mark.django_db
class TestTheBoard:
    def evaluated(self, **fields: Any) -> Contract:
        contract = full_contract(**fields)
        services.evaluate(as_of=TODAY, today=TODAY, at=AT, trigger=RunTrigger.COMMAND, contract_ids=[contract.pk])
        return contract

    def test_every_article_shows_its_worst_finding(self) -> None:
        board = clause_board(self.evaluated(), TODAY)
        found = states(board)
        assert board.as_of == TODAY
        assert found["19"] == Outcome.NOT_MET  # a third party without consent
        assert found["4"] == Outcome.MET
        assert found["5"] == Outcome.PENDING

    def test_both_sides_are_measured(self) -> None:
        board = clause_board(self.evaluated(), TODAY)
        sides = {side.side: dict(side.counts) for side in board.sides}
        assert sides[Side.OFFICE][Outcome.NOT_MET] == 1  # a consent was not answered
        assert sides[Side.VENDOR][Outcome.NOT_MET] > 1
        office = next(side for side in board.sides if side.side == Side.OFFICE)
        assert office.next_due is not None
        assert office.next_due.assessment.check_id == "contract.renewal_assessment"

    def test_what_people_decided_counts(self) -> None:
        contract = self.evaluated()
        alert = Alert.objects.get(check_id="contract.subcontracting")
        for status, outcome in (
            (AlertStatus.CONFIRMED, Outcome.NOT_MET),
            (AlertStatus.DISMISSED, Outcome.MET),
            (AlertStatus.WAIVED, Outcome.EXCUSED),
        ):
            Alert.objects.filter(pk=alert.pk).update(status=status)
            assert states(clause_board(contract, TODAY))["19"] == outcome

    def test_before_an_evaluation_nothing_is_said(self) -> None:
        board = clause_board(full_contract(), TODAY)
        assert set(states(board).values()) == {None} and board.as_of is None

    def test_all_articles_of_the_reference_contract_stand_there(self) -> None:
        contract = load_contract(reference_document())
        board = clause_board(contract, TODAY)
        assert [article.heading for article in board.articles] == [str(n) for n in range(1, 23)]
        assert [a.heading for a in board.articles if a.is_exempt] == ["21"]

    def test_readings_nobody_confirmed_are_listed_with_their_value(self) -> None:
        contract = full_contract()
        row = set_policy(contract, "payment_due_days", 20)
        keys = {reading.definition.key for reading in clause_board(contract, TODAY).readings}
        assert {"payment_due_days", "resume_days"} <= keys
        row.confirmed_on = date(2024, 10, 1)
        row.save()
        keys = {reading.definition.key for reading in clause_board(contract, TODAY).readings}
        assert "payment_due_days" not in keys

    def test_every_reading_that_the_contract_leaves_open_is_on_the_list(self) -> None:
        """合同总金额, 新聘, quarter, shift, arrival, business hours, days of payment (Civil Code 137, 203)."""
        keys = {reading.definition.key for reading in clause_board(full_contract(), TODAY).readings}
        assert {
            "contract_sum",
            "new_staff",
            "quarter_kind",
            "shift_day",
            "receiving_system",
            "day_ends_at",
            "payment_days_kind",
        } <= keys

    def test_pass_mark_and_reports_stand_in_records_of_their_own_and_are_on_the_list_too(self) -> None:
        contract = full_contract()
        scheme = AssessmentScheme.objects.create(contract=contract, title="考核方案", pass_mark=Decimal(75))
        ReportSchedule.objects.create(
            contract=contract, kind="statistics", title="月报", cadence="monthly", due_days=10, starts_on=TODAY
        )
        kept = {reading.check: reading.value for reading in clause_board(contract, TODAY).kept_readings}
        assert "75" in kept["contract.renewal_assessment"] and "月报" in kept["contract.service_report"]
        AssessmentScheme.objects.filter(pk=scheme.pk).update(office_confirmed_on=TODAY)
        kept = {reading.check: reading.value for reading in clause_board(contract, TODAY).kept_readings}
        assert "contract.renewal_assessment" in kept  # one side is not both
        AssessmentScheme.objects.filter(pk=scheme.pk).update(vendor_confirmed_on=TODAY)
        kept = {reading.check: reading.value for reading in clause_board(contract, TODAY).kept_readings}
        assert "contract.renewal_assessment" not in kept

    def test_a_reading_that_no_rule_would_follow_cannot_be_entered(self) -> None:
        for one in SETTLED:
            assert one.choices is not None
            with pytest.raises(ValueError):
                one.parse("another")

    def test_its_queries_do_not_grow(self) -> None:
        contract = self.evaluated()

        def count() -> int:
            with CaptureQueriesContext(connection) as queries:
                clause_board(contract, TODAY)
            return len(queries)

        alone = count()
        for number in range(3):
            make_alert(contract, key=f"k{number}", clause_ref="19")
        full_contract(office=contract.office)
        assert count() == alone <= 24


@pytest.mark.django_db
class TestThePages:
    def test_the_board_speaks_chinese_and_leads_to_the_alerts(self) -> None:
        contract = full_contract()
        services.evaluate(as_of=TODAY, today=TODAY, at=AT, trigger=RunTrigger.COMMAND, contract_ids=[contract.pk])
        page = signed_in(office_user(contract)).get(reverse(BOARD))
        alert = Alert.objects.get(check_id="contract.subcontracting")
        has(
            page,
            "条款履行看板",
            "未履行",
            "口径待双方书面确认",
            "甲方",
            "乙方",
            reverse("admin:contract_alert_change", args=[alert.pk]),
            "甲方经办：告知对方",
        )

    def test_it_shows_on_demand_only_what_asks_for_something(self) -> None:
        contract = full_contract()
        services.evaluate(as_of=TODAY, today=TODAY, at=AT, trigger=RunTrigger.COMMAND, contract_ids=[contract.pk])
        client = signed_in(office_user(contract))
        whole = client.get(reverse(BOARD))
        has(whole, 'id="article-22"', 'href="#article-22"', "只看这些条款")
        part = client.get(reverse(BOARD), {"show": "open"})
        has(part, 'id="article-19"', "显示全部条款")
        lacks(part, ['id="article-22"', 'href="#article-22"'])

    def test_conflicts_are_shown_with_the_readings_that_remove_them(self) -> None:
        contract = make_contract()
        page = signed_in(office_user(contract)).get(reverse("admin:contract_clause_conflicts"))
        has(page, "存在冲突", "97.77%", "自然月", "口径待双方书面确认")
        has(page, "推演", "种存在冲突", f"{reverse(BOARD)}?contract={contract.pk}#clause-13.4")

    @pytest.mark.parametrize("name", ["board", "conflicts"])
    def test_a_contract_of_others_is_not_found(self, name: str) -> None:
        contract, foreign = make_contract(), make_contract()
        client = signed_in(office_user(contract))
        url = reverse(f"admin:contract_clause_{name}")
        assert client.get(url, {"contract": contract.pk}).status_code == 200
        for wrong in (foreign.pk, 10**12, "x", "1 OR 1", "-1"):
            assert client.get(url, {"contract": wrong}).status_code == 404
        assert foreign.number not in client.get(url).content.decode()

    @pytest.mark.parametrize("name", ["board", "conflicts"])
    def test_it_takes_the_permission_to_read_clauses(self, name: str) -> None:
        url = reverse(f"admin:contract_clause_{name}")
        nobody = make_user(party=make_party(), is_staff=True)
        assert signed_in(nobody).get(url).status_code == 403
        assert Client().get(url).status_code == 302
        reader = make_user(party=make_party(), is_staff=True, permissions=["contract.view_clause"])
        has(signed_in(reader).get(url), "目前没有您可以查看的合同")
