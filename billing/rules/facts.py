"""What the rules are given: an instalment and what happened to it, each with its day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from billing.rules.claims import ClaimFacts
from billing.rules.schedule import Rule
from contract.findings import Evidence, Subject


@dataclass(frozen=True)
class InvoiceFacts:
    """A correct invoice: what does not agree with the instalment was never taken in.

    It stands until the office returns it. The office cannot put off its payment by not looking
    at the invoice: one that was submitted and not returned counts.
    """

    pk: int
    number: str
    received_on: date
    returned_on: date | None = None

    def stood(self, day: date) -> bool:
        """Whether it had come, and had not been returned, by the end of `day`."""
        return self.received_on <= day and not (self.returned_on and self.returned_on <= day)


@dataclass(frozen=True)
class AcceptanceFacts:
    """What the office said of the service. `failed_amount` (yuan) is the part that did not pass; None
    for all of it. A failure for the office's own cause has `vendors_fault` False. `confirmed_on` is the
    day on which the vendor confirmed the sheet: both sides then agree on the quarter."""

    pk: int
    accepted_on: date
    passed: bool
    vendors_fault: bool = False
    failed_amount: Decimal | None = None
    confirmed_on: date | None = None


@dataclass(frozen=True)
class PaymentFacts:
    pk: int
    paid_on: date
    amount: Decimal


@dataclass(frozen=True)
class InstalmentFacts:
    """One instalment with its records; those that were withdrawn are left out."""

    pk: int
    sequence: int
    start: date
    end: date
    amount: Decimal
    invoices: tuple[InvoiceFacts, ...] = ()
    acceptances: tuple[AcceptanceFacts, ...] = ()
    payments: tuple[PaymentFacts, ...] = ()
    is_supplement: bool = False
    claims: tuple[ClaimFacts, ...] = ()
    rule: Rule | None = None
    is_open: bool = False
    """A quantity is missing: the amount is not known, and none."""
    title: str = ""
    """Of what is paid once: as the contract calls it."""
    beside: Mapping[str, date | None] = field(default_factory=dict)
    """Of what it waits for beside signing, invoice and acceptance: the day, None while it has not come."""
    has_file: bool = False
    """Whether the file of its payment, with the application, was made."""

    @property
    def own_terms(self) -> Rule | None:
        """The rule that says when this instalment is due; None where invoice and acceptance do by policy."""
        return self.rule if self.rule is not None and self.rule.has_terms else None

    def awaits(self, paper: str) -> bool:
        """Whether the payment waits for an invoice, or for the acceptance."""
        return self.own_terms is None or paper in self.own_terms.waits_for

    def awaited(self, signed_on: date | None, day: date) -> dict[str, date | None]:
        """What the payment waits for by its own rule, each with its day as known on `day`."""
        rule, known = self.own_terms, dict(self.beside)
        if rule is None:
            return {}
        invoice = self.invoice(day)
        passed = [row.accepted_on for row in self.acceptances if row.passed and row.accepted_on <= day]
        known |= {
            "signing": signed_on,
            "invoice": invoice.received_on if invoice else None,
            "acceptance": min(passed, default=None),
        }
        found = {name: came if (came := known.get(name)) and came <= day else None for name in sorted(rule.waits_for)}
        return found | ({"day": rule.not_before} if rule.not_before else {})

    @property
    def name(self) -> str:
        kind = "补差，" if self.is_supplement else ""
        return f"{self.title or f'第{self.sequence}期'}（{kind}{self.start} ~ {self.end}）"

    @property
    def subject(self) -> Subject:
        return Subject("billing.Instalment", self.pk, self.name)

    @property
    def period(self) -> tuple[date, date]:
        return self.start, self.end

    def invoice(self, day: date) -> InvoiceFacts | None:
        """The invoice that stood on `day`, the earliest where there were several."""
        standing = (invoice for invoice in self.invoices if invoice.stood(day))
        return min(standing, key=lambda invoice: invoice.received_on, default=None)

    def acceptance(self, day: date) -> AcceptanceFacts | None:
        """The office's last word on the service, as it stood on `day`."""
        known = (row for row in self.acceptances if row.accepted_on <= day)
        return max(known, key=lambda row: (row.accepted_on, row.pk), default=None)

    def paid(self, day: date) -> tuple[PaymentFacts, ...]:
        """The payments made by `day`, oldest first."""
        made = (payment for payment in self.payments if payment.paid_on <= day)
        return tuple(sorted(made, key=lambda payment: (payment.paid_on, payment.pk)))

    def paid_amount(self, day: date) -> Decimal:
        return sum((payment.amount for payment in self.paid(day)), Decimal("0.00"))

    def withheld(self, day: date) -> Decimal:
        """What waits for claims at the end of `day`: the disputed lines."""
        return sum((claim.withheld(day) for claim in self.claims), Decimal("0.00"))

    def deducted(self, day: date) -> Decimal:
        """What was set off by the end of `day`, as the vendor accepted or both settled."""
        return sum((claim.deducted(day) for claim in self.claims), Decimal("0.00"))

    def payable(self, day: date) -> Decimal:
        """The undisputed amount of the instalment, paid or not."""
        return self.amount - self.deducted(day) - self.withheld(day)

    def paid_off_on(self, day: date) -> date | None:
        """The day on which what was payable was paid in full, if that was by `day`."""
        total, payable = Decimal(0), self.payable(day)
        for payment in self.paid(day):
            total += payment.amount
            if total >= payable:
                return payment.paid_on
        steps = [step[0] for claim in self.claims for step in claim.steps if step[0] <= day]
        return max(steps) if steps and payable <= 0 else None

    def evidence(self, day: date) -> tuple[Evidence, ...]:
        """The rows that a finding about this instalment rests on."""
        invoice, acceptance = self.invoice(day), self.acceptance(day)
        rows = [Evidence("billing.Instalment", self.pk, f"{self.amount}")]
        if invoice:
            rows.append(Evidence("billing.Invoice", invoice.pk, f"{invoice.number} {invoice.received_on}"))
        if acceptance:
            rows.append(Evidence("billing.Acceptance", acceptance.pk, f"{acceptance.accepted_on}"))
        for claim in self.claims:
            if claim.steps and claim.steps[0][0] <= day:
                rows.append(Evidence("billing.Claim", claim.pk, claim.number))
        for payment in self.paid(day):
            rows.append(Evidence("billing.Payment", payment.pk, f"{payment.paid_on} {payment.amount}"))
        return tuple(rows)
