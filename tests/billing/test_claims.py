"""Claims: on confirmed breaches only, by two people, answered by the vendor; never by a job."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from billing import selectors, services
from billing.models import Claim, ClaimEvent, ClaimStep, Instalment, Payment
from billing.states import ClaimKind, ClaimStatus, ClaimStepKind
from contract.choices import Decision
from contract.findings import Finding
from contract.models import Alert
from kit.errors import Conflict
from tests.billing.cases import People, answered, at, issued, line, make_breach, make_claim, take_step
from tests.billing.concurrency import at_once
from tests.billing.factories import make_instalments, make_invoice, make_payment
from tests.factories import make_contract, set_policy
from tests.papers import PDF

pytestmark = pytest.mark.django_db

# 522,933.33 over 45 people and 92 days, for the one person-day that was missing.
PRICE = Decimal("126.312399")
ONE_DAY_SHORT = Decimal("126.31")


@pytest.fixture
def people() -> People:
    contract = make_contract()
    make_instalments(contract)
    return People(contract)


def figures(finding: Finding) -> dict[str, Any]:
    """With those that only count days."""
    return {**finding.figures, **finding.today}


def first(people: People) -> Instalment:
    return Instalment.objects.get(contract=people.contract, sequence=1)


# --- Opening ----------------------------------------------------------------------------------


def test_the_figures_of_a_breach_give_the_first_line_with_its_calculation(people: People) -> None:
    claim = make_claim(people)
    row = claim.lines.get()
    assert (row.quantity, row.unit_price, row.amount) == (1, PRICE, ONE_DAY_SHORT)
    assert "1395" in row.calculation and "1367" in row.calculation and "4140" in row.calculation
    assert (claim.amount, claim.status, claim.article) == (ONE_DAY_SHORT, "draft", "13.4")
    assert claim.number == f"SP-{people.contract.number}-2025-001"


@pytest.mark.parametrize("decision", [Decision.DISMISS, Decision.WAIVE, Decision.EXCUSE])
def test_only_a_confirmed_breach_carries_a_claim(people: People, decision: str) -> None:
    with pytest.raises(ValidationError) as error:
        make_claim(people, make_breach(people.contract, decision=decision))
    assert set(error.value.message_dict) == {"breach"}
    assert not Claim.objects.exists()


def test_a_breach_that_a_later_review_takes_back_is_none(people: People) -> None:
    breach = make_breach(people.contract)
    review = breach.reviews.get()
    review.pk, review.decision = None, Decision.WAIVE
    review.save()
    with pytest.raises(ValidationError):
        make_claim(people, breach)


def test_the_office_claims_nothing_for_its_own_duty(people: People) -> None:
    breach = make_breach(people.contract)
    Alert.objects.filter(pk=breach.pk).update(owed_by="office")
    with pytest.raises(ValidationError):
        make_claim(people, breach)


def test_a_breach_has_one_claim_of_a_kind(people: People) -> None:
    claim = make_claim(people)
    with pytest.raises(Conflict, match="claim-clerk"):
        make_claim(people, claim.breach)
    take_step(people, claim, ClaimStepKind.WITHDRAW)
    assert make_claim(people, claim.breach).number.endswith("-002")


def test_the_vendor_opens_and_decides_nothing(people: People) -> None:
    claim = make_claim(people)
    people.vendor.user_permissions.set(people.clerk.user_permissions.all())
    vendor = type(people.vendor).objects.get(pk=people.vendor.pk)
    with pytest.raises(PermissionDenied):
        services.propose_step(
            claim=claim,
            kind="issue",
            reason="x",
            actor=vendor,
            at=at(date(2025, 1, 7)),
            on=date(2025, 1, 7),
            version=claim.version,
        )


def test_what_is_wrong_with_a_line_names_the_line(people: People) -> None:
    breach = make_breach(people.contract)
    with pytest.raises(ValidationError) as error:
        make_claim(people, breach, lines=[line(), line(quantity="0")])
    assert "2" in error.value.messages[0]
    assert not Claim.objects.exists()


# --- Two people -------------------------------------------------------------------------------


def test_nothing_waits_before_a_second_person_puts_the_claim_forward(people: People) -> None:
    claim = make_claim(people)
    step = services.propose_step(
        claim=claim,
        kind="issue",
        reason="建议提出",
        actor=people.clerk,
        at=at(date(2025, 1, 7)),
        on=date(2025, 1, 7),
        version=claim.version,
    )
    assert first(people).withheld_amount == 0
    with pytest.raises(ValidationError):
        services.decide_step(step=step, approve=True, actor=people.clerk, at=at(date(2025, 1, 7)), on=date(2025, 1, 7))
    services.decide_step(step=step, approve=True, actor=people.second, at=at(date(2025, 1, 7)), on=date(2025, 1, 7))
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.ISSUED
    assert (claim.issued_on, claim.answer_due_on) == (date(2025, 1, 7), date(2025, 1, 14))
    assert first(people).withheld_amount == ONE_DAY_SHORT
    assert first(people).payable == first(people).amount - ONE_DAY_SHORT


def test_a_rejected_step_changes_nothing_and_has_a_reason(people: People) -> None:
    claim = make_claim(people)
    step = services.propose_step(
        claim=claim,
        kind="issue",
        reason="建议提出",
        actor=people.clerk,
        at=at(date(2025, 1, 7)),
        on=date(2025, 1, 7),
        version=claim.version,
    )
    decide = {
        "step": step,
        "approve": False,
        "actor": people.second,
        "at": at(date(2025, 1, 7)),
        "on": date(2025, 1, 7),
    }
    with pytest.raises(ValidationError):
        services.decide_step(**decide)
    services.decide_step(**decide, reason="单价须先与乙方核对")
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.DRAFT
    with pytest.raises(Conflict, match="claim-second"):
        services.decide_step(**decide, reason="再次")


def test_a_stale_page_and_a_second_proposal_are_refused(people: People) -> None:
    claim = make_claim(people)
    propose = {
        "claim": claim,
        "kind": "issue",
        "reason": "x",
        "actor": people.clerk,
        "at": at(date(2025, 1, 7)),
        "on": date(2025, 1, 7),
    }
    with pytest.raises(Conflict):
        services.propose_step(**propose, version=claim.version + 1)
    services.propose_step(**propose, version=claim.version)
    with pytest.raises(Conflict, match="claim-clerk"):
        services.propose_step(**propose, version=claim.version)


# --- Cap --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "amount", "fits"),
    [
        ("instalment", "522933.33", True),
        ("instalment", "522933.34", False),
        ("contract_sum", "2091733.33", True),
        ("contract_sum", "2091733.34", False),
    ],
)
def test_a_deduction_is_capped_to_the_fen(people: People, policy: str, amount: str, fits: bool) -> None:
    set_policy(people.contract, "claim_cap", policy)
    claim = make_claim(people, lines=[line(amount=amount)], instalment=None)
    if fits:
        assert take_step(people, claim, ClaimStepKind.ISSUE).cap_basis == policy
    else:
        with pytest.raises(ValidationError):
            take_step(people, claim, ClaimStepKind.ISSUE)


def test_a_claim_cannot_wait_where_nothing_is_open_any_more(people: People) -> None:
    make_payment(first(people), amount=Decimal("522833.34"))
    claim = make_claim(people, lines=[line(amount="100.00")])
    with pytest.raises(ValidationError) as error:
        take_step(people, claim, ClaimStepKind.ISSUE)
    assert "99.99" in error.value.message_dict["instalment"][0]


# --- Article 19 -------------------------------------------------------------------------------


def test_article_19_gives_the_refund_and_ten_per_cent(people: People) -> None:
    breach = make_breach(people.contract)
    found = breach.reviews.get().assessment
    Alert.objects.filter(pk=breach.pk).update(check_id="contract.subcontracting", clause_ref="19")
    type(found).objects.filter(pk=found.pk).update(
        figures={
            "contract_sum": "2091733.33",
            "damages_percent": "10",
            "refund": "1045866.66",
            "damages": "209173.33",
            "total": "1255039.99",
        }
    )
    claim = make_claim(people, Alert.objects.get(), kind=ClaimKind.TRANSFER, instalment=None)
    assert [row.amount for row in claim.lines.all()] == [Decimal("1045866.66"), Decimal("209173.33")]
    claim = take_step(people, claim, ClaimStepKind.ISSUE)
    assert (claim.amount, claim.cap, claim.article) == (Decimal("1255039.99"), None, "19")


# --- The vendor's answer ----------------------------------------------------------------------


def test_the_vendor_answers_each_line_and_a_dispute_has_a_reason(people: People) -> None:
    claim = issued(people, lines=[line("甲", "100.00"), line("乙", "50.00")])
    one, two = claim.lines.all()
    with pytest.raises(ValidationError) as error:
        services.answer_claim(
            claim=claim,
            statement="",
            actor=people.vendor,
            at=at(date(2025, 1, 9)),
            on=date(2025, 1, 9),
            lines={one.pk: {"answer": "accepted"}, two.pk: {"answer": "disputed", "reason": " "}},
        )
    assert set(error.value.message_dict) == {"lines"}
    with pytest.raises(ValidationError):
        services.answer_claim(
            claim=claim,
            statement="",
            actor=people.vendor,
            at=at(date(2025, 1, 9)),
            on=date(2025, 1, 9),
            lines={one.pk: {"answer": "accepted"}},
        )
    claim = answered(people, claim, "accepted", "disputed")
    assert (claim.status, claim.accepted_amount) == (ClaimStatus.DISPUTED, Decimal("100.00"))
    with pytest.raises(Conflict):
        answered(people, claim, "accepted", "accepted")


def test_the_office_does_not_answer_for_the_vendor(people: People) -> None:
    claim = issued(people)
    with pytest.raises(PermissionDenied):
        services.answer_claim(
            claim=claim, lines={}, statement="", actor=people.clerk, at=at(date(2025, 1, 9)), on=date(2025, 1, 9)
        )


@pytest.mark.parametrize(("day", "recorded"), [(14, False), (15, True)])
def test_silence_is_recorded_after_the_last_day_and_is_no_consent(people: People, day: int, recorded: bool) -> None:
    claim = issued(people)
    on = date(2025, 1, day)
    if not recorded:
        with pytest.raises(ValidationError):
            services.record_silence(claim=claim, actor=people.clerk, at=at(on), on=on)
        return
    claim = services.record_silence(claim=claim, actor=people.clerk, at=at(on), on=on)
    assert (claim.status, claim.deductible) == (ClaimStatus.SILENT, 0)
    with pytest.raises(ValidationError) as error:
        take_step(people, claim, ClaimStepKind.SET_OFF, on, amount=ONE_DAY_SHORT)
    assert set(error.value.message_dict) == {"amount"}
    late = answered(people, claim, "accepted", on=date(2025, 1, 20))
    assert late.status == ClaimStatus.ACCEPTED


def test_each_side_hands_in_its_files(people: People) -> None:
    claim = issued(people)
    scan = SimpleUploadedFile("a.pdf", PDF)
    row = services.add_claim_file(
        claim=claim, side="vendor", title="考勤签到表", file=scan, actor=people.vendor, at=at(date(2025, 1, 9))
    )
    assert len(row.sha256) == 64
    with pytest.raises(Conflict):
        services.add_claim_file(
            claim=claim, side="vendor", title="再次", file=scan, actor=people.vendor, at=at(date(2025, 1, 9))
        )
    with pytest.raises(ValidationError):
        services.add_claim_file(
            claim=claim,
            side="office",
            title="程序",
            actor=people.clerk,
            file=SimpleUploadedFile("a.pdf", b"MZ"),
            at=at(date(2025, 1, 9)),
        )


# --- What becomes of the money ----------------------------------------------------------------


def test_only_what_the_vendor_accepted_is_set_off(people: People) -> None:
    claim = issued(people, lines=[line("甲", "100.00"), line("乙", "50.00")])
    answered(people, claim, "accepted", "disputed")
    with pytest.raises(ValidationError):
        take_step(people, claim, ClaimStepKind.SET_OFF, amount=Decimal("100.01"))
    take_step(people, claim, ClaimStepKind.SET_OFF, amount=Decimal("100.00"))
    row = first(people)
    assert (row.deducted_amount, row.withheld_amount) == (Decimal("100.00"), Decimal("50.00"))
    claim.refresh_from_db()
    assert (claim.status, claim.remaining) == (ClaimStatus.DISPUTED, Decimal("50.00"))
    take_step(people, claim, ClaimStepKind.SETTLE, amount=Decimal("120.00"), document="和解书1号")
    row = first(people)
    assert (row.deducted_amount, row.withheld_amount) == (Decimal("100.00"), Decimal("20.00"))
    claim.refresh_from_db()
    take_step(people, claim, ClaimStepKind.SET_OFF)
    row = first(people)
    assert (row.deducted_amount, row.withheld_amount) == (Decimal("120.00"), 0)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.RECOVERED


def test_a_claim_that_is_withdrawn_waits_no_more(people: People) -> None:
    claim = answered(people, issued(people), "disputed")
    take_step(people, claim, ClaimStepKind.WITHDRAW)
    assert (first(people).withheld_amount, first(people).deducted_amount) == (0, 0)


def test_money_received_from_the_vendor_frees_the_instalment(people: People) -> None:
    claim = answered(people, issued(people), "accepted")
    with pytest.raises(ValidationError):
        take_step(people, claim, ClaimStepKind.RECEIVE, amount=ONE_DAY_SHORT)
    take_step(people, claim, ClaimStepKind.RECEIVE, amount=ONE_DAY_SHORT, document="收款 001")
    assert (first(people).withheld_amount, first(people).deducted_amount) == (0, 0)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.RECOVERED


def test_what_waits_cannot_be_paid_and_the_rest_can(people: People) -> None:
    answered(people, issued(people), "disputed")
    row = first(people)
    with pytest.raises(ValidationError) as error:
        make_payment(row, amount=row.amount)
    assert "126.31" in error.value.message_dict["amount"][0]
    make_payment(row, amount=row.amount - ONE_DAY_SHORT)
    with pytest.raises(Conflict):
        make_payment(first(people), amount=Decimal("0.01"))


def test_each_step_is_an_event_of_its_own(people: People) -> None:
    claim = answered(people, issued(people), "accepted")
    take_step(people, claim, ClaimStepKind.SET_OFF, date(2025, 1, 12))
    kinds = list(ClaimEvent.objects.values_list("kind", "to_status"))
    assert kinds == [("opened", "draft"), ("issue", "issued"), ("answered", "accepted"), ("set_off", "recovered")]
    with pytest.raises(TypeError):
        ClaimEvent.objects.all().delete()


# --- The clock of the payment -----------------------------------------------------------------


def test_the_undisputed_part_is_due_as_ever_and_the_disputed_waits(people: People) -> None:
    row = first(people)
    make_invoice(row)
    answered(people, issued(people), "disputed")
    make_payment(row, date(2025, 2, 7), amount=row.amount - ONE_DAY_SHORT)
    row = first(people)
    finding = selectors.payment_standing(row, date(2025, 3, 31))
    assert finding is not None and finding.outcome == "met"
    assert (finding.figures["withheld"], finding.figures["outstanding"]) == (ONE_DAY_SHORT, 0)
    assert "126.31" in str(finding.message)


def test_an_undisputed_part_that_is_not_paid_is_late_with_interest_on_it_alone(people: People) -> None:
    row = first(people)
    make_invoice(row)
    issued(people, lines=[line(amount="22933.33")])
    finding = selectors.payment_standing(first(people), date(2025, 2, 17))
    assert finding is not None and finding.outcome == "not_met"
    assert figures(finding)["late_interest"] == Decimal("552.05")  # 500,000 × 4.03 % × 10 / 365


def test_a_withdrawn_claim_was_owed_from_the_first_day(people: People) -> None:
    row = first(people)
    make_invoice(row)
    claim = issued(people, lines=[line(amount="20000.00")])
    make_payment(row, date(2025, 2, 7), amount=row.amount - 20000)
    take_step(people, claim, ClaimStepKind.WITHDRAW, date(2025, 2, 14))
    finding = selectors.payment_standing(first(people), date(2025, 2, 17))
    assert finding is not None and finding.outcome == "not_met"
    assert figures(finding)["late_interest"] == Decimal("22.08")  # 20,000 × 4.03 % × 10 / 365


def test_what_a_settlement_frees_has_its_own_days(people: People) -> None:
    row = first(people)
    make_invoice(row)
    claim = issued(people, lines=[line(amount="20000.00")])
    make_payment(row, date(2025, 2, 7), amount=row.amount - 20000)
    take_step(people, claim, ClaimStepKind.SETTLE, date(2025, 2, 14), amount=Decimal("5000.00"), document="和解书")
    pending = selectors.payment_standing(first(people), date(2025, 3, 14))
    assert pending is not None and pending.outcome == "pending"
    assert pending.figures["outstanding"] == Decimal("15000.00")
    assert pending.legal_due_on == date(2025, 3, 17)  # 30 days end on a Sunday
    late = selectors.payment_standing(first(people), date(2025, 3, 19))
    assert late is not None and late.outcome == "not_met"
    assert figures(late)["late_interest"] == Decimal("3.31")  # 15,000 × 4.03 % × 2 / 365


# --- At once ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_second_people_at_once_one_decides(people: People) -> None:
    claim = make_claim(people)
    step = services.propose_step(
        claim=claim,
        kind="issue",
        reason="x",
        actor=people.clerk,
        at=at(date(2025, 1, 7)),
        on=date(2025, 1, 7),
        version=claim.version,
    )

    def decide(approve: bool) -> ClaimStep:
        return services.decide_step(
            step=step, approve=approve, actor=people.second, reason="x", at=at(date(2025, 1, 7)), on=date(2025, 1, 7)
        )

    results = at_once([lambda: decide(True), lambda: decide(False), lambda: decide(True)])
    assert sum(isinstance(result, ClaimStep) for result in results) == 1, results
    assert sum(isinstance(result, Conflict) for result in results) == 2, results


@pytest.mark.django_db(transaction=True)
def test_a_claim_and_a_payment_at_once_never_exceed_the_instalment(people: People) -> None:
    row = first(people)
    claim = make_claim(people, lines=[line(amount="300000.00")])
    step = services.propose_step(
        claim=claim,
        kind="issue",
        reason="x",
        actor=people.clerk,
        at=at(date(2025, 1, 7)),
        on=date(2025, 1, 7),
        version=claim.version,
    )
    results = at_once(
        [
            lambda: make_payment(row, amount=Decimal("300000.00")),
            lambda: services.decide_step(
                step=step, approve=True, actor=people.second, at=at(date(2025, 1, 7)), on=date(2025, 1, 7)
            ),
        ]
    )
    row = first(people)
    assert row.paid_amount + row.withheld_amount == Decimal("300000.00"), results
    assert sum(isinstance(result, Payment | ClaimStep) for result in results) == 1, results
