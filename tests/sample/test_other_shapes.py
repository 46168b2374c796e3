"""Contracts of other shapes, written from the page of the document alone: each comes out right to the fen.

The outcomes were reckoned by hand before they were loaded.
"""

from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from billing import services
from billing.models import AcceptanceSheet, Instalment, PaymentItem, Quantity
from billing.selectors.tariffs import deductions_of
from contract.loading import load
from contract.models import Contract
from contract.reference.export import document_of
from contract.selectors import contract_facts
from contract.services import look
from staffing.models import StaffDay
from staffing.rules.coverage import demanded
from tests.factories import credit_code

pytestmark = pytest.mark.django_db
PAID, STAFFED = "五、（三）2", "附件3-2.1"
FEE = "billing.fee_total"
YEAR = ("2025-01-01", "2025-12-31")


def written(
    terms: dict[str, Any], term: tuple[str, str] = YEAR, policies: dict[str, str] | None = None, **parts: Any
) -> dict[str, Any]:
    """A document: figures by key (a list of (value, day) where they change), and what else it has."""
    rows = []
    for key, said in {"headcount": "8", **terms}.items():
        for value, since in said if isinstance(said, list) else [(said, None)]:
            rows.append({"key": key, "value": value} | ({"effective_from": since} if since else {}))
    clauses = [
        {"ref": PAID, "owed_by": "office", "checks": ["billing.fee_total", "billing.payment_due"]},
        {"ref": STAFFED, "owed_by": "vendor", "checks": ["staffing.headcount"]},
    ]
    return {
        "contract": {
            "number": "QT-01",
            "title": "坐席服务合同",
            "signed_on": term[0],
            "starts_on": term[0],
            "ends_on": term[1],
        },
        "parties": {
            "office": {"name": "示例采购人", "credit_code": credit_code(7001)},
            "vendor": {"name": "示例供应商", "credit_code": credit_code(7002)},
        },
        "terms": rows,
        "policies": [{"key": key, "value": value} for key, value in (policies or {}).items()],
        "clauses": [row | {"title": "约定", "summary": "约定。"} for row in clauses],
        **parts,
    }


def share(percent: str) -> list[dict[str, str]]:
    return [{"title": "服务费", "percent": percent}]


