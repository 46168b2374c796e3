"""Agreed deductions: what a contract's tariff gives, with its calculation; drafted, answered, concluded; deposits."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.urls import reverse

from billing import services
from billing.models import AcceptanceSheet, Claim, Deposit, Instalment, Tariff
from billing.rules.deposit import DepositFacts, deposit
from billing.rules.tariffs import Measured, TariffFacts, proposals
from billing.selectors.comparison import expected_of
from billing.selectors.reconciliation import reconciliations
from billing.selectors.sheets import sheet_facts
from billing.selectors.tariffs import deductions_of
from billing.states import ClaimKind, ClaimStatus, ClaimStepKind
from contract.choices import Outcome
from kit.errors import Conflict
from law.calendar import Calendar
from staffing.models import StaffDay
from tests.billing.cases import People, at, make_sheet, take_step
from tests.billing.factories import make_instalments, make_invoice
from tests.billing.facts import contract
from tests.contract.admin_helpers import office_user, signed_in
from tests.factories import make_contract

BASE = Decimal("128800.00")
START, END = date(2024, 10, 1), date(2024, 12, 31)
TODAY = date(2025, 1, 10)


def one(measured: Measured, **tariff: Any) -> tuple[str, str] | None:
    [found] = proposals([TariffFacts("扣款", "8.2", **tariff)], BASE, measured)
    return (f"{found.line.amount:.2f}", found.line.calculation) if found.line else None


def why(measured: Measured, **tariff: Any) -> str:
    [found] = proposals([TariffFacts("扣款", "8.2", **tariff)], BASE, measured)
    assert found.line is None and found.why is not None
    return str(found.why)


# --- The rule -----------------------------------------------------------------------------------------


def test_a_missing_person_day_costs_its_price() -> None:
    tariff = {"per": "person_day", "amount": Decimal("200.00")}
    assert one(Measured(missing=7), **tariff) == ("1400.00", "缺勤 7 人日，每人日 200.00 元")
    assert one(Measured(missing=0), **tariff) is None


def test_so_many_are_free_and_only_the_rest_costs() -> None:
    tariff = {"per": "person_day", "amount": Decimal("200.00"), "free": Decimal(5)}
    assert one(Measured(missing=5), **tariff) is None
    assert one(Measured(missing=6), **tariff) == ("200.00", "缺勤 6 人日，免扣 5，每人日 200.00 元")


def test_a_cap_is_a_share_of_the_instalment() -> None:
    tariff = {"per": "person_day", "amount": Decimal("200.00"), "cap_percent": Decimal(5)}
    assert one(Measured(missing=32), **tariff) == ("6400.00", "缺勤 32 人日，每人日 200.00 元")
    capped = one(Measured(missing=33), **tariff)
    assert capped and capped[0] == "6440.00" and "5% 为限" in capped[1]


@pytest.mark.parametrize(("score", "amount"), [("90", None), ("89.5", "250.00"), ("80", "5000.00")])
def test_points_below_ninety_cost_five_hundred_each(score: str, amount: str | None) -> None:
    found = one(Measured(score=Decimal(score)), per="point", amount=Decimal("500.00"), below=Decimal(90))
    assert (found[0] if found else None) == amount


@pytest.mark.parametrize(
    ("score", "amount"), [("90", None), ("89.99", "2576.00"), ("80", "2576.00"), ("79.99", "6440.00")]
)
def test_a_grade_costs_its_percentage(score: str, amount: str | None) -> None:
    grades = ((Decimal(90), Decimal(2)), (Decimal(80), Decimal(5)))
    found = one(Measured(score=Decimal(score)), per="grade", grades=grades)
    assert (found[0] if found else None) == amount


def test_five_per_cent_of_the_payment_follow_the_score() -> None:
    found = one(Measured(score=Decimal("92.50")), per="score", percent=Decimal(5))
    assert found and found[0] == "483.00"  # 5 % × 7.5 % of 128,800.00
    assert one(Measured(score=Decimal(100)), per="score", percent=Decimal(5)) is None


def test_an_event_is_a_confirmed_breach_of_its_check() -> None:
    tariff = {"per": "event", "amount": Decimal("1000.00"), "check_id": "staffing.coverage"}
    assert one(Measured(events={"staffing.coverage": 2}), **tariff) == ("2000.00", "经认定 2 次，每次 1,000.00 元")
    assert one(Measured(events={}), **tariff) is None


def test_what_is_not_known_is_a_reason_and_no_line() -> None:
    assert why(Measured(), per="person_day", amount=Decimal(1))
    assert why(Measured(), per="point", amount=Decimal(1), below=Decimal(90))
    assert why(Measured(events={}), per="event", amount=Decimal(1))


# --- The way of a deduction ---------------------------------------------------------------------------


@pytest.fixture
def people(db: None) -> People:
    made = make_contract(terms={"annual_fee": "515200.00", "headcount": 23})
    make_instalments(made)
    days = [START + timedelta(days=n) for n in range((END - START).days + 1)]
    missing = {day: int(day.day <= 3) for day in days}
    StaffDay.objects.bulk_create(
        StaffDay(contract=made, day=day, assigned=23, in_place=23 - gone, absent=gone, unreported=0)
        for day, gone in missing.items()
    )
    Tariff.objects.create(contract=made, title="缺勤扣款", clause="8.2", per="person_day", amount="200.00")
    return People(made)


@pytest.fixture
def row(people: People) -> Instalment:
    return Instalment.objects.get(contract=people.contract, sequence=1)


def draft(people: People, row: Instalment) -> Claim:
    [claim] = services.draft_deductions(sheet=make_sheet(people, row), actor=people.clerk, at=at(TODAY), on=TODAY)
    return claim


def test_the_sheet_proposes_nine_missing_person_days(people: People, row: Instalment) -> None:
    [found] = deductions_of(make_sheet(people, row), TODAY)
    assert found.line is not None and found.line.amount == Decimal("1800.00")


def test_a_day_that_is_not_reported_leaves_it_unsaid(people: People, row: Instalment) -> None:
    StaffDay.objects.filter(day=START).update(in_place=21, unreported=1)
    [found] = deductions_of(make_sheet(people, row), TODAY)
    assert found.line is None and found.why is not None


def test_where_the_contract_names_no_tariff_there_is_nothing(people: People, row: Instalment) -> None:
    Tariff.objects.all().delete()
    sheet = make_sheet(people, row)
    assert deductions_of(sheet, TODAY) == []
    with pytest.raises(ValidationError):
        services.draft_deductions(sheet=sheet, actor=people.clerk, at=at(TODAY), on=TODAY)


def test_nothing_is_deducted_before_the_vendor_accepts_and_two_people_conclude(people: People, row: Instalment) -> None:
    claim = draft(people, row)
    row.refresh_from_db()
    assert (row.payable, row.invoice_amount) == (BASE, BASE)
    claim = take_step(people, claim, ClaimStepKind.ISSUE, on=TODAY)
    row.refresh_from_db()
    assert (row.payable, row.invoice_amount) == (Decimal("127000.00"), BASE)
    lines = {line.pk: {"answer": "accepted"} for line in claim.lines.all()}
    services.answer_claim(claim=claim, lines=lines, statement="", actor=people.vendor, at=at(TODAY), on=TODAY)
    claim = take_step(people, claim, ClaimStepKind.SET_OFF, on=TODAY)
    row.refresh_from_db()
    assert claim.status == ClaimStatus.RECOVERED
    assert (row.payable, row.outstanding, row.invoice_amount) == (Decimal("127000.00"),) * 3
    assert expected_of(row, TODAY).gross == Decimal("127000.00")
    with pytest.raises(ValidationError):
        make_invoice(row)
    make_invoice(row, gross=Decimal("127000.00"), net=Decimal("119811.32"), tax=Decimal("7188.68"))
    assert reconciliations([people.contract], TODAY)[0].agrees


def test_a_line_that_the_vendor_disputes_is_not_set_off(people: People, row: Instalment) -> None:
    claim = take_step(people, draft(people, row), ClaimStepKind.ISSUE, on=TODAY)
    lines = {line.pk: {"answer": "disputed", "reason": "已请假"} for line in claim.lines.all()}
    services.answer_claim(claim=claim, lines=lines, statement="", actor=people.vendor, at=at(TODAY), on=TODAY)
    claim.refresh_from_db()
    with pytest.raises(ValidationError):
        take_step(people, claim, ClaimStepKind.SET_OFF, on=TODAY, amount=Decimal("1800.00"))


def test_a_sheet_is_drafted_from_once(people: People, row: Instalment) -> None:
    sheet = make_sheet(people, row)
    services.draft_deductions(sheet=sheet, actor=people.clerk, at=at(TODAY), on=TODAY)
    with pytest.raises((Conflict, ValidationError)):
        services.draft_deductions(sheet=sheet, actor=people.clerk, at=at(TODAY), on=TODAY)


def test_what_is_taken_from_the_deposit_leaves_the_instalment_whole(people: People, row: Instalment) -> None:
    Tariff.objects.update(source="deposit")
    claim = take_step(people, draft(people, row), ClaimStepKind.ISSUE, on=TODAY)
    row.refresh_from_db()
    assert (claim.kind, row.payable) == (ClaimKind.DEPOSIT, BASE)


def agreed(people: People, row: Instalment) -> Claim:
    """1,800.00 yuan from the deposit, accepted by the vendor."""
    Tariff.objects.update(source="deposit")
    claim = take_step(people, draft(people, row), ClaimStepKind.ISSUE, on=TODAY)
    lines = {line.pk: {"answer": "accepted"} for line in claim.lines.all()}
    services.answer_claim(claim=claim, lines=lines, statement="", actor=people.vendor, at=at(TODAY), on=TODAY)
    claim.refresh_from_db()
    return claim


def secured(people: People, **fields: Any) -> Deposit:
    values = {"kind": "deposit", "title": "履约保证金", "amount": Decimal("50000.00"), "given_on": START} | fields
    return Deposit.objects.create(contract=people.contract, **values)


def test_a_deposit_is_drawn_upon_by_the_claim_that_both_agreed_on(people: People, row: Instalment) -> None:
    deposit, claim = secured(people), agreed(people, row)
    claim = take_step(people, claim, ClaimStepKind.DRAW, on=TODAY, deposit=deposit, document="动用通知 1")
    deposit.refresh_from_db()
    assert (deposit.drawn_amount, deposit.drawn_on, deposit.drawn_for) == (Decimal("1800.00"), TODAY, claim.number)
    assert (claim.status, claim.recovered_amount) == (ClaimStatus.RECOVERED, Decimal("1800.00"))
    row.refresh_from_db()
    assert (row.payable, row.deducted_amount) == (BASE, Decimal("0.00"))
    reader = signed_in(office_user(people.contract))
    page = reader.get(reverse("admin:billing_deposit_change", args=[deposit.pk])).content.decode()
    assert claim.number in page and "1,800.00" in page


@pytest.mark.parametrize("fields", [{"amount": Decimal("1799.99")}, {"given_on": None}, {"withdrawn_on": TODAY}])
def test_what_is_not_there_is_not_drawn(people: People, row: Instalment, fields: dict[str, Any]) -> None:
    deposit, claim = secured(people, **fields), agreed(people, row)
    with pytest.raises(ValidationError):
        take_step(people, claim, ClaimStepKind.DRAW, on=TODAY, deposit=deposit, document="动用通知 1")
    deposit.refresh_from_db()
    assert deposit.drawn_amount == 0


def test_no_more_is_drawn_than_was_agreed_and_never_without_its_paper(people: People, row: Instalment) -> None:
    deposit, claim = secured(people), agreed(people, row)
    for amount, document in ((Decimal("1800.01"), "动用通知 1"), (Decimal("1800.00"), "")):
        with pytest.raises(ValidationError):
            take_step(people, claim, ClaimStepKind.DRAW, on=TODAY, deposit=deposit, amount=amount, document=document)


def test_the_sheet_on_paper_tells_calculation_answer_and_conclusion(people: People, row: Instalment) -> None:
    sheet = make_sheet(people, row)
    proposed = sheet_facts(sheet, TODAY)["deductions"]
    assert proposed["lines"][0]["calculation"] == "缺勤 9 人日，每人日 200.00 元" and proposed["claims"] == []
    assert "尚未由人员提出" in printed_sheet(sheet)
    [claim] = services.draft_deductions(sheet=sheet, actor=people.clerk, at=at(TODAY), on=TODAY)
    take_step(people, claim, ClaimStepKind.ISSUE, on=TODAY)
    lines = {line.pk: {"answer": "disputed", "reason": "已请假"} for line in claim.lines.all()}
    services.answer_claim(claim=claim, lines=lines, statement="", actor=people.vendor, at=at(TODAY), on=TODAY)
    text = printed_sheet(sheet)
    for said in ("三、约定扣款", "四、验收组", "1,800.00", "已请假", claim.number, "乙方认可 0.00 元"):
        assert said in text, said
    Tariff.objects.all().delete()
    Claim.objects.update(status=ClaimStatus.WITHDRAWN)
    assert "约定扣款" not in printed_sheet(sheet) and "三、验收组" in printed_sheet(sheet)


def printed_sheet(sheet: AcceptanceSheet) -> str:
    return render_to_string("billing/file/acceptance.html", {"facts": {"acceptance": sheet_facts(sheet, TODAY)}})


def test_the_page_of_the_sheet_shows_the_lines_and_drafts_them(people: People, row: Instalment) -> None:
    sheet = make_sheet(people, row)
    people.clerk.is_staff = True
    people.clerk.save()
    client, url = signed_in(people.clerk), reverse("admin:billing_acceptancesheet_change", args=[sheet.pk])
    assert "缺勤 9 人日，每人日 200.00 元" in client.get(url).content.decode()
    client.post(url, {"do": "deduct"})
    claim = Claim.objects.get(sheet=sheet)
    page = client.get(reverse("admin:billing_claim_change", args=[claim.pk])).content.decode()
    assert sheet.number in page and "1,800.00" in page


# --- Deposits -----------------------------------------------------------------------------------------


def outcome(as_of: str, **fields: Any) -> Outcome:
    days = {name: date.fromisoformat(value) if isinstance(value, str) else value for name, value in fields.items()}
    facts = DepositFacts(1, "保证金", Decimal("50000.00"), **days)
    [found] = deposit(contract(), [facts], date.fromisoformat(as_of), Calendar())
    return found.outcome


@pytest.mark.parametrize(
    ("as_of", "given", "expected"),
    [
        ("2024-10-10", None, Outcome.PENDING),
        ("2024-10-11", None, Outcome.NOT_MET),
        ("2024-10-11", "2024-10-10", Outcome.MET),
        ("2024-10-12", "2024-10-11", Outcome.NOT_MET),
    ],
)
def test_a_deposit_is_given_by_its_day(as_of: str, given: str | None, expected: Outcome) -> None:
    assert outcome(as_of, due_on="2024-10-10", given_on=given) == expected


def test_a_guarantee_that_ends_before_the_term_is_at_risk_and_then_not_met() -> None:
    fields = {"due_on": "2024-10-10", "given_on": "2024-10-08", "valid_until": "2025-09-29"}
    assert outcome("2024-12-01", **fields) == Outcome.AT_RISK
    assert outcome("2025-09-30", **fields) == Outcome.NOT_MET
    assert outcome("2025-09-30", **fields | {"valid_until": "2025-09-30"}) == Outcome.MET


@pytest.mark.parametrize(
    ("drawn", "returned", "expected"),
    [("0", "50000.00", Outcome.MET), ("2000.00", "48000.00", Outcome.MET), ("0", "49999.99", Outcome.NOT_MET)],
)
def test_what_is_left_of_it_comes_back_by_its_day(drawn: str, returned: str, expected: Outcome) -> None:
    fields = {"given_on": "2024-10-08", "return_due_on": "2025-10-30", "returned_on": "2025-10-30"}
    found = outcome("2025-10-31", **fields, drawn=Decimal(drawn), returned=Decimal(returned))
    assert found == expected


def test_an_agreed_deposit_that_nobody_recorded_is_not_green() -> None:
    [found] = deposit(contract(), [], START, Calendar())
    assert found.outcome == Outcome.UNDETERMINED
    assert outcome("2024-11-01") == Outcome.UNDETERMINED


@pytest.mark.django_db
def test_a_deposit_is_drawn_upon_for_something_and_never_beyond_itself() -> None:
    made = make_contract(check_ids=())
    row = Deposit(contract=made, kind="deposit", title="履约保证金", amount="100.00", given_on=START)
    row.drawn_amount = Decimal("50.00")
    with pytest.raises(ValidationError):
        row.full_clean()
    row.drawn_on, row.drawn_for, row.drawn_amount = START, "SP-1", Decimal("100.01")
    with pytest.raises(ValidationError):
        row.full_clean()
    row.drawn_amount = Decimal("100.00")
    row.full_clean()
