"""Everything that the quarterly file says, as JSON values. The documents are Chinese."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone, translation

from billing import selectors
from billing.choices import InvoiceKind
from billing.models import AcceptanceSheet, Claim, ClaimEvent, Instalment, Invoice, Statement
from billing.models.invoice import STANDING
from billing.rules.differences import differences
from billing.selectors.comparison import as_rows, invoice_check
from billing.selectors.schedule import rule_facts
from billing.selectors.sheets import indicators_of, person, sheet_facts
from billing.selectors.statement import LANGUAGE, _contract, _due, _instalment, _party
from billing.states import ClaimStatus, ClaimStepKind
from contract.findings import plain
from contract.registry import title
from contract.selectors import clauses_of
from law.money import in_capitals
from law.references import printed

SCHEMA = 1
# The duties under which the fee is owed and paid: an application names their clauses.
PAID_BY = ("billing.fee_total", "billing.invoice_first")
"""Raised when the shape of the facts changes; the templates still print every earlier one."""


def missing_papers(instalment: Instalment, *, whole: bool = False) -> list[str]:
    """What a payment needs, or a quarterly file cannot be made without (`whole`); empty where nothing is missing.

    An instalment whose rule does not wait for the invoice, or for the acceptance, is paid without.
    """
    rule = None if whole or instalment.rule is None else rule_facts(instalment.rule)
    asked = rule.waits_for if rule is not None and rule.has_terms else frozenset({"invoice", "acceptance"})
    missing = []
    if "invoice" in asked and not instalment.invoices.filter(STANDING).exists():
        missing.append("invoice")
    last = instalment.acceptances.filter(withdrawn_at=None).first()
    if "acceptance" in asked and (last is None or not last.passed):
        missing.append("acceptance")
    return missing


def quarter_file_facts(instalment: Instalment, statement: Statement, as_of: date) -> dict[str, Any]:
    """The body of the file as of a day: without number and day, which belong to the document."""
    row = Instalment.objects.select_related("contract__office", "contract__vendor").get(pk=instalment.pk)
    with translation.override(LANGUAGE):
        facts: dict[str, Any] = {
            "schema": SCHEMA,
            "contract": _contract(row),
            "office": _party(row.contract.office),
            "vendor": _party(row.contract.vendor),
            "instalment": _instalment(row) | {"is_supplement": row.is_supplement},
            "application": _application(row),
            "due": _standing(row, as_of),
            "payments": [
                {"paid_on": one.paid_on, "amount": one.amount, "reference": one.reference}
                for one in row.payments.filter(withdrawn_at=None).order_by("paid_on", "pk")
            ],
            "statement": _statement(statement),
            "acceptance": _acceptance(row, as_of),
            "claims": [_claim(claim, row) for claim in _claims(row)],
            "invoice": _invoice(row),
        }
        facts = dict(plain(facts))
        return facts | {"differences": differences(facts)}


def _application(row: Instalment) -> dict[str, Any]:
    """What finance is asked to pay: the undisputed part."""
    applied = row.amount - row.deducted_amount - row.withheld_amount
    refs = clauses_of(row.contract)
    return {
        "amount": row.amount,
        "deducted": row.deducted_amount,
        "withheld": row.withheld_amount,
        "applied": applied,
        "applied_in_capitals": in_capitals(applied),
        "paid": row.paid_amount,
        "rest": applied - row.paid_amount,
        "articles": "、".join(dict.fromkeys(printed(refs[check]) for check in PAID_BY if check in refs)),
    }


def _standing(row: Instalment, as_of: date) -> dict[str, Any] | None:
    due = _due(row, as_of)
    finding = selectors.payment_standing(row, as_of)
    if due is None or finding is None:
        return None
    return due | {"paid_off_on": finding.figures["paid_off_on"]}


def _statement(statement: Statement) -> dict[str, Any]:
    return {
        "pk": statement.pk,
        "number": statement.number,
        "as_of": statement.as_of,
        "issued_on": timezone.localtime(statement.issued_at).date(),
        "facts_sha256": statement.facts_sha256,
        "pdf_sha256": statement.pdf_sha256,
        "paid": statement.facts.get("instalment", {}).get("paid", "0.00"),
    }


def _acceptance(row: Instalment, as_of: date) -> dict[str, Any]:
    """The sheet, or, where the acceptance was recorded without one, what that says."""
    sheet = (
        AcceptanceSheet.objects.filter(instalment=row, acceptance__withdrawn_at=None).exclude(acceptance=None).first()
    )
    if sheet is not None:
        return sheet_facts(sheet, as_of)
    last = row.acceptances.filter(withdrawn_at=None).select_related("accepted_by").first()
    assert last is not None  # see missing_papers
    contract = row.contract
    return {
        "number": f"YS-{contract.number}-{row.sequence}",
        "status": "recorded",
        "status_label": "",
        "contract": _contract(row),
        "office": {"name": contract.office.name, "credit_code": contract.office.credit_code},
        "vendor": {"name": contract.vendor.name, "credit_code": contract.vendor.credit_code},
        "instalment": {
            "sequence": row.sequence,
            **({"title": row.title} if row.title else {}),
            "start": row.period_start,
            "end": row.period_end,
            "amount": row.amount,
        },
        "as_of": as_of,
        "indicators": indicators_of(row, as_of),
        "members": [],
        "group": {"opinion": "", "on": None},
        "scores": None,
        "result": last.get_result_display(),
        "purchaser": {"opinion": last.opinion, "on": last.accepted_on, "by": person(last.accepted_by)},
        "vendor_answer": {"opinion": "", "on": None, "by": ""},
    }


def _claims(row: Instalment) -> list[Claim]:
    """The claims that touch the instalment: withheld from it, or set off against it."""
    touched = Q(instalment=row) | Q(events__instalment=row, events__kind=ClaimStepKind.SET_OFF)
    rows = (
        Claim.objects.filter(touched)
        .exclude(status=ClaimStatus.DRAFT)
        .exclude(issued_on=None)
        .select_related("breach__assessment", "review__assessment", "sheet")
        .prefetch_related("lines", "events")
    )
    return list(rows.distinct().order_by("pk"))


def _breach(claim: Claim) -> dict[str, Any] | None:
    """The confirmed breach that a claim rests on; None of an agreed deduction."""
    if claim.breach is None or claim.review is None:
        return None
    found = claim.review.assessment
    return {
        "title": title(claim.breach.check_id),
        "start": found.period_start,
        "end": found.period_end,
        "measured": found.measured,
        "required": found.required,
        "confirmed_on": claim.review.decided_at and timezone.localtime(claim.review.decided_at).date(),
    }


def _claim(claim: Claim, row: Instalment) -> dict[str, Any]:
    set_off = [
        event.amount
        for event in claim.events.all()
        if event.kind == ClaimStepKind.SET_OFF and event.instalment_id == row.pk and event.amount
    ]
    here = claim.instalment_id == row.pk
    return {
        "number": claim.number,
        "kind": claim.get_kind_display(),
        "status": claim.status,
        "status_label": claim.get_status_display(),
        "article": claim.article,
        "grounds": claim.grounds,
        "breach": _breach(claim),
        "sheet": claim.sheet.number if claim.sheet else "",
        "issued_on": claim.issued_on,
        "answer_due_on": claim.answer_due_on,
        "answered_on": claim.answered_on,
        "answer": claim.answer,
        "amount": claim.amount,
        "cap": claim.cap,
        "accepted": claim.accepted_amount,
        "settled": claim.settled_amount,
        "withheld": claim.withheld if here else Decimal("0.00"),
        "set_off": sum(set_off, Decimal("0.00")),
        "lines": [
            {
                "title": line.title,
                "quantity": f"{line.quantity.normalize():f}",
                "unit": line.unit,
                "unit_price": f"{line.unit_price.normalize():f}",
                "amount": line.amount,
                "calculation": line.calculation,
                "answer": line.answer,
                "answer_label": line.get_answer_display() if line.answer else "",
                "answer_reason": line.answer_reason,
            }
            for line in claim.lines.all()
        ],
        "events": [
            {"on": event.on, "label": _event(event), "amount": event.amount}
            for event in claim.events.all()
            if event.kind not in ("opened", "changed")
        ],
    }


def _event(event: ClaimEvent) -> str:
    label = str(event.get_to_status_display())
    if event.kind == "answered":
        return f"{label}（认可金额列于右）"
    return f"办理抵扣：{label}" if event.kind == ClaimStepKind.SET_OFF else label


def _invoice(row: Instalment) -> dict[str, Any]:
    invoice = (
        row.invoices.filter(STANDING)
        .select_related("instalment__contract__office", "instalment__contract__vendor")
        .get()
    )
    others = row.invoices.exclude(pk=invoice.pk).order_by("received_on", "pk")
    return {
        "pk": invoice.pk,
        "kind": invoice.get_kind_display(),
        "code": invoice.code,
        "number": invoice.number,
        "issued_on": invoice.issued_on,
        "received_on": invoice.received_on,
        "gross": invoice.gross,
        "remaining": invoice.remaining,
        "net": invoice.net,
        "tax": invoice.tax,
        "vat_rate": f"{invoice.vat_rate.normalize():f}",
        "status": invoice.get_status_display(),
        "decided_on": invoice.decided_on,
        "file": _file_of(invoice),
        "lines": _check(invoice),
        "others": [
            {"number": str(one), "status": one.get_status_display(), "reason": one.reason, "gross": one.gross}
            for one in others
        ],
    }


def _check(invoice: Invoice) -> list[dict[str, Any]]:
    """The check line by line, its values as they are printed."""
    rows = as_rows(invoice_check(invoice))
    for row in rows:
        for one in (row, *row["read"]):
            for key in {"typed", "expected", "value"} & set(one):
                one[key] = _printed(row["field"], one[key])
    return rows


def _printed(field: str, value: str) -> str:
    if field == "kind" and value in InvoiceKind.values:
        return str(InvoiceKind(value).label)
    if field in ("gross", "net", "tax") and value:
        return f"{Decimal(value):,}"
    return value


def _file_of(invoice: Invoice) -> dict[str, str] | None:
    if not invoice.file:
        return None
    return {"name": str(invoice.file.name), "sha256": invoice.file_sha256}