SHAPES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "five assessments of 20 per cent each": (
        written(
            {"annual_fee": "1428816.00"},
            ("2025-07-01", "2026-06-30"),
            payments=[
                {"title": f"第{n}次考核款", "first_day": first, "last_day": last, "items": share("20")}
                for n, first, last in (
                    (1, "2025-07-01", "2025-07-31"),
                    (2, "2025-08-01", "2025-09-30"),
                    (3, "2025-10-01", "2025-12-31"),
                    (4, "2026-01-01", "2026-03-31"),
                    (5, "2026-04-01", "2026-06-30"),
                )
            ],
        ),
        ["285763.20"] * 5,
    ),
    "half-yearly in arrears": (
        written(
            {"annual_fee": "987654.33"},
            payments=[
                {"title": "半年款", "every_months": 6, "due_days": 15, "due_in": "working_days", "items": share("100")}
            ],
        ),
        ["493827.16", "493827.17"],
    ),
    "seven months of a yearly price by days": (
        written(
            {"annual_fee": "730000.00", "fee_basis": "contract_year", "payment_cycle_months": "1"},
            ("2025-03-01", "2025-09-30"),
            {"fee_part_year": "by_days"},
        ),
        ["62000.00", "60000.00", "62000.00", "60000.00", "62000.00", "62000.00", "60000.00"],
    ),
    "a year from the leap day": (
        written({"annual_fee": "1000000.01", "payment_cycle_months": "3"}, ("2024-02-29", "2025-02-28")),
        ["250000.00", "250000.00", "250000.00", "250000.01"],
    ),
    "three years with three prices": (
        written(
            {
                "annual_fee": [("100000.01", None), ("110000.02", "2025-01-01"), ("120000.03", "2026-01-01")],
                "fee_basis": "contract_year",
                "payment_cycle_months": "3",
            },
            ("2024-01-01", "2026-12-31"),
        ),
        [*["25000.00"] * 3, "25000.01", *["27500.00"] * 2, *["27500.01"] * 2, "30000.00", *["30000.01"] * 3],
    ),
    # The fen left over goes to the row that the document names last; a payment for the whole term ends with it.
    "30 per cent before and 70 per cent monthly": (
        written(
            {"annual_fee": "1000003.01"},
            payments=[
                {"title": "预付款", "waits_for": ["signing", "invoice"], "due_days": 10, "items": share("30")},
                {"title": "月度款", "every_months": 1, "waits_for": ["acceptance", "invoice"], "items": share("70")},
            ],
        ),
        ["58333.50", *["58333.51"] * 10, "300000.90", "58333.51"],
    ),
    "60, 30 and 10 per cent of an odd fee": (
        written(
            {"annual_fee": "6100000.88"},
            ("2025-07-01", "2026-06-30"),
            payments=[
                {"title": "第一笔", "waits_for": ["guarantee", "invoice"], "due_days": 10, "items": share("60")},
                {
                    "title": "第二笔",
                    "first_day": "2025-07-01",
                    "last_day": "2025-12-31",
                    "waits_for": ["report"],
                    "items": share("30"),
                },
                {"title": "第三笔", "waits_for": ["acceptance", "invoice"], "due_days": 30, "items": share("10")},
            ],
            deposits=[{"title": "履约保函", "kind": "guarantee", "amount": "305000.04", "due_on": "2025-07-10"}],
        ),
        ["1830000.27", "3660000.52", "610000.09"],
    ),
    "two years with two odd prices": (
        written(
            {
                "annual_fee": [("1234567.89", None), ("1300000.01", "2026-01-01")],
                "fee_basis": "contract_year",
                "payment_cycle_months": "3",
            },
            ("2025-01-01", "2026-12-31"),
        ),
        [*["308641.97"] * 3, "308641.98", *["325000.00"] * 3, "325000.01"],
    ),
}


def made(document: dict[str, Any], today: date) -> Contract:
    """The contract, loaded; written back and loaded again it is unchanged."""
    contract = load(document).contract
    again = load(document_of(contract))
    assert (again.created, again.kept) == ({}, [])
    services.generate_instalments(contract=contract, today=today)
    return contract


def amounts(contract: Contract) -> list[str | None]:
    rows = Instalment.objects.filter(contract=contract).order_by("sequence")
    return [None if row.is_open else f"{row.amount:.2f}" for row in rows]


@pytest.mark.parametrize("name", SHAPES)
def test_a_fee_in_another_shape_is_right_to_the_fen(name: str) -> None:
    document, expected = SHAPES[name]
    assert amounts(made(document, date(2024, 3, 1))) == expected


def test_fifteen_working_days_after_the_half_year_end_on_21_july() -> None:
    contract = made(SHAPES["half-yearly in arrears"][0], date(2025, 7, 1))
    found = look(as_of=date(2025, 7, 1), contract_ids=[contract.pk]).findings
    due = [one.legal_due_on for one in found if one.check_id == "billing.payment_due"]
    assert date(2025, 7, 21) in due


@pytest.mark.parametrize(("day", "outcome"), [(date(2025, 1, 15), "at_risk"), (date(2025, 1, 17), "at_risk")])
def test_the_invoice_of_a_prepayment_is_expected_from_the_signing_not_from_the_end(day: date, outcome: str) -> None:
    document = deepcopy(SHAPES["30 per cent before and 70 per cent monthly"][0])
    document["clauses"][0]["checks"].append("billing.invoice_first")
    contract = made(document, day)
    found = [one for one in look(as_of=day, contract_ids=[contract.pk]).findings if one.check_id.endswith("_first")]
    assert [(one.outcome.value, one.legal_due_on) for one in found] == [(outcome, date(2025, 1, 16))]
    assert "具备" in str(found[0].message) and "本期结束后" not in str(found[0].message)


