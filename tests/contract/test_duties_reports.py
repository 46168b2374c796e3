"""Reports (article 2) and inspections (article 12.3): delivered, returned, answered, looked at."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contract.batch import ContractFacts
from contract.choices import Cadence, Outcome, Side
from contract.duties.rules.inspections import Remark, Visit, inspection_follow_up
from contract.duties.rules.reports import Delivery, Schedule, periods, service_reports
from contract.findings import Finding
from tests.contract.duties import CALENDAR, ENDS, STARTS, day, facts


def schedule(**fields: Any) -> Schedule:
    base = Schedule(pk=8, title="月度话务统计", cadence=Cadence.MONTHLY, due_days=10, starts_on=STARTS, ends_on=None)
    return replace(base, **fields)


def delivery(delivered: str, returned: str | None = None, accepted: str | None = None) -> Delivery:
    return Delivery(
        int(delivered.replace("-", "")),
        "报表",
        day(delivered),
        day(accepted) if accepted else None,
        day(returned) if returned else None,
    )


def reports(
    as_of: str,
    *deliveries: Delivery,
    contract: ContractFacts | None = None,
    of: Schedule | None = None,
    start: date = STARTS,
) -> list[Finding]:
    found: dict[date, Sequence[Delivery]] = {start: list(deliveries)}
    return list(service_reports(contract or facts(), of or schedule(), found, CALENDAR, day(as_of)))


class TestReports:
    """October 2024 ends on the 31st; ten days on is Sunday 10 November, so Monday the 11th."""

    @pytest.mark.parametrize(
        ("as_of", "outcome"),
        [("2024-11-10", Outcome.PENDING), ("2024-11-11", Outcome.AT_RISK), ("2024-11-12", Outcome.NOT_MET)],
    )
    def test_a_report_that_is_not_delivered(self, as_of: str, outcome: Outcome) -> None:
        first = reports(as_of)[0]
        assert first.outcome == outcome and first.period == (STARTS, day("2024-10-31"))

    @pytest.mark.parametrize(("delivered", "outcome"), [("2024-11-11", Outcome.MET), ("2024-11-12", Outcome.NOT_MET)])
    def test_it_is_in_time_on_the_last_day(self, delivered: str, outcome: Outcome) -> None:
        assert reports("2024-11-20", delivery(delivered))[0].outcome == outcome

    @pytest.mark.parametrize(("as_of", "outcome"), [("2024-11-20", Outcome.PENDING), ("2024-11-21", Outcome.NOT_MET)])
    def test_a_returned_report_is_delivered_again(self, as_of: str, outcome: Outcome) -> None:
        """Returned on 15 November: five days on is Wednesday the 20th."""
        returned = delivery("2024-11-08", returned="2024-11-15")
        assert reports(as_of, returned)[0].outcome == outcome

    def test_delivered_again_in_time_it_is_met(self) -> None:
        again = delivery("2024-11-20", accepted="2024-11-22")
        returned = delivery("2024-11-08", returned="2024-11-15")
        assert reports("2024-11-30", returned, again)[0].outcome == Outcome.MET
        late = delivery("2024-11-21")
        assert reports("2024-11-30", returned, late)[0].outcome == Outcome.NOT_MET

    def test_a_first_delivery_that_was_late_stays_late(self) -> None:
        late = delivery("2024-11-12", returned="2024-11-15")
        found = reports("2024-11-30", late, delivery("2024-11-18"))[0]
        assert found.outcome == Outcome.NOT_MET and found.legal_due_on == day("2024-11-11")

    def test_only_periods_that_have_begun_are_spoken_of(self) -> None:
        assert len(reports("2024-10-31")) == 1
        assert len(reports("2024-11-01")) == 2
        assert len(reports("2026-06-30")) == 12

    def test_a_contract_cut_short_owes_its_last_month_in_part(self) -> None:
        cut = facts(terminated_on=day("2024-11-15"))
        found = reports("2025-06-30", contract=cut)
        assert [finding.period for finding in found] == [
            (STARTS, day("2024-10-31")),
            (day("2024-11-01"), day("2024-11-15")),
        ]

    @pytest.mark.parametrize(
        ("due_days", "as_of", "outcome"),
        [
            (10, "2025-09-30", Outcome.PENDING),  # the contract's last day: due on 10 October
            (10, "2025-10-01", Outcome.MET),  # … and the duty has lapsed with it
            (10, "2025-10-20", Outcome.MET),
        ],
    )
    def test_a_report_due_after_the_contracts_end_lapses_with_it(
        self, due_days: int, as_of: str, outcome: Outcome
    ) -> None:
        last = reports(as_of, of=schedule(due_days=due_days))[-1]
        assert (last.period, last.outcome) == ((day("2025-09-01"), ENDS), outcome)
        assert ("随之终止" in str(last.message)) is (outcome == Outcome.MET)

    def test_a_report_due_on_the_contracts_last_day_does_not_lapse(self) -> None:
        """August, thirty days: 30 September, at 24:00 (Civil Code 203); a day more and it lapses (557)."""
        for due_days, outcome in ((30, Outcome.NOT_MET), (31, Outcome.MET)):
            august = reports("2025-10-20", of=schedule(due_days=due_days))[-2]
            assert (august.period, august.outcome) == ((day("2025-08-01"), day("2025-08-31")), outcome)

    def test_a_single_report_runs_from_the_demand(self) -> None:
        once = schedule(cadence=Cadence.ONCE, due_days=3, starts_on=day("2025-03-03"))
        [found] = reports("2025-03-07", of=once)
        assert found.period is None and found.outcome == Outcome.NOT_MET
        assert found.legal_due_on == day("2025-03-06")
        [met] = reports("2025-03-07", delivery("2025-03-06"), of=once, start=once.starts_on)
        assert met.outcome == Outcome.MET

    def test_keys_are_those_of_the_period_whatever_happens_later(self) -> None:
        before = {finding.key for finding in reports("2025-01-15")}
        after = {finding.key for finding in reports("2025-09-30", delivery("2024-11-08"))}
        assert before <= after


def test_quarters_are_those_of_the_contract_cut_to_the_schedule() -> None:
    late = schedule(cadence=Cadence.QUARTERLY, starts_on=day("2025-02-01"))
    assert periods(late, STARTS, ENDS)[:2] == [
        (day("2025-02-01"), day("2025-03-31")),
        (day("2025-04-01"), day("2025-06-30")),
    ]
    other = schedule(cadence=Cadence.QUARTERLY, starts_on=day("2025-03-15"))
    assert periods(other, day("2025-03-15"), day("2026-03-14"))[0][1] == day("2025-06-14")


def test_a_schedule_that_ends_before_it_starts_to_count_has_no_periods() -> None:
    assert periods(schedule(ends_on=day("2024-09-30")), STARTS, ENDS) == []


def remark(number: int = 1, **fields: Any) -> Remark:
    base = Remark(
        pk=number, number=number, due_on=day("2025-03-14"), answered_on=None, checked_on=None, is_settled=None
    )
    return replace(base, **fields)


def visit(*remarks: Remark, arrived: str | None = "2025-03-05") -> Visit:
    return Visit(2, day("2025-03-04"), day(arrived) if arrived else None, "检查记录", remarks)


def follow_up(as_of: str, *remarks: Remark, arrived: str | None = "2025-03-05") -> list[Finding]:
    seen = visit(*remarks, arrived=arrived)
    return list(inspection_follow_up(facts(), seen, CALENDAR, day(as_of)))


class TestInspections:
    @pytest.mark.parametrize(("as_of", "outcome"), [("2025-03-14", Outcome.PENDING), ("2025-03-15", Outcome.NOT_MET)])
    def test_the_vendor_answers_by_the_day_that_was_set(self, as_of: str, outcome: Outcome) -> None:
        [found] = follow_up(as_of, remark())
        assert found.outcome == outcome and found.owed_by == Side.VENDOR

    @pytest.mark.parametrize(("answered", "outcome"), [("2025-03-14", Outcome.MET), ("2025-03-15", Outcome.NOT_MET)])
    def test_an_answer_is_in_time_on_that_day(self, answered: str, outcome: Outcome) -> None:
        found = follow_up("2025-03-31", remark(answered_on=day(answered)))
        assert found[0].outcome == outcome

    @pytest.mark.parametrize(
        ("as_of", "outcome"),
        [
            ("2025-03-29", Outcome.PENDING),
            ("2025-03-30", Outcome.AT_RISK),
            ("2025-03-31", Outcome.AT_RISK),
            ("2025-04-01", Outcome.NOT_MET),
        ],
    )
    def test_then_the_ball_is_with_the_office(self, as_of: str, outcome: Outcome) -> None:
        """Answered on 14 March: fifteen days on is Saturday the 29th, so Monday the 31st."""
        found = follow_up(as_of, remark(answered_on=day("2025-03-14")))
        assert found[1].outcome == outcome and found[1].owed_by == Side.OFFICE

    def test_one_late_second_look_of_two_is_the_offices_finding(self) -> None:
        done = remark(1, answered_on=day("2025-03-10"), checked_on=day("2025-03-12"))
        open_ = remark(2, answered_on=day("2025-03-10"))
        found = follow_up("2025-04-30", done, open_)
        assert [finding.outcome for finding in found] == [Outcome.MET, Outcome.MET, Outcome.NOT_MET]
        assert found[2].figures["waiting"] == [2]

    def test_remarks_that_have_not_arrived_ask_for_nothing(self) -> None:
        assert follow_up("2025-04-30", remark(), arrived=None) == []
        assert follow_up("2025-03-04", remark()) == []
