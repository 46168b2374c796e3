"""Facts for the rules of the contract's own duties, and days as short as they are read."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from contract import records
from contract.batch import ContractFacts
from contract.choices import Cadence, ConsentKind, PartySide, ReportKind
from contract.duties.models import (
    Amendment,
    AssessmentScheme,
    Consent,
    Dispute,
    ForceMajeureEvent,
    Formality,
    HeadcountOrder,
    Inspection,
    InspectionRemark,
    Misconduct,
    RenewalAssessment,
    ReportSchedule,
    ServiceReport,
    Subcontracting,
)
from contract.duties.services import changes, renewal
from contract.models import Contract
from contract.terms import POLICIES, TERMS, Definition
from contract.values import Book, DatedValue
from law.calendar import DEFAULT
from tests.factories import TERMS as FIGURES

CALENDAR = DEFAULT
STARTS, ENDS = date(2024, 10, 1), date(2025, 9, 30)


def day(text: str) -> date:
    return date.fromisoformat(text)


def facts(
    terms: Mapping[str, Any] | None = None, policies: Mapping[str, Any] | None = None, **fields: Any
) -> ContractFacts:
    """A contract in the figures of the reference one; None leaves a figure out."""
    starts_on = fields.setdefault("starts_on", STARTS)
    figures = {k: v for k, v in (FIGURES | dict(terms or {})).items() if v is not None}
    return ContractFacts(
        **({"pk": 1, "number": "T-1", "title": "示例", "ends_on": ENDS} | fields),
        terms=_book(TERMS, figures, starts_on),
        policies=_book(POLICIES, policies or {}, starts_on),
    )


def _book(definitions: Mapping[str, Definition], values: Mapping[str, Any], first: date) -> Book:
    return Book(definitions, [DatedValue(key, first, definitions[key].parse(str(v))) for key, v in values.items()])


def make_duties(contract: Contract) -> dict[str, Any]:
    """One record of every kind early in the term, by its name in the API. Nobody has answered."""
    first = contract.starts_on

    def on(days: int) -> date:
        return first + timedelta(days=days)

    inspection = records.enter(Inspection(contract=contract, inspected_on=on(5), summary="抽查", arrived_on=on(6)))
    schedule = records.enter(
        ReportSchedule(
            contract=contract,
            kind=ReportKind.STATISTICS,
            title="统计",
            cadence=Cadence.MONTHLY,
            due_days=10,
            starts_on=first,
        )
    )
    scheme = renewal.save_scheme(
        scheme=AssessmentScheme(
            contract=contract,
            title="考核",
            pass_mark=Decimal(80),
            office_confirmed_on=on(20),
            vendor_confirmed_on=on(20),
        ),
        criteria=[("质量", Decimal(100))],
    )
    formalities = [
        records.enter(
            Formality(contract=contract, side=side, signatory="某", signed_on=first, sealed_on=first, originals=2)
        )
        for side in PartySide
    ]
    return {
        "amendments": changes.save_amendment(
            amendment=Amendment(
                contract=contract,
                title="补充协议",
                document="一号",
                proposed_by=PartySide.OFFICE,
                proposed_on=on(10),
                arrived_on=on(10),
                effective_from=on(300),
            ),
            changes={"headcount": "48"},
        ),
        "headcount-orders": records.enter(
            HeadcountOrder(
                contract=contract,
                headcount=50,
                effective_from=on(40),
                document="二号",
                issued_on=on(10),
                arrived_on=on(20),
            )
        ),
        "force-majeure-events": records.enter(
            ForceMajeureEvent(
                contract=contract,
                title="洪水",
                description="停电",
                occurred_on=on(5),
                reported_by=PartySide.VENDOR,
                arrived_on=on(6),
            )
        ),
        "consents": records.enter(
            Consent(
                contract=contract,
                kind=ConsentKind.STAFF_CHANGE,
                subject="甲",
                purpose="调岗",
                requested_on=on(3),
                arrived_on=on(3),
            )
        ),
        "inspections": inspection,
        "inspection-remarks": records.enter(
            InspectionRemark(inspection=inspection, number=1, text="整改", due_on=on(12))
        ),
        "misconduct": records.enter(
            Misconduct(contract=contract, title="离岗", description="离岗", found_on=on(7), arrived_on=on(8))
        ),
        "subcontracting": records.enter(
            Subcontracting(contract=contract, third_party="示例公司", description="代班", found_on=on(9))
        ),
        "report-schedules": schedule,
        "service-reports": records.enter(
            ServiceReport(contract=contract, schedule=schedule, period_start=first, title="首月", delivered_on=on(35))
        ),
        "assessment-schemes": scheme,
        "renewal-assessments": records.enter(RenewalAssessment(contract=contract, scheme=scheme, assessed_on=on(200))),
        "disputes": records.enter(
            Dispute(contract=contract, title="费用", description="加班费", raised_by=PartySide.VENDOR, raised_on=on(50))
        ),
        "formalities": formalities[0],
    }
