"""Articles 14.2 and 14.3: leaks are reported, contained, followed up; the right to terminate."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from confidentiality.checks import incidents
from confidentiality.models import Incident, IncidentCost, IncidentPerson
from confidentiality.rules.incident import IncidentFacts, PersonFacts, response, right_to_terminate
from contract import records
from contract.batch import ContractFacts
from contract.choices import Outcome, Side
from contract.models import Contract
from contract.terms import POLICIES, TERMS
from contract.values import Book
from law.calendar import Calendar
from tests.confidentiality.factories import batch_of, make_operator
from tests.factories import make_contract, make_party

CALENDAR = Calendar()
FOUND = date(2025, 3, 7)  # a Friday
NOW = datetime(2025, 8, 1, 4, tzinfo=UTC)
TODAY = date(2025, 8, 1)


def facts(ends_on: date = date(2026, 9, 30)) -> ContractFacts:
    return ContractFacts(
        pk=1,
        number="T-1",
        title="",
        starts_on=date(2024, 10, 1),
        ends_on=ends_on,
        terms=Book(TERMS),
        policies=Book(POLICIES),
    )


def leak(**fields) -> IncidentFacts:
    return IncidentFacts(
        **{
            "pk": 5,
            "title": "工单外传",
            "document": "报告1号",
            "found_by": "vendor",
            "found_on": FOUND,
            "told_on": FOUND,
            "contained_on": FOUND,
            "cause": "unknown",
            "harm": "unknown",
            "knew_on": FOUND,
            "termination": "",
            "termination_on": None,
            "termination_document": "",
            **fields,
        }
    )


def respond(as_of: date = TODAY, **fields):
    return response(facts(), leak(**fields), CALENDAR, as_of)


class TestTheVendorsResponse:
    def test_it_is_met_when_told_and_contained_in_time(self) -> None:
        finding = respond(told_on=date(2025, 3, 8), contained_on=date(2025, 3, 10))
        assert finding.outcome == Outcome.MET
        assert finding.measured == "2/2"

    def test_a_report_on_the_second_day_is_late_though_the_first_was_a_saturday(self) -> None:
        assert respond(told_on=date(2025, 3, 9)).outcome == Outcome.NOT_MET

    def test_the_last_day_is_in_time_and_the_next_is_not(self) -> None:
        open_ = {"told_on": None, "contained_on": None}
        assert respond(as_of=date(2025, 3, 8), **open_).outcome == Outcome.PENDING
        assert respond(as_of=date(2025, 3, 9), **open_).outcome == Outcome.NOT_MET

    def test_the_next_open_step_is_shown_as_due(self) -> None:
        finding = respond(as_of=FOUND, told_on=None, contained_on=None)
        assert finding.nominal_due_on == date(2025, 3, 8)
        finding = respond(as_of=FOUND, contained_on=None)
        assert finding.nominal_due_on == date(2025, 3, 10)

    def test_what_the_office_found_the_vendor_contains_from_the_day_it_is_told(self) -> None:
        found = {"found_by": "office", "contained_on": None}
        assert respond(as_of=date(2025, 3, 20), told_on=None, **found).owed_by == Side.OFFICE
        told = respond(as_of=date(2025, 3, 20), told_on=date(2025, 3, 17), **found)
        assert (told.outcome, told.nominal_due_on) == (Outcome.PENDING, date(2025, 3, 20))
        assert told.owed_by is None
        assert "report" not in told.figures["steps"]

    def test_cooperation_against_a_person_has_its_own_time(self) -> None:
        asked = date(2025, 4, 1)  # ten days later is a Friday
        person = PersonFacts(9, asked, None)
        assert respond(as_of=date(2025, 4, 11), persons=(person,)).outcome == Outcome.PENDING
        assert respond(as_of=date(2025, 4, 12), persons=(person,)).outcome == Outcome.NOT_MET
        done = PersonFacts(9, asked, date(2025, 4, 11))
        assert respond(persons=(done,)).outcome == Outcome.MET

    def test_a_person_without_a_request_asks_nothing(self) -> None:
        assert respond(persons=(PersonFacts(9, None, None),)).measured == "2/2"

    def test_costs_are_added_exactly_by_kind(self) -> None:
        costs = (("lawyer", Decimal("0.10")), ("travel", Decimal("3.00")), ("lawyer", Decimal("0.20")))
        figures = respond(costs=costs).figures
        assert figures["costs"] == {"lawyer": Decimal("0.30"), "travel": Decimal("3.00")}
        assert figures["costs_total"] == Decimal("3.30")

    def test_a_leak_found_later_is_not_known_yet(self) -> None:
        assert respond(as_of=FOUND - timedelta(days=1)) is None


def right(as_of: date, *, ends_on: date = date(2026, 9, 30), **fields):
    ground = {"cause": "vendor", "harm": "loss", **fields}
    return right_to_terminate(facts(ends_on), leak(**ground), CALENDAR, as_of)


class TestTheRightToTerminate:
    """One year after the office knew: 2026-03-07 is a Saturday, so the last day is the 9th."""

    def test_it_is_open_until_thirty_days_before_the_end(self) -> None:
        assert right(date(2026, 2, 4)).outcome == Outcome.PENDING
        assert right(date(2026, 2, 5)).outcome == Outcome.AT_RISK

    def test_it_lapses_after_the_legal_last_day(self) -> None:
        """Civil Code 564: the right is gone after the year, and nobody broke anything."""
        assert right(date(2026, 3, 9)).outcome == Outcome.AT_RISK
        finding = right(date(2026, 3, 10))
        assert finding.outcome == Outcome.MET  # a right is no duty: letting it lapse breaks nothing
        assert "不构成违约" in str(finding.message)
        assert finding.owed_by == Side.OFFICE
        assert finding.period == (FOUND, date(2026, 3, 9))

    def test_a_decision_not_to_terminate_settles_it_and_may_come_late(self) -> None:
        for decided_on in (date(2026, 3, 9), date(2026, 3, 10)):
            decided = {"termination": "not_exercised", "termination_on": decided_on}
            assert right(date(2026, 9, 1), **decided).outcome == Outcome.MET

    @pytest.mark.parametrize(("arrived_on", "outcome"), [("2026-03-09", Outcome.MET), ("2026-03-10", Outcome.AT_RISK)])
    def test_a_notice_of_termination_counts_from_its_arrival(self, arrived_on: str, outcome: Outcome) -> None:
        """Civil Code 565: decided and sent in time, it is late where it arrives after the last day (564)."""
        notice = {
            "termination": "exercised",
            "termination_on": date(2026, 3, 6),
            "termination_arrived_on": date.fromisoformat(arrived_on),
        }
        finding = right(date(2026, 9, 1), **notice)
        assert (finding.outcome, finding.done_on) == (outcome, date.fromisoformat(arrived_on))

    def test_until_its_arrival_is_recorded_a_notice_has_ended_nothing(self) -> None:
        notice = {"termination": "exercised", "termination_on": date(2025, 6, 1)}
        assert right(date(2025, 5, 31), **notice).outcome == Outcome.PENDING
        assert right(date(2025, 6, 1), **notice).outcome == Outcome.AT_RISK
        assert right(date(2026, 3, 10), **notice).outcome == Outcome.MET  # lapsed: it never arrived

    @pytest.mark.parametrize("ground", [{"cause": "other"}, {"harm": "none"}])
    def test_without_the_vendors_doing_or_without_harm_there_is_none(self, ground) -> None:
        assert right(TODAY, **ground) is None

    @pytest.mark.parametrize("ground", [{"cause": "unknown"}, {"harm": "unknown"}])
    def test_while_the_ground_is_not_established_the_year_is_assumed_to_run(self, ground) -> None:
        finding = right(date(2026, 2, 5), **ground)
        assert finding.outcome == Outcome.AT_RISK
        assert finding.figures["certain"] is False

    def test_it_starts_when_the_office_knew(self) -> None:
        assert right(TODAY, knew_on=None) is None
        assert right(TODAY, knew_on=date(2025, 8, 2)) is None
        assert right(TODAY, knew_on=date(2025, 6, 3)).nominal_due_on == date(2026, 6, 3)

    def test_with_the_contracts_end_there_is_nothing_left_to_terminate(self) -> None:
        ends_on = date(2025, 9, 30)
        assert right(ends_on, ends_on=ends_on).outcome == Outcome.PENDING
        assert right(ends_on + timedelta(days=1), ends_on=ends_on) is None

    def test_a_right_that_lapsed_before_the_end_stays_on_record(self) -> None:
        finding = right(date(2027, 1, 1))
        assert (finding.outcome, finding.measured) == (Outcome.MET, "–")

    def test_its_finding_and_that_of_the_response_never_share_a_key(self) -> None:
        assert right(TODAY).key != respond().key


@pytest.fixture
def contract() -> Contract:
    return make_contract()


def report(contract: Contract, **fields) -> Incident:
    values = {
        "contract": contract,
        "title": "工单外传",
        "description": "一张工单截图出现在群聊中。",
        "found_by": "vendor",
        "found_at": datetime(2025, 3, 7, 2, tzinfo=UTC),
    }
    return records.enter(Incident(**{**values, **fields}), now=NOW, today=TODAY)


def found(*contracts: Contract, as_of: date = TODAY):
    return list(incidents(batch_of(*contracts, as_of=as_of)))


@pytest.mark.django_db
class TestTheCheck:
    def test_the_days_are_beijing_days(self, contract) -> None:
        evening = datetime(2025, 3, 7, 16, 30, tzinfo=UTC)  # half past midnight in Beijing
        report(contract, found_at=evening, told_at=evening, contained_at=evening)
        (one,) = [f for f in found(contract) if f.period is None]
        assert one.figures["found_on"] == date(2025, 3, 8)

    def test_the_office_learns_by_finding_or_by_being_told(self, contract) -> None:
        report(contract)
        assert [f.period for f in found(contract)] == [None]
        Incident.objects.update(told_at=datetime(2025, 3, 9, 2, tzinfo=UTC))
        assert [f.period[0] for f in found(contract) if f.period] == [date(2025, 3, 9)]
        Incident.objects.update(office_knew_on=date(2025, 3, 20))
        assert [f.period[0] for f in found(contract) if f.period] == [date(2025, 3, 20)]

    def test_it_goes_on_after_the_contracts_end(self, contract) -> None:
        report(contract)
        assert [f.outcome for f in found(contract, as_of=date(2027, 1, 1))] == [Outcome.NOT_MET]

    def test_withdrawn_leaks_persons_and_costs_count_no_more(self, contract) -> None:
        incident = report(contract)
        person = records.enter(
            IncidentPerson(incident=incident, name="某人", involvement="转发", asked_on=date(2025, 4, 1)), today=TODAY
        )
        cost = records.enter(
            IncidentCost(
                incident=incident,
                kind="lawyer",
                amount=Decimal("100.00"),
                incurred_on=date(2025, 5, 1),
                document="发票1",
            ),
            today=TODAY,
        )
        (finding,) = found(contract)
        assert f"cooperate:{person.pk}" in finding.figures["steps"]
        assert finding.figures["costs_total"] == 100
        for part in (person, cost):
            records.withdraw(part, on=TODAY, reason="误录")
        (finding,) = found(contract)
        assert set(finding.figures["steps"]) == {"report", "contain"}
        assert finding.figures["costs_total"] == 0
        records.withdraw(incident, on=TODAY, reason="不是泄密")
        assert found(contract) == []

    def test_the_queries_do_not_grow(self, contract) -> None:
        others = [make_contract() for _ in range(3)]
        for one in (contract, *others):
            for _ in range(2):
                incident = report(one)
                for number in range(3):
                    records.enter(
                        IncidentPerson(incident=incident, name=f"某{number}", involvement="经手"), today=TODAY
                    )

        def queries(*some: Contract) -> int:
            batch = batch_of(*some, as_of=TODAY)
            with CaptureQueriesContext(connection) as captured:
                assert len(list(incidents(batch))) == 2 * len(some)
            return len(captured)

        assert queries(contract) == queries(contract, *others) == 3


@pytest.mark.django_db
class TestTheServices:
    def refused(self, contract: Contract, *fields: str, **values) -> None:
        with pytest.raises(ValidationError) as caught:
            report(contract, **values)
        assert set(caught.value.message_dict) == set(fields)
        assert not Incident.objects.exists()

    def test_instants_and_days_lie_not_in_the_future(self, contract) -> None:
        late = NOW + timedelta(minutes=1)
        self.refused(contract, "found_at", found_at=late)
        self.refused(contract, "told_at", told_at=late)
        self.refused(contract, "occurred_on", occurred_on=TODAY + timedelta(days=1))

    def test_the_order_of_events_is_held(self, contract) -> None:
        before = datetime(2025, 3, 7, 1, tzinfo=UTC)
        self.refused(contract, "__all__", told_at=before)
        self.refused(contract, "__all__", contained_at=before)
        self.refused(contract, "occurred_on", occurred_on=date(2025, 3, 8))

    def test_a_leak_before_the_contract_is_none_of_it(self, contract) -> None:
        self.refused(contract, "found_at", found_at=datetime(2024, 9, 1, tzinfo=UTC))

    def test_termination_needs_a_ground_a_day_and_a_document(self, contract) -> None:
        decision = {"termination": "exercised", "termination_on": TODAY}
        ground = {"cause": "vendor", "harm": "loss"}
        letter = {"termination_document": "解除通知1号"}
        self.refused(contract, "termination", **decision, **letter)
        self.refused(contract, "termination_document", **decision, **ground)
        self.refused(contract, "__all__", termination="exercised", **ground, **letter)
        self.refused(contract, "__all__", **decision, **ground, **letter, termination_arrived_on=date(2025, 7, 31))
        self.refused(contract, "__all__", termination_arrived_on=TODAY)
        assert report(contract, **decision, **ground, **letter).gives_right_to_terminate

    def test_a_right_may_be_given_up_before_the_ground_is_established(self, contract) -> None:
        assert report(contract, termination="not_exercised", termination_on=TODAY, termination_document="会议纪要3号")

    def test_corrections_are_kept_with_what_stood_before(self, contract) -> None:
        incident = report(contract)
        records.correct(incident, now=NOW, today=TODAY, cause="vendor", harm="both")
        records.correct(incident, now=NOW, today=TODAY, cause="vendor")
        assert [row.cause for row in incident.history.all()] == ["vendor", "unknown"]

    def test_a_person_is_an_operator_of_the_vendor_or_has_a_name(self, contract) -> None:
        incident = report(contract)
        operator = make_operator(contract.vendor)
        for values in ({"name": ""}, {"name": "某人", "operator": operator}, {"operator": make_operator(make_party())}):
            with pytest.raises(ValidationError) as caught:
                records.enter(IncidentPerson(incident=incident, involvement="经手", **values), today=TODAY)
            assert set(caught.value.message_dict) == {"operator"}
        records.enter(IncidentPerson(incident=incident, involvement="经手", operator=operator), today=TODAY)
        with pytest.raises(ValidationError):
            records.enter(IncidentPerson(incident=incident, involvement="经手", operator=operator), today=TODAY)

    def test_cooperation_follows_a_request(self, contract) -> None:
        person = records.enter(IncidentPerson(incident=report(contract), name="某人", involvement="经手"), today=TODAY)
        with pytest.raises(ValidationError) as caught:
            records.correct(person, today=TODAY, cooperated_on=TODAY)
        assert "asked_on" in caught.value.message_dict
        with pytest.raises(ValidationError):
            records.correct(person, today=TODAY, asked_on=TODAY, cooperated_on=date(2025, 7, 1))

    @pytest.mark.parametrize("amount", [Decimal("0.00"), Decimal("-1.00"), Decimal("1.001")])
    def test_a_cost_is_a_positive_amount_to_the_fen(self, contract, amount) -> None:
        values = {"kind": "travel", "incurred_on": date(2025, 4, 1), "document": "车票"}
        incident = report(contract)
        with pytest.raises(ValidationError) as caught:
            records.enter(IncidentCost(incident=incident, amount=amount, **values), today=TODAY)
        assert "amount" in caught.value.message_dict
        cost = records.enter(IncidentCost(incident=incident, amount=Decimal("0.01"), **values), today=TODAY)
        assert records.correct(cost, today=TODAY, amount=Decimal("0.02")).history.count() == 2

    def test_nothing_is_added_to_a_withdrawn_leak(self, contract) -> None:
        incident = report(contract)
        records.withdraw(incident, on=TODAY, reason="重复登记")
        with pytest.raises(ValidationError):
            records.enter(IncidentPerson(incident=incident, name="某人", involvement="经手"), today=TODAY)
        with pytest.raises(ValidationError):
            records.correct(incident, now=NOW, today=TODAY, harm="none")
