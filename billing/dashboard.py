"""What the home page says of money: the next payment, and the clocks that run for it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing import selectors
from billing.rules.clocks import STARTED_BY
from billing.rules.facts import InstalmentFacts
from billing.rules.payment import payment_due
from contract.admin.display import badge, days_left, state
from contract.choices import Outcome
from contract.dashboard import Board, register_section
from contract.models import Contract
from contract.selectors.readiness import lacking

PAID = Exists(
    Contract.objects.filter(
        Q(term_rows__key="payment_cycle_months") | Q(payment_rules__isnull=False), pk=OuterRef("pk")
    ).order_by()
)
lacking("paid", PAID, _("Neither a payment cycle nor payment rules are on record: no instalment can be made."))


@register_section(
    "billing.next_payment", template="admin/dashboard/payment.html", order=40, reads="billing.view_instalment"
)
def next_payment(board: Board) -> Mapping[int, Any]:
    """The first instalment with something payable; where there is none, what still waits for a claim (five queries)."""
    instalments = selectors.by_contract(board.ids)
    return {pk: _next(board, pk, instalments.get(pk, [])) for pk in board.ids}


def _next(board: Board, pk: int, rows: list[InstalmentFacts]) -> dict[str, Any]:
    open_rows = [row for row in rows if row.amount and row.paid_off_on(board.as_of) is None]
    if not open_rows:
        owed = sum((r.amount - r.deducted(board.as_of) - r.paid_amount(board.as_of) for r in rows), Decimal(0))
        return {"row": None, "planned": bool(rows), "owed": owed}
    row = open_rows[0]
    finding = payment_due(board.facts[pk], row, board.as_of, board.batch.calendar)
    acceptance, invoice = row.acceptance(board.as_of), row.invoice(board.as_of)
    clocks = finding.figures["clocks"] if finding else []
    return {
        "row": row,
        "count": len(rows),
        "outstanding": row.payable(board.as_of) - row.paid_amount(board.as_of),
        "invoice": invoice,
        "acceptance": acceptance,
        "is_running": row.end < board.as_of,
        "mark": state(finding.outcome, Outcome(finding.outcome).label)
        if finding
        else badge("calm", "hourglass_empty", _("no clock runs yet")),
        "explanation": finding.sentence if finding else "",
        "clocks": [
            {
                "name": gettext(STARTED_BY[clock["started_by"]]),
                "started_on": clock["started_on"],
                "due_on": clock["legal_due_on"] or clock["nominal_due_on"],
                "left": days_left(clock["legal_due_on"] or clock["nominal_due_on"], board.as_of),
            }
            for clock in clocks
        ],
    }
