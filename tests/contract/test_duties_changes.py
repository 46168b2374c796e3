"""What changes a contract or lets it go on: amendments, orders, consents, renewal."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from contract.choices import ConsentDecision, ConsentKind, PartySide, RenewalDecision
from contract.duties.models import Amendment, AssessmentScheme, Consent, HeadcountOrder, RenewalAssessment
from contract.duties.selectors import consents_for
from contract.duties.services import changes as duties_changes
from contract.duties.services import consents, renewal
from contract.models import Contract, Term
from contract.selectors import contract_facts
from kit.errors import Conflict
from tests.contract.duties import day

pytestmark = pytest.mark.django_db


def problems(error: pytest.ExceptionInfo[ValidationError]) -> set[str]:
    return set(error.value.message_dict)


def figure(contract: Contract, key: str, on: str) -> Any:
    return contract_facts(contract.pk, day(on)).terms.on(day(on), key)


class TestAmendments:
    def make(self, contract: Contract, **fields: Any) -> Amendment:
        base = {
            "title": "调整人数",
            "document": "补充协议一",
            "proposed_by": PartySide.OFFICE,
            "proposed_on": day("2025-01-06"),
            "arrived_on": day("2025-01-07"),
            "effective_from": day("2025-03-01"),
        }
        return Amendment(contract=contract, **(base | fields))

    def saved(self, contract: Contract, **fields: Any) -> Amendment:
        changes = fields.pop("changes", {"headcount": "50", "annual_fee": "2300000"})
        return duties_changes.save_amendment(amendment=self.make(contract, **fields), changes=changes)

    def test_only_the_second_agreement_writes_terms_and_the_past_stays(self, contract: Contract) -> None:
        amendment = self.saved(contract)
        duties_changes.agree_to_amendment(amendment=amendment, side=PartySide.OFFICE, on=day("2025-01-08"))
        assert figure(contract, "headcount", "2025-03-01") == 45
        duties_changes.agree_to_amendment(amendment=amendment, side=PartySide.VENDOR, on=day("2025-01-20"))
        assert figure(contract, "headcount", "2025-02-28") == 45
        assert figure(contract, "headcount", "2025-03-01") == 50
        assert figure(contract, "annual_fee", "2025-03-01") == Decimal("2300000")
        assert Term.objects.filter(amendment=amendment).count() == 2

    def test_it_takes_effect_on_the_day_of_agreement_at_the_earliest(self, contract: Contract) -> None:
        agreed = {"office_agreed_on": day("2025-01-08"), "vendor_agreed_on": day("2025-03-01")}
        self.saved(contract, **agreed)
        with pytest.raises(ValidationError) as error:
            self.saved(contract, **agreed, effective_from=day("2025-02-28"))
        assert problems(error) == {"effective_from"}
        assert Amendment.objects.count() == 1

    def test_once_agreed_it_is_amended_by_another_one(self, contract: Contract) -> None:
        amendment = self.saved(contract, office_agreed_on=day("2025-01-08"), vendor_agreed_on=day("2025-01-08"))
        amendment.effective_from = day("2025-04-01")
        with pytest.raises(ValidationError) as error:
            duties_changes.save_amendment(amendment=amendment)
        assert problems(error) == {"effective_from"}
        with pytest.raises(ValidationError):
            duties_changes.save_amendment(amendment=Amendment.objects.get(), changes={"headcount": "40"})
        with pytest.raises(ValidationError):
            duties_changes.withdraw_amendment(amendment=amendment, on=day("2025-02-01"))
        corrected = Amendment.objects.get()
        corrected.note = "附件二份"
        duties_changes.save_amendment(amendment=corrected)

    def test_who_agrees_has_received_the_proposal(self, contract: Contract) -> None:
        amendment = self.saved(contract, arrived_on=None)
        duties_changes.agree_to_amendment(amendment=amendment, side=PartySide.OFFICE, on=day("2025-01-08"))
        assert Amendment.objects.get().arrived_on is None
        duties_changes.agree_to_amendment(amendment=amendment, side=PartySide.VENDOR, on=day("2025-01-20"))
        assert Amendment.objects.get().arrived_on == day("2025-01-20")

    def test_a_side_agrees_once_and_to_nothing_withdrawn(self, contract: Contract) -> None:
        amendment = self.saved(contract, office_agreed_on=day("2025-01-08"))
        with pytest.raises(Conflict):
            duties_changes.agree_to_amendment(amendment=amendment, side=PartySide.OFFICE, on=day("2025-01-09"))
        duties_changes.withdraw_amendment(amendment=amendment, on=day("2025-01-10"))
        with pytest.raises(Conflict):
            duties_changes.agree_to_amendment(amendment=amendment, side=PartySide.VENDOR, on=day("2025-01-11"))

    @pytest.mark.parametrize("changes", [{"headcount": "many"}, {"headcount": "-1"}, {"weather": "1"}])
    def test_a_figure_that_is_none_leaves_nothing_behind(self, contract: Contract, changes: dict[str, str]) -> None:
        with pytest.raises(ValidationError):
            self.saved(contract, changes=changes)
        assert not Amendment.objects.exists()

    def test_two_values_of_one_figure_cannot_start_on_one_day(self, contract: Contract) -> None:
        agreed = {"office_agreed_on": day("2025-01-08"), "vendor_agreed_on": day("2025-01-08")}
        self.saved(contract, **agreed)
        with pytest.raises(ValidationError) as error:
            self.saved(contract, **agreed, title="再次调整")
        assert problems(error) == {"effective_from"}

    @pytest.mark.parametrize("effective", ["2024-09-30", "2025-10-01"])
    def test_it_takes_effect_within_the_term(self, contract: Contract, effective: str) -> None:
        with pytest.raises(ValidationError) as error:
            self.saved(contract, effective_from=day(effective), proposed_on=day("2024-09-01"))
        assert "effective_from" in problems(error)


class TestHeadcountOrders:
    def make(self, contract: Contract, **fields: Any) -> HeadcountOrder:
        base = {
            "headcount": 50,
            "effective_from": day("2025-03-17"),
            "document": "办函〔2025〕7号",
            "issued_on": day("2025-03-03"),
        }
        return HeadcountOrder(contract=contract, **(base | fields))

    def test_the_headcount_changes_once_the_notice_has_arrived(self, contract: Contract) -> None:
        order = duties_changes.save_headcount_order(order=self.make(contract))
        assert figure(contract, "headcount", "2025-03-17") == 45
        order.arrived_on = day("2025-03-04")
        duties_changes.save_headcount_order(order=order)
        assert figure(contract, "headcount", "2025-03-16") == 45
        assert figure(contract, "headcount", "2025-03-17") == 50
        duties_changes.save_headcount_order(order=order)
        assert Term.objects.filter(headcount_order=order).count() == 1

    @pytest.mark.parametrize(
        ("effective", "arrived", "bound"),
        [
            ("2025-03-17", "2025-03-10", "2025-03-17"),
            ("2025-03-17", "2025-03-11", "2025-03-18"),
            ("2025-08-16", "2025-08-09", "2025-08-16"),
            ("2025-08-16", "2025-08-14", "2025-08-21"),
        ],
    )
    def test_a_higher_headcount_binds_seven_days_after_a_late_notice(
        self, contract: Contract, effective: str, arrived: str, bound: str
    ) -> None:
        """合同第4条: told seven days before; it binds from the later of the order's day and arrival + 7."""
        duties_changes.save_headcount_order(
            order=self.make(contract, effective_from=day(effective), arrived_on=day(arrived))
        )
        before = (day(bound) - timedelta(days=1)).isoformat()
        assert (figure(contract, "headcount", before), figure(contract, "headcount", bound)) == (45, 50)

    def test_a_lower_headcount_relieves_from_the_orders_day_however_late_its_notice(self, contract: Contract) -> None:
        order = self.make(contract, headcount=43, arrived_on=day("2025-03-17"))
        duties_changes.save_headcount_order(order=order)
        assert (figure(contract, "headcount", "2025-03-16"), figure(contract, "headcount", "2025-03-17")) == (45, 43)

    def test_an_order_that_does_not_bind_yet_is_still_cancelled(self, contract: Contract) -> None:
        order = duties_changes.save_headcount_order(order=self.make(contract, arrived_on=day("2025-03-14")))
        order.cancelled_on = day("2025-03-20")  # it binds from the 21st
        duties_changes.save_headcount_order(order=order)
        assert figure(contract, "headcount", "2025-03-21") == 45

    @pytest.mark.parametrize(("arrived", "refused"), [("2025-03-17", False), ("2025-03-18", True)])
    def test_a_notice_after_its_day_would_change_the_past(
        self, contract: Contract, arrived: str, refused: bool
    ) -> None:
        order = self.make(contract, arrived_on=day(arrived))
        if not refused:
            duties_changes.save_headcount_order(order=order)
            return
        with pytest.raises(ValidationError) as error:
            duties_changes.save_headcount_order(order=order)
        assert problems(error) == {"arrived_on"}

    @pytest.mark.parametrize(("cancelled", "refused"), [("2025-03-16", False), ("2025-03-17", True)])
    def test_it_is_cancelled_before_it_takes_effect(self, contract: Contract, cancelled: str, refused: bool) -> None:
        order = duties_changes.save_headcount_order(order=self.make(contract, arrived_on=day("2025-03-04")))
        order.cancelled_on = day(cancelled)
        if refused:
            with pytest.raises(ValidationError):
                duties_changes.save_headcount_order(order=order)
            assert figure(contract, "headcount", "2025-03-17") == 50
        else:
            duties_changes.save_headcount_order(order=order)
            assert figure(contract, "headcount", "2025-03-17") == 45

    def test_an_order_that_never_arrived_is_cancelled_at_any_time(self, contract: Contract) -> None:
        order = duties_changes.save_headcount_order(order=self.make(contract))
        order.cancelled_on = day("2025-03-31")
        duties_changes.save_headcount_order(order=order)
        assert figure(contract, "headcount", "2025-03-31") == 45

    def test_an_order_in_force_keeps_its_figures(self, contract: Contract) -> None:
        order = duties_changes.save_headcount_order(order=self.make(contract, arrived_on=day("2025-03-04")))
        order.headcount = 60
        with pytest.raises(ValidationError) as error:
            duties_changes.save_headcount_order(order=order)
        assert problems(error) == {"headcount"}


