"""Instalments with their invoices, acceptances and payments, as facts for the rules."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet

from billing.choices import STANDING_INVOICES
from billing.models import Acceptance, Instalment, Invoice, Payment
from billing.rules.facts import AcceptanceFacts, InstalmentFacts, InvoiceFacts, PaymentFacts
from billing.rules.payment import payment_due
from billing.selectors import schedule
from billing.selectors.claims import by_instalment
from billing.states import SheetStatus
from contract.findings import Finding
from contract.selectors import batch


def by_contract(contract_ids: Iterable[int]) -> dict[int, list[InstalmentFacts]]:
    """The instalments of these contracts in their order (five queries, however many)."""
    found: dict[int, list[InstalmentFacts]] = defaultdict(list)
    rows = Instalment.objects.filter(contract_id__in=list(contract_ids))
    for contract_id, facts in _facts(rows.order_by("contract_id", "sequence")):
        found[contract_id].append(facts)
    return found


def of_instalment(instalment: Instalment) -> InstalmentFacts:
    """The facts of one instalment."""
    return next(facts for _pk, facts in _facts(Instalment.objects.filter(pk=instalment.pk)))


def payment_standing(instalment: Instalment, as_of: date) -> Finding | None:
    """How the payment of one instalment stands as of a day; None while nothing is payable."""
    shared = batch([instalment.contract_id], as_of)
    return payment_due(shared.contracts[0], of_instalment(instalment), as_of, shared.calendar)


def _facts(instalments: QuerySet[Instalment]) -> list[tuple[int, InstalmentFacts]]:
    ids = instalments.order_by().values("pk")
    invoices = _grouped(
        (
            row["instalment_id"],
            InvoiceFacts(
                row["pk"],
                f"{row['code']} {row['number']}".strip(),
                row["received_on"],
                None if row["status"] in STANDING_INVOICES else row["decided_on"],
            ),
        )
        for row in Invoice.objects.filter(instalment__in=ids, reverses=None)
        .order_by("received_on", "pk")
        .values("pk", "instalment_id", "code", "number", "received_on", "decided_on", "status")
    )
    acceptances = _grouped(
        (
            row.instalment_id,
            AcceptanceFacts(
                row.pk, row.accepted_on, row.passed, row.vendors_fault, row.failed_amount, _confirmed_on(row)
            ),
        )
        for row in Acceptance.objects.filter(instalment__in=ids, withdrawn_at=None)
        .select_related("sheet")
        .order_by("pk")
    )
    payments = _grouped(
        (row.instalment_id, PaymentFacts(row.pk, row.paid_on, row.amount))
        for row in Payment.objects.filter(instalment__in=ids, withdrawn_at=None).order_by("pk")
    )
    claims = by_instalment(ids)
    rows = list(instalments)
    rules = schedule.of_rules({row.rule_id for row in rows if row.rule_id})
    waiting = {row.pk: rules[row.rule_id].waits_for for row in rows if row.rule_id}
    beside = schedule.beside(((row.pk, row.contract_id, row.period_start, row.period_end) for row in rows), waiting)
    return [
        (
            row.contract_id,
            InstalmentFacts(
                row.pk,
                row.sequence,
                row.period_start,
                row.period_end,
                row.amount,
                invoices[row.pk],
                acceptances[row.pk],
                payments[row.pk],
                row.is_supplement,
                claims[row.pk],
                rules[row.rule_id] if row.rule_id else None,
                row.is_open,
                beside.get(row.pk, {}),
            ),
        )
        for row in rows
    ]


def _confirmed_on(row: Acceptance) -> date | None:
    """The day on which the vendor confirmed the sheet of an acceptance; None where it did not, or there is none."""
    sheet = getattr(row, "sheet", None)
    return sheet.vendor_on if sheet is not None and sheet.status == SheetStatus.CONFIRMED else None


def _grouped(pairs: Iterable[tuple[int, Any]]) -> defaultdict[int, tuple[Any, ...]]:
    lists: defaultdict[int, list[Any]] = defaultdict(list)
    for key, value in pairs:
        lists[key].append(value)
    return defaultdict(tuple, {key: tuple(values) for key, values in lists.items()})
