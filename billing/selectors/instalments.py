"""Instalments with their invoices, acceptances and payments, as facts for the rules."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet

from billing.choices import STANDING_INVOICES
from billing.models import Acceptance, Instalment, QuarterFile
from billing.rules.facts import AcceptanceFacts, InstalmentFacts, InvoiceFacts, PaymentFacts
from billing.rules.payment import payment_due
from billing.selectors import schedule
from billing.selectors.claims import by_instalment
from billing.states import FileStatus, SheetStatus
from contract.findings import Finding
from contract.selectors import batch


def by_contract(contract_ids: Iterable[int]) -> dict[int, list[InstalmentFacts]]:
    """The instalments of these contracts in their order (two queries, however many)."""
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


COLUMNS = {
    "invoice": ("pk", "code", "number", "received_on", "decided_on", "status"),
    "accepted": ("pk", "accepted_on", "result", "failed_amount", "sheet__status", "sheet__vendor_on"),
    "payment": ("pk", "paid_on", "amount"),
}


def _facts(instalments: QuerySet[Instalment]) -> list[tuple[int, InstalmentFacts]]:
    """Two queries: an instalment has one to three papers of each kind, so that their product stays small."""
    joined = instalments.annotate(
        invoice=FilteredRelation("invoices", condition=Q(invoices__reverses=None)),
        accepted=FilteredRelation("acceptances", condition=Q(acceptances__withdrawn_at=None)),
        payment=FilteredRelation("payments", condition=Q(payments__withdrawn_at=None)),
        has_file=Exists(QuarterFile.objects.filter(instalment=OuterRef("pk"), status=FileStatus.READY)),
    )
    papers: defaultdict[tuple[int, str], dict[int, Any]] = defaultdict(dict)
    rows: dict[int, dict[str, Any]] = {}
    paths = [f"{kind}__{name}" for kind, names in COLUMNS.items() for name in names]
    own = (
        "pk",
        "contract_id",
        "sequence",
        "period_start",
        "period_end",
        "amount",
        "is_supplement",
        "is_open",
        "rule_id",
        "has_file",
        "title",
    )
    for row in joined.values(*own, "rule_id", *paths):
        rows.setdefault(row["pk"], row)
        for kind, names in COLUMNS.items():
            if row[f"{kind}__pk"] is not None:
                papers[row["pk"], kind][row[f"{kind}__pk"]] = [row[f"{kind}__{name}"] for name in names]
    claims = by_instalment(list(rows))
    ruled = {pk: row["rule_id"] for pk, row in rows.items() if row["rule_id"]}
    rules = schedule.of_rules(set(ruled.values()))
    waiting = {pk: rules[rule].waits_for for pk, rule in ruled.items()}
    beside = schedule.beside(
        ((pk, row["contract_id"], row["period_start"], row["period_end"]) for pk, row in rows.items()), waiting
    )
    return [
        (
            row["contract_id"],
            InstalmentFacts(
                pk,
                row["sequence"],
                row["period_start"],
                row["period_end"],
                row["amount"],
                tuple(sorted((_invoice(*one) for one in papers[pk, "invoice"].values()), key=_received)),
                tuple(_acceptance(*one) for _pk, one in sorted(papers[pk, "accepted"].items())),
                tuple(PaymentFacts(*one) for _pk, one in sorted(papers[pk, "payment"].items())),
                row["is_supplement"],
                claims[pk],
                rules[row["rule_id"]] if row["rule_id"] else None,
                row["is_open"],
                row["title"],
                beside.get(pk, {}),
                row["has_file"],
            ),
        )
        for pk, row in rows.items()
    ]


def _invoice(pk: int, code: str, number: str, received_on: date, decided_on: date | None, status: str) -> InvoiceFacts:
    return InvoiceFacts(
        pk, f"{code} {number}".strip(), received_on, None if status in STANDING_INVOICES else decided_on
    )


def _received(invoice: InvoiceFacts) -> tuple[date, int]:
    return invoice.received_on, invoice.pk


def _acceptance(
    pk: int, on: date, result: str, failed: Any, sheet: str | None, vendor_on: date | None
) -> AcceptanceFacts:
    """`sheet` and `vendor_on`: how its sheet stands and since when, from which the vendor's consent is read."""
    row = Acceptance(pk=pk, result=result)
    confirmed = vendor_on if sheet == SheetStatus.CONFIRMED else None
    return AcceptanceFacts(pk, on, row.passed, row.vendors_fault, failed, confirmed)