class TestConsents:
    def make(self, contract: Contract, **fields: Any) -> Consent:
        base = {
            "kind": ConsentKind.STAFF_CHANGE,
            "subject": "李某",
            "purpose": "调任班长",
            "requested_on": day("2025-03-03"),
            "arrived_on": day("2025-03-03"),
        }
        return consents.request_consent(consent=Consent(contract=contract, **(base | fields)))

    def test_a_consent_holds_from_the_day_it_was_written(self, contract: Contract) -> None:
        consent = self.make(contract)
        granted = consents.decide_consent(
            consent=consent, decision=ConsentDecision.GRANTED, on=day("2025-03-06"), document="办函〔2025〕12号"
        )
        assert granted.valid_from == day("2025-03-06")
        [facts] = consents_for([contract.pk], ConsentKind.STAFF_CHANGE)[contract.pk]
        assert facts.covers(day("2025-03-06"), as_of=day("2025-03-06"))
        assert not consents_for([contract.pk], ConsentKind.DISCLOSURE).get(contract.pk)

    def test_it_is_never_given_for_the_time_before(self, contract: Contract) -> None:
        with pytest.raises(ValidationError) as error:
            consents.decide_consent(
                consent=self.make(contract),
                decision=ConsentDecision.GRANTED,
                on=day("2025-03-06"),
                document="办函〔2025〕12号",
                valid_from=day("2025-03-05"),
            )
        assert "valid_from" in problems(error)

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"document": ""}, "document"),
            ({"decision": ConsentDecision.REFUSED}, "reason"),
            ({"on": day("2025-03-02")}, "decided_on"),
        ],
    )
    def test_an_answer_is_written_reasoned_and_after_the_request(
        self, contract: Contract, fields: dict[str, Any], field: str
    ) -> None:
        answer: dict[str, Any] = {"decision": ConsentDecision.GRANTED, "on": day("2025-03-06"), "document": "办函"}
        with pytest.raises(ValidationError) as error:
            consents.decide_consent(consent=self.make(contract), **(answer | fields))
        assert field in problems(error)

    def test_it_is_decided_once_and_not_after_its_withdrawal(self, contract: Contract) -> None:
        consent = self.make(contract)
        consents.withdraw_request(consent=consent, on=day("2025-03-04"), reason="误报")
        with pytest.raises(Conflict):
            consents.decide_consent(
                consent=consent, decision=ConsentDecision.GRANTED, on=day("2025-03-06"), document="办函"
            )
        with pytest.raises(Conflict):
            consents.withdraw_request(consent=consent, on=day("2025-03-05"), reason="误报")


