"""个人信息保护法 art. 21: all data returned or deleted at the contract's end, declared, and looked at."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from confidentiality.models import DataReturn
from confidentiality.rules.data_return import Declaration, NextContract, data_return
from confidentiality.services import data_returns
from contract import records
from contract.choices import Outcome, Side
from contract.findings import Finding
from contract.models import Contract
from contract.services import look
from kit.errors import Conflict
from tests.api import V1, client_of, ok, problem
from tests.contract.admin_helpers import has, signed_in
from tests.contract.duties import CALENDAR, facts
from tests.factories import make_contract, make_user

ENDED = date(2025, 9, 30)
# Fifteen days from 30 September 2025 end on Wednesday, 15 October.
LAST, AFTER = date(2025, 10, 15), date(2025, 10, 16)
LOOKED = date(2025, 10, 20)


def declaration(done_on: date, **fields: Any) -> Declaration:
    base = Declaration(1, "声明", "both", done_on, fields.get("declared_on", done_on), "", None, None)
    return replace(base, **fields)


def found(as_of: date, *declared: Declaration, following: NextContract | None = None) -> Finding | None:
    return data_return(facts(), declared, following, CALENDAR, as_of)


def outcome(as_of: date, *declared: Declaration, **more: Any) -> Outcome | None:
    result = found(as_of, *declared, **more)
    return result and result.outcome


def test_nothing_is_owed_while_the_contract_runs() -> None:
    assert outcome(ENDED) is None
    assert outcome(date(2025, 10, 1)) == Outcome.PENDING


@pytest.mark.parametrize(("as_of", "expected"), [(LAST, Outcome.PENDING), (AFTER, Outcome.NOT_MET)])
def test_the_last_day_is_in_time_and_nothing_lapses_with_the_contract(as_of: date, expected: Outcome) -> None:
    assert outcome(as_of) == expected
    assert outcome(date(2027, 1, 4)) == Outcome.NOT_MET


@pytest.mark.parametrize(("done_on", "expected"), [(LAST, Outcome.MET), (AFTER, Outcome.NOT_MET)])
def test_what_was_done_is_judged_by_its_day(done_on: date, expected: Outcome) -> None:
    """个人信息保护法 21 and Civil Code 558: none is kept, and the end of the contract ends nothing of it."""
    looked_at = declaration(done_on, checked_on=LOOKED, is_complete=True)
    assert outcome(LOOKED, looked_at) == expected
    result = found(LOOKED, looked_at)
    assert result is not None and result.legal_due_on == LAST and result.owed_by == Side.VENDOR


def test_what_the_office_has_not_looked_at_is_not_met_and_the_ball_is_with_the_office() -> None:
    result = found(date(2025, 10, 19), declaration(LAST, checked_on=LOOKED, is_complete=True))
    assert result is not None
    assert (result.outcome, result.owed_by, result.legal_due_on) == (Outcome.PENDING, Side.OFFICE, None)
    assert outcome(LOOKED, declaration(LAST, checked_on=LOOKED, is_complete=True)) == Outcome.MET


def test_what_the_office_found_incomplete_was_not_done() -> None:
    refuted = declaration(date(2025, 10, 8), checked_on=date(2025, 10, 10), is_complete=False)
    assert outcome(date(2025, 10, 9), refuted) == Outcome.PENDING  # to be looked at
    assert outcome(LAST, refuted) == Outcome.PENDING
    result = found(AFTER, refuted)
    assert result is not None and result.outcome == Outcome.NOT_MET and "2025-10-08" in str(result.message)
    again = declaration(LAST, pk=2, checked_on=LOOKED, is_complete=True)
    assert outcome(LOOKED, refuted, again) == Outcome.MET


def test_a_declaration_that_has_not_come_yet_says_nothing() -> None:
    assert outcome(AFTER, declaration(LAST, declared_on=date(2025, 10, 17))) == Outcome.NOT_MET
    assert outcome(date(2025, 10, 17), declaration(LAST, declared_on=date(2025, 10, 17))) == Outcome.PENDING


@pytest.mark.parametrize(
    ("signed_on", "starts_on", "goes_on"),
    [
        (date(2025, 9, 20), date(2025, 10, 1), True),
        (date(2025, 9, 20), LAST, True),
        (date(2025, 9, 20), AFTER, False),
        (AFTER, date(2025, 10, 1), False),  # signed later than this day
    ],
)
def test_data_serve_the_next_contract_of_the_same_parties(signed_on: date, starts_on: date, goes_on: bool) -> None:
    assert (found(LAST, following=NextContract(signed_on, starts_on)) is None) is goes_on


@pytest.mark.django_db
class TestRecords:
    @pytest.fixture
    def contract(self) -> Contract:
        return make_contract(check_ids=("confidentiality.data_return",))

    def row(self, contract: Contract, **fields: Any) -> DataReturn:
        base = {
            "manner": "both",
            "done_on": LAST,
            "declared_on": LAST,
            "scope": "工单导出、录音、备份介质",
            "document": "数据销毁声明（示例）",
        }
        return DataReturn(contract=contract, **(base | fields))

    @pytest.mark.parametrize(
        ("fields", "at_fault"),
        [
            ({"done_on": date(2025, 9, 29)}, "done_on"),
            ({"declared_on": date(2025, 10, 14)}, "__all__"),
            ({"checked_on": LOOKED}, "__all__"),
            ({"is_complete": True}, "__all__"),
            ({"checked_on": LOOKED, "is_complete": False}, "remarks"),
            ({"checked_on": date(2025, 10, 14), "is_complete": True}, "__all__"),
        ],
    )
    def test_what_cannot_be_is_refused_by_field(self, contract: Contract, fields: Any, at_fault: str) -> None:
        with pytest.raises(ValidationError) as refused:
            records.enter(self.row(contract, **fields), today=LOOKED)
        assert list(refused.value.message_dict) == [at_fault]
        assert not DataReturn.objects.exists()

    def test_the_contracts_last_day_itself_counts(self, contract: Contract) -> None:
        assert records.enter(self.row(contract, done_on=ENDED), today=LOOKED).pk

    def test_the_check_reads_what_was_declared_and_knows_the_next_contract(self, contract: Contract) -> None:
        assert [one.outcome for one in look(as_of=AFTER).findings] == [Outcome.NOT_MET]
        records.enter(self.row(contract, checked_on=LOOKED, is_complete=True), today=LOOKED)
        assert [one.outcome for one in look(as_of=LOOKED).findings] == [Outcome.MET]
        make_contract(
            office=contract.office,
            vendor=contract.vendor,
            signed_on=date(2025, 9, 20),
            starts_on=date(2025, 10, 1),
            ends_on=date(2026, 9, 30),
            check_ids=(),
        )
        assert look(as_of=AFTER).findings == []

    def test_the_vendors_own_writing_ends_with_the_offices_look(self, contract: Contract) -> None:
        row = records.enter(self.row(contract), today=LOOKED)
        assert data_returns.correct(row, scope="工单导出、录音", today=LOOKED).scope == "工单导出、录音"
        records.correct(row, today=LOOKED, checked_on=LOOKED, is_complete=True)
        for change in (
            lambda: data_returns.correct(row, scope="x", today=LOOKED),
            lambda: data_returns.withdraw(row, on=LOOKED, reason="x"),
        ):
            with pytest.raises(Conflict):
                change()
        assert DataReturn.objects.get().scope == "工单导出、录音"

    def test_over_the_api_it_arrives_today_and_the_offices_part_is_not_the_vendors(
        self, contract: Contract, settings: Any
    ) -> None:
        settings.DEMONSTRATION_DAY = ""
        names = [f"confidentiality.{verb}_datareturn" for verb in ("view", "add", "change")]
        client = client_of(make_user(party=contract.vendor, permissions=names), language="en")
        body = {
            "contract": contract.pk,
            "manner": "deleted",
            "done_on": "2025-10-10",
            "scope": "录音",
            "document": "声明",
        }
        with time_machine.travel("2025-10-15T12:00:00+08:00", tick=False):
            made = ok(client.post(f"{V1}/data-returns", body | {"is_complete": True}, format="json"), 201)
            assert (made["declared_on"], made["is_complete"]) == ("2025-10-15", None)
            early = problem(client.post(f"{V1}/data-returns", body | {"done_on": "2025-09-29"}, format="json"), 400)
            assert [error["field"] for error in early["errors"]] == ["done_on"]
        other = client_of(make_user(party=make_contract().vendor, permissions=names))
        assert ok(other.get(f"{V1}/data-returns"))["count"] == 0

    def test_the_page_says_what_was_declared_and_what_the_office_found(self, contract: Contract) -> None:
        names = [f"confidentiality.{verb}_datareturn" for verb in ("view", "change")]
        office = make_user(party=contract.office, permissions=names, is_staff=True)
        row = records.enter(self.row(contract), today=LOOKED)
        client = signed_in(office)
        has(client.get(reverse("admin:confidentiality_datareturn_changelist")), "尚未核查", "数据销毁声明（示例）")
        records.correct(row, today=LOOKED, checked_on=LOOKED, is_complete=False, remarks="备份介质未交回")
        page = client.get(reverse("admin:confidentiality_datareturn_change", args=[row.pk]))
        has(page, "备份介质未交回", "甲方核查")
