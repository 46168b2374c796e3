"""Everything that a settlement statement says about one instalment, as JSON values.

The document is Chinese whoever asks for it, so wording that comes from the catalogue is fixed in
Chinese here. Amounts and percentages are written decimals, days are ISO dates.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q
from django.utils import timezone, translation

from billing import selectors
from billing.models import Instalment, Invoice
from billing.models.invoice import STANDING
from billing.rules.clocks import is_market
from billing.selectors.fees import changed_fees
from billing.selectors.schedule import rule_facts
from contract.batch import ContractFacts
from contract.choices import GONE, AlertStatus, Outcome, Side
from contract.findings import plain
from contract.models import Alert, Assessment, Party, Review
from contract.registry import checks
from contract.selectors import clause_positions, contract_facts
from contract.selectors.evaluation import evaluated_to
from contract.terms import POLICIES
from law.comparisons import floor_percent
from law.money import in_capitals, vat_split
from law.periods import last_day_of_term

ONE_DAY = timedelta(days=1)

SCHEMA = 1
"""Raised when the shape of the facts changes; the template still prints every earlier one."""

LANGUAGE = "zh-hans"
SIDES = {Side.OFFICE: "甲方", Side.VENDOR: "乙方", Side.BOTH: "双方"}
"""As the contract calls them, short enough for a column."""

ON_POST = "staffing.on_post_rate"
READINGS = (
    "vat_rate_percent",
    "payment_due_days",
    "payment_due_days_acceptance",
    "vendor_is_small_enterprise",
    "late_interest_daily_percent",
    "late_interest_lpr_surcharge_percent",
    "invoice_lead_days",
    "acceptance_days",
    "on_post_window",
    "attendance_report_days",
    "deadline_roll",
)
"""The policies that figures of the statement rest on, in the order of the articles."""

PAYMENTS_AT_MOST = 30
ROWS_AT_MOST = 12
"""With more windows than this (one for each day) the table adds them up by month."""


def statement_facts(instalment: Instalment, as_of: date) -> dict[str, Any]:
    """The body of the statement as of a day, from what is recorded and was evaluated."""
    contract = contract_facts(instalment.contract_id, as_of)
    row = Instalment.objects.select_related("contract__office", "contract__vendor").get(pk=instalment.pk)
    with translation.override(LANGUAGE):
        facts = {
            "schema": SCHEMA,
            "contract": _contract(row),
            "office": _party(row.contract.office),
            "vendor": _party(row.contract.vendor),
            "instalment": _instalment(row) | changed_fees(row, contract),
            "vat": _vat(row, contract),
            "invoice": _invoice(row),
            "acceptance": _acceptance(row),
            "payments": _payments(row),
            "due": _due(row, as_of),
            "on_post": _on_post(row, contract, as_of),
            "alerts": _alerts(row),
            "policies": _policies(contract, row),
        }
        return dict(plain(facts))


def evaluated_on(contract_id: int, as_of: date) -> date | None:
    """The day up to which the checks of a contract had been evaluated, as of a day."""
    return evaluated_to([contract_id], until=as_of)[contract_id]


def _contract(row: Instalment) -> dict[str, Any]:
    contract = row.contract
    return {
        "number": contract.number,
        "title": contract.title,
        "signed_on": contract.signed_on,
        "starts_on": contract.starts_on,
        "ends_on": contract.ends_on,
    }


def _party(party: Party) -> dict[str, str]:
    names = ("name", "credit_code", "address", "telephone", "bank_name", "bank_account")
    return {name: getattr(party, name) for name in names}


def _instalment(row: Instalment) -> dict[str, Any]:
    return {
        "sequence": row.sequence,
        **({"title": row.title} if row.title else {}),
        "count": Instalment.objects.filter(contract=row.contract_id).count(),
        "start": row.period_start,
        "end": row.period_end,
        "amount": row.amount,
        "in_capitals": in_capitals(row.amount),
        "paid": row.paid_amount,
        "outstanding": row.outstanding,
        **_claimed(row),
        **({"lines": row.lines} if row.lines else {}),
        "quarterly": last_day_of_term(row.period_start, months=3) == row.period_end,
    }


def _claimed(row: Instalment) -> dict[str, Any]:
    """What was set off and what waits for a claim, where there is any of it."""
    if not row.deducted_amount and not row.withheld_amount:
        return {}
    return {"deducted": row.deducted_amount, "withheld": row.withheld_amount}


def _standing_invoice(row: Instalment) -> Invoice | None:
    return row.invoices.filter(STANDING).first()


def _vat(row: Instalment, contract: ContractFacts) -> dict[str, Any]:
    """From the invoice; before there is one, reckoned at the rate in force."""
    invoice = _standing_invoice(row)
    if invoice is not None:
        return {"rate": invoice.vat_rate.normalize(), "net": invoice.net, "tax": invoice.tax, "from_invoice": True}
    rate: Decimal = contract.policies.on(row.period_end, "vat_rate_percent")
    split = vat_split(row.invoice_amount, rate / 100)
    return {"rate": rate.normalize(), "net": split.net, "tax": split.tax, "from_invoice": False}


def _invoice(row: Instalment) -> dict[str, Any] | None:
    invoice = _standing_invoice(row)
    if invoice is None:
        return None
    return {
        "kind": invoice.get_kind_display(),
        "code": invoice.code,
        "number": invoice.number,
        "issued_on": invoice.issued_on,
        "received_on": invoice.received_on,
        "gross": invoice.gross,
        "status": invoice.get_status_display(),
    }


def _acceptance(row: Instalment) -> dict[str, Any] | None:
    last = row.acceptances.filter(withdrawn_at=None).select_related("accepted_by").first()
    if last is None:
        return None
    return {
        "accepted_on": last.accepted_on,
        "result": last.get_result_display(),
        "opinion": last.opinion,
        "accepted_by": _person(last.accepted_by),
    }


def _payments(row: Instalment) -> list[dict[str, Any]]:
    """Each payment; of more than a page holds the sum of each month, added up exactly."""
    names = ("paid_on", "amount", "reference")
    made = list(row.payments.filter(withdrawn_at=None).order_by("paid_on", "pk").values_list(*names))
    if len(made) <= PAYMENTS_AT_MOST:
        return [dict(zip(names, payment, strict=True)) for payment in made]
    months: dict[tuple[int, int], list[tuple[date, Decimal, str]]] = {}
    for payment in made:
        months.setdefault((payment[0].year, payment[0].month), []).append(payment)
    return [
        {
            "paid_on": group[-1][0],
            "amount": sum((amount for _day, amount, _reference in group), Decimal("0.00")),
            "reference": f"当月共{len(group)}笔",
        }
        for group in months.values()
    ]


def _due(row: Instalment, as_of: date) -> dict[str, Any] | None:
    """Both times for payment and how the payment stands to them, as of the day."""
    finding = selectors.payment_standing(row, as_of)
    if finding is None:
        return None
    figures = {**finding.figures, **finding.today}
    return {
        "nominal": finding.nominal_due_on,
        "legal": finding.legal_due_on,
        "outcome": finding.outcome,
        "explanation": finding.sentence,
        "clocks": finding.figures["clocks"],
        "days_late": figures["days_late"],
        "late_interest": figures["late_interest"],
        "late_rate": str(finding.figures["late_rate"]["text"]),
    }


# --- On-post rate -----------------------------------------------------------------------------


def _on_post(row: Instalment, contract: ContractFacts, as_of: date) -> dict[str, Any]:
    """The rates that were evaluated for the windows of the period, and their sum."""
    found = _latest(
        Assessment.objects.filter(
            contract=row.contract_id,
            check_id=ON_POST,
            as_of__lte=as_of,
            is_withdrawn=False,
            period_end__gte=row.period_start,
            period_start__lte=row.period_end,
        )
    )
    windows = [_window(one) for one in found if one.figures.get("required")]
    windows.sort(key=lambda window: window["start"])
    if len(windows) > ROWS_AT_MOST:
        windows = _by_month(windows)
    return {
        "floor": _floor(contract, row.period_end),
        "rows": windows,
        "sum": _sum(windows) if len(windows) > 1 else None,
        "ranges": any(window["best"] != window["worst"] for window in windows),
    }


def _floor(contract: ContractFacts, day: date) -> Decimal | None:
    """The floor in force; a contract may have none."""
    try:
        floor: Decimal = contract.terms.on(day, "on_post_floor_percent")
    except KeyError:
        return None
    return floor


def _latest(rows: Iterable[Assessment]) -> list[Assessment]:
    """The newest assessment of each window, as it was known then."""
    newest: dict[str, Assessment] = {}
    for row in sorted(rows, key=lambda row: row.pk):
        newest[row.key] = row
    return list(newest.values())


def _window(row: Assessment) -> dict[str, Any]:
    best = row.figures.get("in_place_best", row.figures.get("in_place", 0))
    return {
        "start": row.period_start,
        "end": row.period_end,
        # Of a window that still runs only what has elapsed is measured.
        "required": row.figures.get("required_so_far", row.figures["required"]),
        "best": best,
        "worst": row.figures.get("in_place_worst", best),
        "rate": row.measured,
        "outcome": row.outcome,
        "outcome_label": str(Outcome(row.outcome).label),
    }


_GRAVITY = [Outcome.MET, Outcome.EXCUSED, Outcome.PENDING, Outcome.AT_RISK, Outcome.UNDETERMINED, Outcome.NOT_MET]


def _by_month(windows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    months: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for window in windows:
        months.setdefault((window["start"].year, window["start"].month), []).append(window)
    rows = []
    for group in months.values():
        gravest = max(group, key=lambda window: _GRAVITY.index(Outcome(window["outcome"])))
        labels = {key: gravest[key] for key in ("outcome", "outcome_label")}
        rows.append(_sum(group) | labels)
    return rows


def _sum(windows: list[dict[str, Any]]) -> dict[str, Any]:
    required, best, worst = (sum(int(window[key]) for window in windows) for key in ("required", "best", "worst"))
    low, high = floor_percent(worst, required), floor_percent(best, required)
    return {
        "start": windows[0]["start"],
        "end": windows[-1]["end"],
        "required": required,
        "best": best,
        "worst": worst,
        "rate": high if low == high else f"{low}–{high}",
    }


# --- Alerts and readings ----------------------------------------------------------------------


def _alerts(row: Instalment) -> dict[str, Any]:
    """Alerts of the period, of both sides: the open and the decided ones; cured ones counted.

    An alert belongs to the period that its finding speaks of; where it speaks of none, to that of
    its last day, or of the day it was raised.
    """
    period = (row.period_start, row.period_end)
    of_period = (
        Q(assessment__period_end__gte=period[0], assessment__period_start__lte=period[1])
        | Q(assessment__period_start=None, assessment__legal_due_on__range=period)
        | Q(assessment__period_start=None, assessment__legal_due_on=None, raised_on__range=period)
    )
    approved = Prefetch("reviews", Review.objects.filter(is_approved=True).order_by("-pk"), to_attr="decisions")
    rows = (
        Alert.objects.filter(of_period, contract=row.contract_id)
        .select_related("assessment")
        .prefetch_related(approved)
        .order_by("pk")
    )
    shown = [alert for alert in rows if alert.status not in GONE]
    places = clause_positions(row.contract_id)
    shown.sort(key=lambda alert: (places.get(alert.clause_ref, len(places)), alert.pk))
    names = {
        pk: title or f"第{sequence}期"
        for pk, sequence, title in Instalment.objects.filter(contract=row.contract_id).values_list(
            "pk", "sequence", "title"
        )
    }
    return {
        "rows": [_alert(alert) | {"subject": _subject(alert, names)} for alert in shown],
        "cured": len(rows) - len(shown),
    }


def _subject(alert: Alert, names: dict[int, str]) -> str:
    """Who or what the alert is about; empty where it is the contract, which the reader knows."""
    found = alert.assessment
    if found.subject_label == "contract.Contract":
        return ""
    if found.subject_label == "billing.Instalment" and found.subject_pk in names:
        return names[found.subject_pk]
    return found.subject_name


def _alert(alert: Alert) -> dict[str, Any]:
    found = alert.assessment
    check = checks().get(alert.check_id)
    decisions: list[Review] = getattr(alert, "decisions", [])
    decision = decisions[0] if decisions else None
    return {
        "clause": alert.clause_ref,
        "title": str(check.title) if check else alert.check_id,
        "owed_by": alert.owed_by,
        "owed_by_label": SIDES[Side(alert.owed_by)],
        "start": found.period_start,
        "end": found.period_end,
        "due_on": found.legal_due_on,
        "measured": found.measured,
        "required": found.required,
        "outcome_label": alert.get_outcome_display(),
        "status": alert.standing,
        "status_label": str(AlertStatus(alert.standing).label),
        "decision": decision
        and {
            "label": decision.get_decision_display(),
            "reason": decision.reason,
            "decided_on": timezone.localtime(decision.decided_at).date() if decision.decided_at else None,
        },
    }


def _policies(contract: ContractFacts, row: Instalment) -> list[dict[str, Any]]:
    """The readings that the contract leaves open, as they were in force at the period's end."""
    day, own = row.period_end, rule_facts(row.rule) if row.rule is not None else None
    rate = {"late_interest_lpr_surcharge_percent", "late_interest_daily_percent"}
    rate.remove("late_interest_lpr_surcharge_percent" if is_market(contract, day) else "late_interest_daily_percent")
    if own is not None and own.has_terms:  # the contract itself says when it is due
        rate |= {"payment_due_days_acceptance"} | ({"payment_due_days"} if own.due_days is not None else set())
    return [
        {
            "clause": contract.clause_of(POLICIES[key].check),
            "label": str(POLICIES[key].label),
            "value": POLICIES[key].display(contract.policies.on(day, key)),
            "confirmed": contract.policies.confirmed(day, key),
        }
        for key in READINGS
        if key not in rate
    ]


def _person(user: Any) -> str:
    """A name as Chinese is written: the family name first, no space between."""
    if user is None:
        return ""
    name = f"{user.last_name}{user.first_name}"
    return (name if not name.isascii() else user.get_full_name()) or user.get_username()
