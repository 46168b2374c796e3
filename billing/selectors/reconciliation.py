"""Reads what is to be reconciled: for any number of contracts in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db.models.fields.json import KT

from billing.choices import STANDING_INVOICES, InvoiceStatus
from billing.models import ClaimEvent, Instalment, Invoice, Payment, Statement
from billing.rules.reconciliation import (
    InstalmentRecord,
    InvoiceRecord,
    Line,
    PaymentRecord,
    StatementRecord,
    YearClose,
    reconcile,
    year_closes,
)
from billing.rules.schedule import Planned, amounts, budget_of
from billing.selectors.claims import by_instalment
from billing.selectors.schedule import schedules
from contract.batch import ContractFacts
from contract.findings import Subject
from contract.models import Contract
from contract.rules.shares import fee_of_term
from contract.selectors import batch
from kit.files.storage import DocumentMissing, DocumentRemoved, chunks_of

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Reconciliation:
    """A contract's lines and years."""

    contract: Contract
    lines: tuple[Line, ...]
    years: tuple[YearClose, ...]

    @property
    def disagreeing(self) -> list[Line]:
        return [line for line in self.lines if not line.agrees]

    @property
    def agrees(self) -> bool:
        return not self.disagreeing


def reconciliations(contracts: Sequence[Contract], today: date, *, files: bool = False) -> list[Reconciliation]:
    """Each contract with every line of it; with `files` the invoices' files are hashed anew."""
    ids = [contract.pk for contract in contracts]
    shared = batch(ids, today)
    facts, ruled = {one.pk: one for one in shared.contracts}, schedules(shared)
    records, set_off = _records(ids, files=files), _set_off(ids)
    found = []
    for contract in contracts:
        rows = records[contract.pk]
        subject = Subject("contract.Contract", contract.pk, contract.number)
        lines = reconcile(
            subject, (contract.starts_on, contract.ends_on), _fee(facts[contract.pk], ruled.get(contract.pk)), rows
        )
        years = year_closes(rows, set_off[contract.pk], _years(rows))
        found.append(Reconciliation(contract, tuple(lines), tuple(years)))
    return found


def _set_off(ids: list[int]) -> defaultdict[int, list[tuple[date, Decimal]]]:
    """What claims set off, each step on its day."""
    rows = ClaimEvent.objects.filter(instalment__contract__in=ids).order_by("pk")
    names = ("claim_id", "instalment_id", "instalment__contract_id", "on", "deducted")
    found: defaultdict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    before: dict[tuple[int, int], Decimal] = {}
    for claim_id, instalment_id, contract_id, day, deducted in rows.values_list(*names):
        step = deducted - before.get((claim_id, instalment_id), ZERO)
        before[claim_id, instalment_id] = deducted
        if step:
            found[contract_id].append((day, step))
    return found


def _fee(facts: ContractFacts, made: Sequence[Planned] | None) -> Decimal | None:
    """The fee of the term or, where the contract has payment rules, what they make of the known quantities."""
    try:
        if made is not None:
            found, supplement = amounts(made, budget=budget_of(facts))
            return sum((one for one in found if one is not None), supplement)
        return fee_of_term(facts)
    except (KeyError, ValueError):
        return None


def _years(rows: Iterable[InstalmentRecord]) -> range:
    days = [day for row in rows for day in (row.start, row.end)]
    days += [payment.paid_on for row in rows for payment in row.payments]
    return range(min(days).year, max(days).year + 1) if days else range(0)


def _records(ids: list[int], *, files: bool) -> defaultdict[int, list[InstalmentRecord]]:
    instalments = list(Instalment.objects.filter(contract__in=ids).order_by("contract_id", "sequence"))
    pks = [row.pk for row in instalments]
    invoices, payments, statements = _invoices(pks, files), _payments(pks), _statements(pks)
    claims = by_instalment(pks)
    found: defaultdict[int, list[InstalmentRecord]] = defaultdict(list)
    for row in instalments:
        found[row.contract_id].append(
            InstalmentRecord(
                pk=row.pk,
                name=str(row),
                start=row.period_start,
                end=row.period_end,
                amount=row.amount,
                paid=row.paid_amount,
                deducted=row.deducted_amount,
                withheld=row.withheld_amount,
                is_supplement=row.is_supplement,
                by_tariff=row.tariff_amount,
                by_rule=row.rule_id is not None,
                invoices=tuple(invoices[row.pk]),
                payments=tuple(payments[row.pk]),
                statement=statements.get(row.pk),
                claims_deducted=sum((one.deducted(date.max) for one in claims[row.pk]), ZERO),
                claims_withheld=sum((one.withheld(date.max) for one in claims[row.pk]), ZERO),
            )
        )
    return found


def _invoices(pks: list[int], files: bool) -> defaultdict[int, list[InvoiceRecord]]:
    found: defaultdict[int, list[InvoiceRecord]] = defaultdict(list)
    for row in Invoice.objects.filter(instalment__in=pks).order_by("pk"):
        found[row.instalment_id].append(
            InvoiceRecord(
                row.pk,
                str(row),
                row.gross,
                row.net,
                row.tax,
                stands=row.status in STANDING_INVOICES,
                is_reversed=row.status == InvoiceStatus.REVERSED,
                reverses=row.reverses_id,
                file_known=row.file_sha256,
                file_found=file_found(row) if files and row.file_sha256 else None,
            )
        )
    return found


def _payments(pks: list[int]) -> defaultdict[int, list[PaymentRecord]]:
    found: defaultdict[int, list[PaymentRecord]] = defaultdict(list)
    rows = Payment.objects.filter(instalment__in=pks, withdrawn_at=None).order_by("paid_on", "pk")
    for instalment_id, pk, day, amount in rows.values_list("instalment_id", "pk", "paid_on", "amount").iterator(5000):
        found[instalment_id].append(PaymentRecord(pk, day, amount))
    return found


def _statements(pks: list[int]) -> dict[int, StatementRecord]:
    """The standing statement of each instalment, with the amount that it states."""
    rows = Statement.objects.filter(instalment__in=pks, corrected_by=None).annotate(
        stated=KT("facts__instalment__amount")
    )
    return {
        row["instalment_id"]: StatementRecord(row["pk"], row["number"], Decimal(row["stated"]))
        for row in rows.values("pk", "instalment_id", "number", "stated")
        if row["stated"]
    }


def file_found(invoice: Any) -> str | None:
    """The SHA-256 of an invoice's file as it lies there; empty where it is missing, None where it had to go."""
    digest = sha256()
    try:
        for chunk in chunks_of(invoice.file.storage, str(invoice.file.name or ""), known="", what=""):
            digest.update(chunk)
    except DocumentRemoved:
        return None
    except DocumentMissing:
        return ""
    return digest.hexdigest()
