"""Reads of claims: how each stands to an instalment, and what a breach gives to begin with."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from billing.models import ClaimEvent, Instalment
from billing.rules import claims as rules
from billing.rules.claims import ClaimFacts
from billing.states import ClaimStepKind
from contract.choices import Decision, Side
from contract.models import Alert, Contract, Review
from contract.selectors import contract_facts
from contract.selectors.cases import breaches


def by_instalment(instalments: Any) -> defaultdict[int, tuple[ClaimFacts, ...]]:
    """The claims that touch each of these instalments (one query, however many)."""
    steps: dict[tuple[int, int], list[Any]] = defaultdict(list)
    rows = (
        ClaimEvent.objects.filter(instalment__in=instalments)
        .order_by("claim_id", "pk")
        .values("claim_id", "claim__number", "instalment_id", "on", "kind", "withheld", "deducted")
    )
    for row in rows:
        steps[row["instalment_id"], row["claim_id"]].append(row)
    found: defaultdict[int, tuple[ClaimFacts, ...]] = defaultdict(tuple)
    for (instalment_id, _claim_id), events in steps.items():
        found[instalment_id] += (_facts(events),)
    return found


def _facts(events: list[dict[str, Any]]) -> ClaimFacts:
    freed, before = [], Decimal("0.00")
    for row in events:
        if row["kind"] in (ClaimStepKind.SETTLE, ClaimStepKind.DRAW, ClaimStepKind.RECEIVE):
            freed.append((row["on"], before - row["withheld"]))
        before = row["withheld"]
    steps = tuple((row["on"], row["withheld"], row["deducted"]) for row in events)
    return ClaimFacts(events[0]["claim_id"], events[0]["claim__number"], steps, tuple(freed))


def confirming_review(alert: Alert) -> Review | None:
    """The approved review that makes a breach of an alert: its last decision, if it confirms."""
    last = alert.reviews.filter(is_approved=True).order_by("-pk").first()
    return last if last is not None and last.decision == Decision.CONFIRM else None


def confirmed_breaches(contracts: QuerySet[Contract]) -> QuerySet[Alert]:
    """Alerts of these contracts whose last decision confirms a breach of the vendor's."""
    ids = contracts.values_list("pk", flat=True)
    return breaches(ids).exclude(owed_by=Side.OFFICE)


def breach_day(alert: Alert, review: Review) -> date:
    """The day that the breach belongs to: the end of its period, its last day, or its raising."""
    found = review.assessment
    return found.period_end or found.legal_due_on or alert.raised_on


def instalment_of(alert: Alert, review: Review) -> Instalment | None:
    """The instalment in whose period the breach lies."""
    day = breach_day(alert, review)
    rows = Instalment.objects.filter(contract=alert.contract_id)
    return rows.filter(period_start__lte=day, period_end__gte=day).first()


def suggested_lines(alert: Alert, review: Review) -> list[rules.Line]:
    """Lines that the figures of the breach give; a person changes or replaces them."""
    day, figures = breach_day(alert, review), review.assessment.figures
    contract = contract_facts(alert.contract_id, day)
    instalment = instalment_of(alert, review)
    if instalment is None:
        row = contract.terms.row(day, "annual_fee")
        fee = row.value if row else Decimal("0.00")
        return rules.suggestion(alert.check_id, figures, fee=fee, owed_days=0)
    length = (instalment.period_end - instalment.period_start).days + 1
    owed = sum(
        contract.terms.on(instalment.period_start + timedelta(days=number), "headcount") for number in range(length)
    )
    return rules.suggestion(alert.check_id, figures, fee=instalment.amount, owed_days=owed)


__all__ = ["breach_day", "by_instalment", "confirmed_breaches", "confirming_review", "instalment_of", "suggested_lines"]