class TestRenewal:
    def scheme(self, contract: Contract, **fields: Any) -> AssessmentScheme:
        base = {"title": "年度考核办法", "pass_mark": Decimal(80)}
        return renewal.save_scheme(
            scheme=AssessmentScheme(contract=contract, **(base | fields)),
            criteria=[("接通质量", Decimal(60)), ("人员稳定", Decimal(40))],
        )

    def confirmed(self, contract: Contract) -> AssessmentScheme:
        return self.scheme(contract, office_confirmed_on=day("2025-05-06"), vendor_confirmed_on=day("2025-05-08"))

    def assess(
        self, contract: Contract, scheme: AssessmentScheme, points: tuple[int, int], **fields: Any
    ) -> RenewalAssessment:
        base = {"assessed_on": day("2025-07-10")}
        criteria = scheme.criteria.order_by("pk")
        return renewal.save_assessment(
            assessment=RenewalAssessment(contract=contract, scheme=scheme, **(base | fields)),
            points={c.pk: Decimal(p) for c, p in zip(criteria, points, strict=True)},
        )

    decision = {"decision": RenewalDecision.RENEW, "decided_on": day("2025-07-20"), "document": "办函"}

    def test_weights_that_do_not_add_up_cannot_be_confirmed(self, contract: Contract) -> None:
        scheme = AssessmentScheme(contract=contract, title="考核", pass_mark=Decimal(80))
        renewal.save_scheme(scheme=scheme, criteria=[("一", Decimal(60))])
        with pytest.raises(ValidationError, match="60"):
            renewal.confirm_scheme(scheme=scheme, side=PartySide.OFFICE, on=day("2025-05-06"))

    def test_what_a_side_confirmed_stays(self, contract: Contract) -> None:
        scheme = self.scheme(contract, office_confirmed_on=day("2025-05-06"))
        scheme.pass_mark = Decimal(60)
        with pytest.raises(ValidationError) as error:
            renewal.save_scheme(scheme=scheme)
        assert problems(error) == {"pass_mark"}
        with pytest.raises(ValidationError):
            renewal.save_scheme(scheme=AssessmentScheme.objects.get(), criteria=[("一", Decimal(100))])

    def test_a_sheet_counts_its_result_and_the_mark_itself_passes(self, contract: Contract) -> None:
        scheme = self.confirmed(contract)
        passed = self.assess(contract, scheme, (80, 80), **self.decision)
        assert passed.result == Decimal("80.00") and passed.passed

    def test_below_the_mark_it_cannot_be_renewed(self, contract: Contract) -> None:
        scheme = self.confirmed(contract)
        with pytest.raises(ValidationError) as error:
            self.assess(contract, scheme, (80, 79), **self.decision)
        assert problems(error) == {"decision"}
        assert not RenewalAssessment.objects.exists()

    def test_not_to_renew_in_spite_of_a_pass_takes_a_reason(self, contract: Contract) -> None:
        scheme = self.confirmed(contract)
        not_renewed = self.decision | {"decision": RenewalDecision.NOT_RENEW}
        with pytest.raises(ValidationError) as error:
            self.assess(contract, scheme, (90, 90), **not_renewed)
        assert problems(error) == {"reason"}
        self.assess(contract, scheme, (90, 90), **not_renewed, reason="双方另有争议")

    @pytest.mark.parametrize(("confirmed", "refused"), [("2025-07-10", False), ("2025-07-11", True)])
    def test_the_scheme_is_confirmed_before_the_assessment(
        self, contract: Contract, confirmed: str, refused: bool
    ) -> None:
        scheme = self.scheme(contract, office_confirmed_on=day("2025-05-06"), vendor_confirmed_on=day(confirmed))
        if refused:
            with pytest.raises(ValidationError) as error:
                self.assess(contract, scheme, (90, 90))
            assert problems(error) == {"scheme"}
        else:
            self.assess(contract, scheme, (90, 90))

    @pytest.mark.parametrize(("tender", "refused"), [("2023-10-01", False), ("2023-09-30", True)])
    def test_it_is_never_renewed_beyond_the_tenders_years(self, contract: Contract, tender: str, refused: bool) -> None:
        contract.tender_starts_on = day(tender)
        contract.save()
        scheme = self.confirmed(contract)
        if refused:
            with pytest.raises(ValidationError) as error:
                self.assess(contract, scheme, (90, 90), **self.decision)
            assert problems(error) == {"decision"}
        else:
            self.assess(contract, scheme, (90, 90), **self.decision)

    def test_a_sheet_without_points_is_a_draft_that_decides_nothing(self, contract: Contract) -> None:
        scheme = self.confirmed(contract)
        sheet = RenewalAssessment(contract=contract, scheme=scheme, assessed_on=day("2025-07-10"))
        renewal.save_assessment(assessment=sheet)
        assert sheet.result is None and sheet.passed is None
        first = scheme.criteria.order_by("pk")[0]
        with pytest.raises(ValidationError):
            renewal.save_assessment(assessment=sheet, points={first.pk: Decimal(90)})
        for name, value in self.decision.items():
            setattr(sheet, name, value)
        with pytest.raises(ValidationError):
            renewal.save_assessment(assessment=sheet)