def test_bands_begin_anew_each_month_and_a_budget_ends_within_one() -> None:
    """8,000 × 3.255 + 4,000 × 2.805 + 345 × 2.5; 7,999 × 3.255 half up; what is left of 70,000."""
    bands = [{"above": above, "price": price} for above, price in (("0", "3.255"), ("8000", "2.805"), ("12000", "2.5"))]
    item = {"title": "接听", "unit": "call", "quantity": "reported", "bands": bands, "bands_apply": "each"}
    rule = {"title": "话务费", "every_months": 1, "waits_for": ["invoice"], "due_days": 20, "items": [item]}
    today = date(2025, 4, 10)
    contract = made(written({"fee_basis": "by_quantity", "payment_budget": "70000.00"}, payments=[rule]), today)
    one = PaymentItem.objects.get(rule__contract=contract)
    for month, calls in ((1, 12345), (2, 7999), (3, 9000)):
        Quantity.objects.create(
            instalment=Instalment.objects.get(contract=contract, period_start=date(2025, month, 1)),
            item=one,
            quantity=Decimal(calls),
            document="话务统计",
            reported_side="vendor",
            reported_on=today,
            answered_on=today,
            is_confirmed=True,
        )
    services.generate_instalments(contract=contract, today=today)
    assert amounts(contract) == ["38122.50", "26036.75", "5840.75", *["0.00"] * 9]


def test_the_price_of_the_band_reached_counts_for_all_and_another_year_has_another_price() -> None:
    """30,000 are not above 30,000; from 2026 on each band by itself; 18,773.15 of 200,000 are left."""

    def rule(apply: str, *prices: str, **more: str) -> dict[str, Any]:
        bands = [{"above": str(30000 * place), "price": price} for place, price in enumerate(prices)]
        item = {"title": "外呼", "unit": "call", "quantity": "reported", "bands": bands, "bands_apply": apply}
        return {"title": "外呼费", "every_months": 3, "waits_for": ["invoice"], "items": [item], **more}

    rules = [rule("whole", "1.005", "0.95", "0.9"), rule("each", "1.10", "1.045", effective_from="2026-01-01")]
    fee = {"fee_basis": "by_quantity", "payment_budget": "200000.00"}
    today = date(2026, 10, 5)
    contract = made(written(fee, ("2025-01-01", "2026-12-31"), payments=rules), today)
    rows = Instalment.objects.filter(contract=contract).order_by("sequence")
    for row, calls in zip(rows, (25000, 30000, 30001, 60001, 40000, 20000), strict=False):
        assert row.rule is not None
        Quantity.objects.create(
            instalment=row,
            item=row.rule.items.get(),
            quantity=Decimal(calls),
            document="外呼统计",
            reported_side="vendor",
            reported_on=today,
            answered_on=today,
            is_confirmed=True,
        )
    services.generate_instalments(contract=contract, today=today)
    known = ["25125.00", "30150.00", "28500.95", "54000.90", "43450.00", "18773.15", "0.00", "0.00"]
    assert amounts(contract) == known
    (found,) = [one for one in look(as_of=today, contract_ids=[contract.pk]).findings if one.check_id == FEE]
    assert (found.outcome.value, found.required) == ("at_risk", "200,000.00")


