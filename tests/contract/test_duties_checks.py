"""The contract's own checks on real rows: life of a contract, queries, excuses and their alerts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from contract import records, registry, selectors, services
from contract.choices import AlertStatus, Decision, ExcuseCause, Outcome, PartySide, RunTrigger, Side
from contract.duties.models import ForceMajeureEvent, Misconduct
from contract.findings import Finding
from contract.models import Alert, Assessment, Contract, Excuse, Term
from contract.services import excuses
from tests.contract.cases import handler, heard, hr
from tests.contract.duties import day, make_duties
from tests.factories import make_contract, make_party, make_user

pytestmark = pytest.mark.django_db

AT = datetime(2025, 9, 30, 16, 20, tzinfo=UTC)
OWN = [
    "contract.service_report",
    "contract.headcount_notice",
    "contract.term_end",
    "contract.inspection_follow_up",
    "contract.consent_answered",
    "contract.amendment_notice",
    "contract.force_majeure_notice",
    "contract.renewal_assessment",
    "contract.misconduct_correction",
    "contract.subcontracting",
    "contract.formalities",
]


def full_contract(**fields: Any) -> Contract:
    """A contract with one record of every kind, all of them early in its term."""
    contract = make_contract(check_ids=OWN, **fields)
    make_duties(contract)
    return contract


def look(as_of: date, *contracts: Contract) -> list[Finding]:
    ids = [contract.pk for contract in contracts] or None
    evaluation = services.look(as_of=as_of, contract_ids=ids)
    assert not evaluation.errors
    return evaluation.findings


def evaluate(as_of: date) -> None:
    services.evaluate(as_of=as_of, today=as_of, at=AT, trigger=RunTrigger.COMMAND)


def ids(findings: list[Finding]) -> set[str]:
    return {finding.check_id for finding in findings}


class TestTheLifeOfAContract:
    def test_before_its_first_day_it_gives_nothing(self) -> None:
        contract = full_contract()
        assert look(contract.starts_on - timedelta(days=1), contract) == []

    def test_in_force_every_check_speaks(self) -> None:
        contract = full_contract()
        assert ids(look(day("2024-11-30"), contract)) == set(OWN)

    def test_after_its_end_its_record_stays_and_nothing_new_is_owed(self) -> None:
        contract = full_contract()
        at_the_end = {f.key for f in look(contract.ends_on, contract)}
        later = look(contract.ends_on + timedelta(days=200), contract)
        assert {finding.key for finding in later} == at_the_end
        assert len([f for f in later if f.check_id == "contract.service_report"]) == 12

    def test_terminated_it_owes_no_renewal_and_no_change_that_was_still_to_come(self) -> None:
        contract = full_contract()
        contract.terminated_on = contract.starts_on + timedelta(days=30)
        contract.save()
        found = look(contract.ends_on, contract)
        assert ids(found) == set(OWN) - {
            "contract.term_end",
            "contract.renewal_assessment",
            "contract.amendment_notice",
            "contract.headcount_notice",
        }
        assert len([f for f in found if f.check_id == "contract.service_report"]) == 1

    def test_a_contract_without_a_figure_is_undetermined_and_the_others_go_on(self) -> None:
        poor, rich = full_contract(), full_contract()
        Term.objects.filter(contract=poor, key="headcount_notice_days").delete()
        found = [f for f in look(day("2024-11-30")) if f.check_id == "contract.headcount_notice"]
        assert {f.contract_id: f.outcome for f in found} == {poor.pk: Outcome.UNDETERMINED, rich.pk: Outcome.MET}


def test_a_contract_that_follows_is_that_of_the_same_parties_under_the_same_tender() -> None:
    office, vendor = make_party(), make_party()
    first = make_contract(
        check_ids=["contract.term_end"], office=office, vendor=vendor, tender_starts_on=day("2024-10-01")
    )
    common = {
        "office": office,
        "starts_on": day("2025-10-01"),
        "ends_on": day("2026-09-30"),
        "signed_on": day("2025-09-10"),
        "check_ids": [],
        "tender_starts_on": day("2024-10-01"),
    }
    make_contract(vendor=make_party(), **common)
    [finding] = look(day("2025-09-30"), first)
    assert finding.outcome == Outcome.AT_RISK
    make_contract(vendor=vendor, **common | {"tender_starts_on": day("2025-10-01")})
    assert look(day("2025-09-30"), first)[0].outcome == Outcome.AT_RISK
    make_contract(vendor=vendor, **common)
    assert look(day("2025-09-30"), first)[0].outcome == Outcome.MET


@pytest.mark.parametrize("check_id", OWN)
def test_the_queries_of_a_check_do_not_grow_with_contracts(check_id: str) -> None:
    function = registry.get(check_id).function

    def count() -> int:
        batch = selectors.batch(Contract.objects.values_list("pk", flat=True), day("2025-06-30"))
        with CaptureQueriesContext(connection) as queries:
            assert list(function(batch))
        return len(queries)

    full_contract()
    alone = count()
    for _ in range(3):
        full_contract()
    assert count() == alone <= 5


def test_the_alert_of_a_check_of_both_sides_names_the_side_that_owes_it() -> None:
    full_contract()
    evaluate(day("2025-06-30"))
    owed = dict(
        Alert.objects.filter(check_id="contract.inspection_follow_up").values_list(
            "assessment__subject_label", "owed_by"
        )
    )
    assert owed == {"contract.InspectionRemark": Side.VENDOR}
    assert Alert.objects.get(check_id="contract.consent_answered").owed_by == Side.OFFICE


class TestAnExcuse:
    """Misconduct found on 8 October was to be corrected by the 15th; a flood lasted to the 20th."""

    AS_OF = day("2024-10-17")

    @pytest.fixture
    def excused(self) -> Excuse:
        contract = make_contract(check_ids=["contract.misconduct_correction"])
        misconduct = records.enter(
            Misconduct(
                contract=contract,
                title="离岗",
                description="离岗",
                found_on=day("2024-10-08"),
                arrived_on=day("2024-10-08"),
            )
        )
        event = records.enter(
            ForceMajeureEvent(
                contract=contract,
                title="洪水",
                description="停电",
                reported_by=PartySide.VENDOR,
                occurred_on=day("2024-10-10"),
                arrived_on=day("2024-10-10"),
                ended_on=day("2024-10-20"),
                proof_document="水文证明",
                proof_issuer="市水利局",
                proof_arrived_on=day("2024-10-14"),
            )
        )
        return excuses.propose(
            excuse=Excuse(
                contract=contract,
                cause=ExcuseCause.FORCE_MAJEURE,
                event=event,
                check_id="contract.misconduct_correction",
                subject_label="contract.Misconduct",
                subject_pk=misconduct.pk,
                from_on=day("2024-10-10"),
                reason="道路中断",
            ),
            actor=make_user(),
        )

    def approve(self, excuse: Excuse, on: date) -> None:
        second = make_user(permissions=["contract.change_excuse"])
        excuses.approve(excuse=excuse, actor=second, on=on)

    def test_it_takes_effect_with_the_second_person_and_the_alert_follows(self, excused: Excuse) -> None:
        evaluate(day("2024-10-16"))
        alert = Alert.objects.get()
        assert alert.status == AlertStatus.OPEN
        self.approve(excused, self.AS_OF)
        evaluate(self.AS_OF)
        alert.refresh_from_db()
        assert (alert.status, alert.outcome) == (AlertStatus.EXCUSED, Outcome.EXCUSED)
        assert alert.assessment.figures["excused"]["outcome"] == "not_met"
        with translation.override("en"):
            assert "Not corrected by 2024-10-15" in alert.assessment.explanation
        excused.refresh_from_db()
        excuses.revoke(excuse=excused, on=day("2024-10-18"))
        evaluate(day("2024-10-18"))
        alert.refresh_from_db()
        assert (alert.status, alert.outcome) == (AlertStatus.OPEN, Outcome.NOT_MET)

    @pytest.mark.parametrize(
        ("as_of", "outcome"),
        [("2024-10-27", Outcome.EXCUSED), ("2024-10-28", Outcome.AT_RISK), ("2024-10-29", Outcome.NOT_MET)],
    )
    def test_it_ends_a_reasonable_time_after_the_event_or_with_the_longer_clock(
        self, excused: Excuse, as_of: str, outcome: Outcome
    ) -> None:
        self.approve(excused, self.AS_OF)
        [finding] = look(day(as_of), excused.contract)
        assert finding.outcome == outcome

    def test_as_of_a_day_before_the_proof_it_is_a_note(self, excused: Excuse) -> None:
        excused.event.proof_arrived_on = day("2024-10-30")  # type: ignore[union-attr]
        excused.event.save()  # type: ignore[union-attr]
        self.approve(excused, self.AS_OF)
        [finding] = look(day("2024-10-18"), excused.contract)
        assert finding.outcome == Outcome.NOT_MET
        assert finding.evidence[-1].label == "contract.Excuse"

    def test_a_withdrawn_event_excuses_nothing(self, excused: Excuse) -> None:
        self.approve(excused, self.AS_OF)
        excused.event.withdrawn_on = day("2024-10-18")  # type: ignore[union-attr]
        excused.event.save()  # type: ignore[union-attr]
        assert look(day("2024-10-18"), excused.contract)[0].outcome == Outcome.NOT_MET

    def test_a_waiver_lets_the_duty_go_for_good(self, excused: Excuse) -> None:
        excused.cause, excused.event = ExcuseCause.WAIVER, None
        excused.to_on, excused.document = day("2024-10-15"), "书面豁免"
        records.save(excused)
        self.approve(excused, self.AS_OF)
        assert look(day("2025-09-30"), excused.contract)[0].outcome == Outcome.EXCUSED

    def test_a_breach_that_people_confirmed_is_theirs_to_withdraw(self, excused: Excuse) -> None:
        evaluate(day("2024-10-16"))
        alert = Alert.objects.get()
        office, vendor = handler(alert.contract), hr(alert.contract)
        heard(alert, office, vendor, day("2024-10-16"))
        people = [make_user(permissions=["contract.add_review", "contract.change_review"]) for _ in range(2)]
        review = services.propose_review(
            alert=alert, decision=Decision.CONFIRM, reason="属实", actor=people[0], at=AT, version=alert.version
        )
        services.decide_review(review=review, approve=True, actor=people[1], at=AT)
        self.approve(excused, self.AS_OF)
        for as_of in (self.AS_OF, day("2024-10-19")):
            evaluate(as_of)
            alert.refresh_from_db()
            assert alert.status == AlertStatus.CONFIRMED
        assert Assessment.objects.get(is_current=True).outcome == Outcome.EXCUSED
