"""The ledger (台账): what a contract owes, and what was invoiced, accepted, paid and withheld.

Every sum is made here, of Decimals: a database's own sum of decimals may be floating point.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from billing.choices import PASSING, AcceptanceResult
from billing.models import Acceptance, Instalment, Invoice, Payment
from billing.models.instalment import instalment_label
from billing.models.invoice import STANDING, STANDING_ORIGINAL
from billing.selectors.claims import by_instalment
from contract.models import Contract

ZERO = Decimal("0.00")
FIGURES = ("amount", "invoiced", "accepted", "paid", "deducted", "withheld", "remaining", "payable")


@dataclass(frozen=True)
class LedgerRow:
    """One instalment in figures (yuan)."""

    pk: int
    contract_id: int
    sequence: int
    start: date
    end: date
    is_supplement: bool
    name: str
    amount: Decimal
    invoiced: Decimal = ZERO
    accepted: Decimal = ZERO
    paid: Decimal = ZERO
    deducted: Decimal = ZERO
    withheld: Decimal = ZERO
    invoice_number: str = ""
    invoiced_on: date | None = None
    accepted_on: date | None = None
    paid_on: date | None = None
    is_open: bool = False
    """A quantity is missing: the amount is not known, and counts for nothing in the sums."""
    title: str = ""

    @property
    def label(self) -> str:
        return instalment_label(self.sequence, self.title, is_supplement=self.is_supplement)

    @property
    def remaining(self) -> Decimal:
        """What is neither paid nor set off."""
        return self.amount - self.paid - self.deducted

    @property
    def payable(self) -> Decimal:
        """What of it waits for nothing but the payment."""
        return self.remaining - self.withheld


@dataclass(frozen=True)
class Ledger:
    """The instalments of one contract in figures, and their sums."""

    contract: Contract
    rows: tuple[LedgerRow, ...]

    @property
    def totals(self) -> dict[str, Decimal]:
        return totals(self.rows)


def totals(rows: Iterable[LedgerRow]) -> dict[str, Decimal]:
    """The sum of each figure, exact."""
    known = list(rows)
    return {name: sum((getattr(row, name) for row in known), ZERO) for name in FIGURES}


def ledgers(contracts: Sequence[Contract], as_of: date | None = None) -> list[Ledger]:
    """The ledgers of these contracts in their order (five queries, however many).

    With `as_of` payments and documents of later days are left out.
    """
    instalments = list(
        Instalment.objects.filter(contract__in=[one.pk for one in contracts]).order_by("contract_id", "sequence")
    )
    ids = [row.pk for row in instalments]
    invoices = _invoices(ids, as_of)
    accepted = _accepted(ids, as_of)
    payments = _payments(ids, as_of)
    claimed = _claimed(ids, as_of)
    found: dict[int, list[LedgerRow]] = defaultdict(list)
    for row in instalments:
        invoice, passed, paid = invoices.get(row.pk), accepted.get(row.pk), payments.get(row.pk)
        found[row.contract_id].append(
            LedgerRow(
                pk=row.pk,
                contract_id=row.contract_id,
                sequence=row.sequence,
                start=row.period_start,
                end=row.period_end,
                is_supplement=row.is_supplement,
                name=str(row),
                amount=row.amount,
                invoiced=invoice["gross"] if invoice else ZERO,
                invoice_number=f"{invoice['code']} {invoice['number']}".strip() if invoice else "",
                invoiced_on=invoice["issued_on"] if invoice else None,
                accepted=row.amount if passed else ZERO,
                accepted_on=passed,
                paid=paid[0] if paid else ZERO,
                paid_on=paid[1] if paid else None,
                is_open=row.is_open,
                title=row.title,
                **claimed.get(row.pk, {}),
            )
        )
    return [Ledger(one, tuple(found[one.pk])) for one in contracts]


def ledger(contract: Contract, as_of: date | None = None) -> Ledger:
    return ledgers([contract], as_of)[0]


def _claimed(ids: list[int], as_of: date | None) -> dict[int, dict[str, Decimal]]:
    """What claims have set off or hold back, by instalment, by the end of `as_of` (or now)."""
    found: dict[int, dict[str, Decimal]] = {}
    for pk, claims in by_instalment(ids).items():
        day = as_of or date.max
        found[pk] = {
            "deducted": sum((claim.deducted(day) for claim in claims), ZERO),
            "withheld": sum((claim.withheld(day) for claim in claims), ZERO),
        }
    return found


def _invoices(ids: list[int], as_of: date | None) -> dict[int, dict[str, Any]]:
    """The invoice in effect of each instalment, less what red-letter invoices have cancelled of it."""
    rows = Invoice.objects.filter(STANDING | STANDING_ORIGINAL, instalment__in=ids)
    if as_of is not None:
        rows = rows.filter(received_on__lte=as_of)
    found: dict[int, dict[str, Any]] = {}
    names = ("instalment_id", "code", "number", "issued_on", "gross", "reverses_id")
    read = list(rows.values(*names))
    for row in read:
        if row["reverses_id"] is None:
            found[row["instalment_id"]] = row
    for row in read:
        if row["reverses_id"] is not None and row["instalment_id"] in found:
            found[row["instalment_id"]]["gross"] += row["gross"]
    return found


def _accepted(ids: list[int], as_of: date | None) -> dict[int, date]:
    """The day of the acceptance that passed, by instalment; the office's last word counts."""
    rows = Acceptance.objects.filter(instalment__in=ids, withdrawn_at=None)
    if as_of is not None:
        rows = rows.filter(accepted_on__lte=as_of)
    last: dict[int, tuple[date, str]] = {}
    for pk, day, result in rows.order_by("accepted_on", "pk").values_list("instalment_id", "accepted_on", "result"):
        last[pk] = (day, result)
    return {pk: day for pk, (day, result) in last.items() if AcceptanceResult(result) in PASSING}


def _payments(ids: list[int], as_of: date | None) -> dict[int, tuple[Decimal, date]]:
    rows = Payment.objects.filter(instalment__in=ids, withdrawn_at=None)
    if as_of is not None:
        rows = rows.filter(paid_on__lte=as_of)
    found: dict[int, tuple[Decimal, date]] = {}
    for pk, amount, day in (
        rows.order_by("paid_on", "pk").values_list("instalment_id", "amount", "paid_on").iterator(5000)
    ):
        found[pk] = (found[pk][0] + amount if pk in found else amount, day)
    return found