def test_nights_and_make_up_days_are_owed_by_the_clock_of_each_working_day() -> None:
    """June 2025 from the third on has 20 working days of 1,320 minutes; one of six is away on five of them: 115/120."""
    terms = {
        "headcount": "6",
        "annual_fee": "480000.00",
        "payment_cycle_months": "6",
        "service_days": "working_days",
        "service_hours": "08:00-20:00, 20:00-06:00",
        "minimum_by_hours": "08:00-20:00=3, 20:00-06:00=2",
        "on_post_floor_percent": "95",
        "backfill_days": "none",
    }
    document = written(terms, ("2025-06-03", "2026-06-02"))
    document["clauses"][1]["checks"] += ["staffing.coverage", "staffing.on_post_rate", "staffing.attendance_reported"]
    today = date(2025, 7, 5)
    contract = made(document, today)
    facts = contract_facts(contract.pk, today)
    night = [(0, 360, 2), (480, 1200, 3), (1200, 1440, 2)]
    asked = {day: demanded(facts, day) for day in (date(2025, 6, 6), date(2025, 6, 7), date(2025, 9, 28))}
    assert list(asked.values()) == [night, [], night]
    away = {date(2025, 6, day) for day in range(10, 17)}
    StaffDay.objects.bulk_create(
        StaffDay(
            contract=contract, day=day, assigned=6 - (day in away), in_place=6 - (day in away), absent=0, unreported=0
        )
        for day in (date(2025, 6, 3) + timedelta(days=number) for number in range(33))
    )
    june = {
        (one.check_id, one.outcome.value): (one.measured, one.required)
        for one in look(as_of=today, contract_ids=[contract.pk]).findings
        if one.period is None or one.period[0] < date(2025, 7, 1)
    }
    assert june["staffing.on_post_rate", "met"] == ("95.83%", "95%")
    assert june["staffing.attendance_reported", "met"] == ("115/115", "115/115")
    assert june["staffing.coverage", "undetermined"] == ("0–26400 min", "0 min")
    assert june["staffing.headcount", "not_met"] == ("5", "6")


@pytest.mark.parametrize(("seats", "people"), [(10, 42), (5, 21), (3, None)])
def test_seats_of_4_2_people_are_whole_people_or_refused(seats: int, people: int | None) -> None:
    document = written({"annual_fee": "21000.01", "fee_basis": "month", "payment_cycle_months": "1"})
    document["posts"] = [{"code": "ZX", "name": "坐席", "seats": seats, "people_per_seat": "4.2"}]
    if people is None:
        with pytest.raises(ValidationError, match=r"posts\[0\]: 人数为 12.6，须为整数"):
            load(document)
        return
    contract = made(document, date(2025, 2, 1))
    assert [post.planned_headcount for post in contract.posts.all()] == [people]
    assert amounts(contract) == ["21000.01"] * 12


@pytest.mark.parametrize(("missing", "charged"), [(2, None), (5, "781.50"), (6, "1042.00"), (7, "1140.00")])
def test_grades_a_share_by_the_score_and_missing_days_of_a_monthly_price(missing: int, charged: str | None) -> None:
    """38,000 a month: 84.5 points cost 2 % and 15.5 % of 30 %; two days are free, 3 % are the most."""
    grades = [{"below": below, "percent": percent} for below, percent in (("90", "2"), ("80", "5"), ("70", "10"))]
    deductions = [
        {"title": "考核等次", "clause": STAFFED, "per": "grade", "grades": grades},
        {"title": "绩效部分", "clause": STAFFED, "per": "score", "percent": "30"},
        {"title": "缺岗", "clause": PAID, "per": "person_day", "amount": "260.50", "free": "2", "cap_percent": "3"},
    ]
    fee = {"annual_fee": "38000.00", "fee_basis": "month", "payment_cycle_months": "1"}
    contract = made(written(fee, deductions=deductions), date(2025, 2, 15))
    days = [date(2025, 1, 1) + timedelta(days=number) for number in range(31)]
    StaffDay.objects.bulk_create(
        StaffDay(contract=contract, day=day, assigned=8, in_place=8 - gone, absent=gone, unreported=0)
        for day, gone in ((day, int(day.day <= missing)) for day in days)
    )
    row = Instalment.objects.get(contract=contract, sequence=1)
    found = deductions_of(AcceptanceSheet(instalment=row, score=Decimal("84.5")), date(2025, 2, 15))
    lines = {one.tariff.title: f"{one.line.amount:.2f}" if one.line else None for one in found}
    assert (row.amount, lines) == (Decimal("38000.00"), {"考核等次": "760.00", "绩效部分": "1767.00", "缺岗": charged})
