"""Writing the records of the contract's duties: what is refused, who takes a second look."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from contract import records
from contract.choices import Cadence, ConsentKind, DisputeStage, ExcuseCause, PartySide, ReportKind
from contract.duties.models import (
    Consent,
    Dispute,
    ForceMajeureEvent,
    Formality,
    Inspection,
    InspectionRemark,
    ReportSchedule,
    ServiceReport,
    Subcontracting,
)
from contract.duties.services import conduct, service
from contract.models import Contract, Excuse
from contract.services import excuses
from kit.errors import Conflict
from tests.contract.duties import day
from tests.factories import make_contract, make_user

pytestmark = pytest.mark.django_db


def problems(error: pytest.ExceptionInfo[ValidationError]) -> set[str]:
    return set(error.value.message_dict)


class TestReportsAndInspections:
    def schedule(self, contract: Contract, **fields: Any) -> ReportSchedule:
        base = {
            "kind": ReportKind.STATISTICS,
            "title": "月度话务统计",
            "cadence": Cadence.MONTHLY,
            "due_days": 10,
            "starts_on": contract.starts_on,
        }
        return service.save_schedule(schedule=ReportSchedule(contract=contract, **(base | fields)))

    def deliver(self, schedule: ReportSchedule, start: str, delivered: str) -> ServiceReport:
        return service.save_report(
            report=ServiceReport(
                contract=schedule.contract,
                schedule=schedule,
                period_start=day(start),
                title="十月统计",
                delivered_on=day(delivered),
            )
        )

    def test_a_report_is_for_a_period_of_its_schedule(self, contract: Contract) -> None:
        schedule = self.schedule(contract)
        self.deliver(schedule, "2024-11-01", "2024-12-05")
        with pytest.raises(ValidationError, match="2024-10-01") as error:
            self.deliver(schedule, "2024-11-02", "2024-12-05")
        assert problems(error) == {"period_start"}

    def test_a_period_has_one_report_until_it_is_returned(self, contract: Contract) -> None:
        schedule = self.schedule(contract)
        report = self.deliver(schedule, "2024-10-01", "2024-11-05")
        with pytest.raises(ValidationError):
            self.deliver(schedule, "2024-10-01", "2024-11-06")
        with pytest.raises(ValidationError) as error:
            service.return_report(report=report, on=day("2024-11-07"), reason=" ")
        assert problems(error) == {"return_reason"}
        service.return_report(report=report, on=day("2024-11-07"), reason="缺少数据")
        with pytest.raises(Conflict):
            service.accept_report(report=report, on=day("2024-11-08"))
        again = self.deliver(schedule, "2024-10-01", "2024-11-08")
        service.accept_report(report=again, on=day("2024-11-09"))

    def test_a_schedule_with_reports_keeps_its_periods(self, contract: Contract) -> None:
        schedule = self.schedule(contract)
        self.deliver(schedule, "2024-10-01", "2024-11-05")
        schedule.starts_on = day("2024-10-15")
        with pytest.raises(ValidationError) as error:
            service.save_schedule(schedule=schedule)
        assert problems(error) == {"starts_on"}
        schedule.refresh_from_db()
        schedule.ends_on = day("2025-03-31")
        service.save_schedule(schedule=schedule)

    def test_a_remark_is_due_after_it_arrived_and_is_answered_once(self, contract: Contract) -> None:
        inspection = records.enter(
            Inspection(contract=contract, inspected_on=day("2025-03-04"), summary="抽查", arrived_on=day("2025-03-05"))
        )
        remark = InspectionRemark(inspection=inspection, number=1, text="补齐台账", due_on=day("2025-03-05"))
        with pytest.raises(ValidationError) as error:
            records.save(remark)
        assert problems(error) == {"due_on"}
        remark.due_on = day("2025-03-06")
        records.save(remark)
        service.answer_remark(remark=remark, answer="已补齐", on=day("2025-03-06"))
        with pytest.raises(Conflict):
            service.answer_remark(remark=remark, answer="再答", on=day("2025-03-07"))
        service.look_again(remark=remark, settled=True, on=day("2025-03-10"))
        assert InspectionRemark.objects.get().is_settled


class TestForceMajeureAndExcuses:
    def event(self, contract: Contract, **fields: Any) -> ForceMajeureEvent:
        base = {
            "title": "暴雪",
            "description": "道路中断",
            "reported_by": PartySide.VENDOR,
            "occurred_on": day("2025-01-25"),
            "arrived_on": day("2025-01-26"),
        }
        return records.enter(ForceMajeureEvent(contract=contract, **(base | fields)))

    def excuse(self, contract: Contract, **fields: Any) -> Excuse:
        base = {
            "cause": ExcuseCause.WAIVER,
            "check_id": "contract.term_end",
            "subject_label": "contract.Contract",
            "subject_pk": contract.pk,
            "from_on": day("2025-01-25"),
            "to_on": day("2025-01-31"),
            "document": "书面豁免",
            "reason": "双方同意",
        }
        return Excuse(contract=contract, **(base | fields))

    def test_a_proof_has_its_document_and_its_authority(self, contract: Contract) -> None:
        event = self.event(contract)
        with pytest.raises(ValidationError) as error:
            conduct.prove_event(event=event, document="气象证明", issuer="", on=day("2025-02-01"))
        assert problems(error) == {"proof_issuer"}
        conduct.prove_event(event=event, document="气象证明", issuer="市气象局", on=day("2025-02-01"))
        with pytest.raises(Conflict):
            conduct.prove_event(event=event, document="再证", issuer="市气象局", on=day("2025-02-02"))

    def test_an_excuse_takes_a_second_person(self, contract: Contract) -> None:
        first = make_user(permissions=["contract.change_excuse"])
        second = make_user(permissions=["contract.change_excuse"])
        excuse = excuses.propose(excuse=self.excuse(contract), actor=first)
        with pytest.raises(ValidationError):
            excuses.approve(excuse=excuse, actor=first, on=day("2025-02-01"))
        with pytest.raises(PermissionDenied):
            excuses.approve(excuse=excuse, actor=make_user(), on=day("2025-02-01"))
        excuses.approve(excuse=excuse, actor=second, on=day("2025-02-01"))
        with pytest.raises(Conflict):
            excuses.approve(excuse=excuse, actor=second, on=day("2025-02-02"))
        approved = Excuse.objects.get()
        approved.to_on = day("2025-03-31")
        with pytest.raises(ValidationError) as error:
            excuses.propose(excuse=approved, actor=first)
        assert problems(error) == {"to_on"}

    def test_a_correction_of_what_stood_before_does_not_undo_a_revocation(self, contract: Contract) -> None:
        first, second = (make_user(permissions=["contract.change_excuse"]) for _ in range(2))
        excuse = excuses.propose(excuse=self.excuse(contract), actor=first)
        excuses.approve(excuse=excuse, actor=second, on=day("2025-02-01"))
        before = Excuse.objects.get()
        excuses.revoke(excuse=excuse, on=day("2025-02-03"))
        with pytest.raises(ValidationError) as error:
            excuses.propose(excuse=before, actor=first)
        assert problems(error) == {"revoked_on"}

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"check_id": "contract.nonsense"}, "check_id"),
            ({"subject_label": "contract.Nothing"}, "subject_label"),
            ({"subject_pk": 10**9}, "subject_pk"),
            ({"document": ""}, "document"),
            ({"to_on": None}, "to_on"),
            ({"cause": ExcuseCause.FORCE_MAJEURE}, "event"),
        ],
    )
    def test_an_excuse_names_its_target_and_its_ground(
        self, contract: Contract, fields: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(ValidationError) as error:
            excuses.propose(excuse=self.excuse(contract, **fields), actor=make_user())
        assert field in problems(error)

    def test_an_excuse_stays_within_its_event_and_its_contract(self, contract: Contract) -> None:
        event = self.event(contract, ended_on=day("2025-01-30"))
        by_event = {"cause": ExcuseCause.FORCE_MAJEURE, "event": event, "document": ""}
        for fields, field in (
            ({"from_on": day("2025-01-24"), "to_on": None}, "from_on"),
            ({"to_on": day("2025-01-31")}, "to_on"),
        ):
            with pytest.raises(ValidationError) as error:
                excuses.propose(excuse=self.excuse(contract, **(by_event | fields)), actor=make_user())
            assert field in problems(error)
        other = make_contract(check_ids=[])
        with pytest.raises(ValidationError) as error:
            excuses.propose(excuse=self.excuse(contract, subject_pk=other.pk), actor=make_user())
        assert problems(error) == {"subject_pk"}


class TestOtherRecords:
    @pytest.mark.parametrize(
        ("stage", "missing"),
        [
            (DisputeStage.NEGOTIATION, set()),
            (DisputeStage.SETTLED, {"negotiation_ended_on", "closed_on", "result"}),
            (DisputeStage.ARBITRATION, {"negotiation_ended_on", "filed_on", "arbitration_body"}),
        ],
    )
    def test_arbitration_comes_after_a_negotiation_that_failed(
        self, contract: Contract, stage: DisputeStage, missing: set[str]
    ) -> None:
        dispute = Dispute(
            contract=contract,
            title="费用争议",
            description="加班费",
            raised_on=day("2025-03-03"),
            raised_by=PartySide.VENDOR,
            stage=stage,
        )
        if not missing:
            records.save(dispute)
            return
        with pytest.raises(ValidationError) as error:
            records.save(dispute)
        assert problems(error) == missing

    def test_a_side_signs_once_and_somebody_signed(self, contract: Contract) -> None:
        records.enter(Formality(contract=contract, side=PartySide.OFFICE, originals=2))
        with pytest.raises(ValidationError):
            records.enter(Formality(contract=contract, side=PartySide.OFFICE, originals=2))
        with pytest.raises(ValidationError) as error:
            records.enter(Formality(contract=contract, side=PartySide.VENDOR, signed_on=day("2024-09-29")))
        assert problems(error) == {"signatory"}

    def test_a_consent_of_another_contract_covers_no_third_party(self, contract: Contract) -> None:
        consent = records.enter(
            Consent(
                contract=make_contract(check_ids=[]),
                kind=ConsentKind.THIRD_PARTY,
                subject="甲",
                purpose="代班",
                requested_on=day("2025-03-03"),
                arrived_on=day("2025-03-03"),
            )
        )
        with pytest.raises(ValidationError) as error:
            records.enter(
                Subcontracting(
                    contract=contract,
                    third_party="示例公司",
                    description="代班",
                    found_on=day("2025-03-03"),
                    consent=consent,
                )
            )
        assert problems(error) == {"consent"}

    def test_records_are_never_deleted_and_keep_their_history(self, contract: Contract) -> None:
        row = records.enter(Formality(contract=contract, side=PartySide.OFFICE, originals=2))
        row.originals = 3
        records.save(row)
        assert [old.originals for old in row.history.order_by("history_id")] == [2, 3]
        with pytest.raises(TypeError):
            row.delete()

    def test_a_day_that_is_no_day_of_the_term_is_refused_by_name(self, contract: Contract) -> None:
        for found_on, refused in ((date(2025, 9, 30), False), (date(2025, 10, 1), True)):
            row = Subcontracting(contract=contract, third_party="示例公司", description="代班", found_on=found_on)
            if not refused:
                records.save(row)
                continue
            with pytest.raises(ValidationError) as error:
                records.save(row)
            assert problems(error) == {"found_on"}
