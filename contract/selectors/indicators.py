"""How the vendor's duties stood over some time: what an acceptance and the assessment before a renewal look at."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import translation

from contract.choices import Decision, Outcome, Side
from contract.findings import plain
from contract.models import Alert, Assessment
from contract.registry import checks
from contract.rules import indicators
from contract.rules.indicators import Found
from contract.selectors import clause_positions
from law.periods import beijing_day

LANGUAGE = "zh-hans"
PUT_ASIDE = (Decision.WAIVE, Decision.DISMISS, Decision.EXCUSE)


def indicators_of(
    contract_id: int, first: date, last: date, as_of: date, *, by_window: bool = True
) -> list[dict[str, Any]]:
    """The vendor's duties between two days, as what was recorded and decided by `as_of` has them (six queries)."""
    of_period = Q(period_end__gte=first, period_start__lte=last) | Q(
        period_start=None, legal_due_on__range=(first, last)
    )
    newest: dict[tuple[str, str], Assessment] = {}
    rows = (
        Assessment.objects.filter(of_period, contract=contract_id, as_of__lte=as_of, is_withdrawn=False)
        .exclude(owed_by=Side.OFFICE)
        .order_by("pk")
    )
    for row in rows:
        newest[row.check_id, row.key] = row
    alerts = Alert.objects.filter(contract=contract_id).prefetch_related("reviews")
    decided: dict[tuple[str, str], str] = {}
    for alert in alerts:
        approved = [
            one
            for one in alert.reviews.all()
            if one.is_approved and one.decided_at and beijing_day(one.decided_at) <= as_of
        ]
        if approved:
            decided[alert.check_id, alert.key] = max(approved, key=lambda one: one.pk).decision
    known = checks()
    with translation.override(LANGUAGE):
        found = [
            Found(
                row.check_id,
                str(known[row.check_id].title) if row.check_id in known else row.check_id,
                row.clause_ref,
                row.outcome,
                row.measured,
                row.required,
                row.period_start,
                row.period_end,
                row.subject_name,
                is_breach=decided.get(key) == Decision.CONFIRM,
                is_waived=decided.get(key) in PUT_ASIDE,
            )
            for key, row in newest.items()
        ]
        labels = {outcome.value: str(outcome.label) for outcome in Outcome}
        return list(plain(indicators.rows(found, labels, clause_positions(contract_id), by_window=by_window)))
