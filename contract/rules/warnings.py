"""Early warnings: what is still pending is at risk some days before its last day.

Applied to the findings of all checks after they have run, and before the excuses. Only `pending`
with a due date is warned of; from the nominal last day on the rules speak for themselves. How many
days ahead is a reading that both sides confirm (`warning_days`, by check), so a warning means
no more than that: it is no breach, and its sentence says so.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Finding, Message

OTHERS = "*"
# Checks whose lead is a reading of its own.
OWN_READING = {"staffing.backfill": "gap_warning_days"}


def lead_days(contract: ContractFacts, check_id: str, as_of: date) -> int:
    """How many days before its nominal last day a duty is warned of; 0 for never."""
    days: Mapping[str, int] = contract.policies.on(as_of, "warning_days")
    if check_id in days:
        return days[check_id]
    if check_id in OWN_READING:
        return int(contract.policies.on(as_of, OWN_READING[check_id]))
    return days.get(OTHERS, 0)


def begins_on(contract: ContractFacts, check_id: str, due_on: date, as_of: date) -> date | None:
    """The first day of the warning before a last day; None where there is none."""
    days = lead_days(contract, check_id, as_of)
    return due_on - timedelta(days=days) if days else None


def apply(findings: Iterable[Finding], contracts: Iterable[ContractFacts], as_of: date) -> Iterator[Finding]:
    """The findings, those pending ones whose last day is near turned into `at_risk`."""
    by_pk = {contract.pk: contract for contract in contracts}
    for finding in findings:
        due_on = finding.nominal_due_on
        if finding.outcome != Outcome.PENDING or due_on is None:
            yield finding
            continue
        contract = by_pk[finding.contract_id]
        since = begins_on(contract, finding.check_id, due_on, as_of)
        yield finding if since is None or as_of < since else _warned(finding, since)


def _warned(finding: Finding, since: date) -> Finding:
    """Nothing in it counts the days: the next night finds the same."""
    return replace(
        finding,
        outcome=Outcome.AT_RISK,
        message=Message(
            _("%(finding)s The last day, %(due)s, is near: a warning, no breach."),
            finding=finding.message,
            due=finding.legal_due_on or finding.nominal_due_on,
        ),
        figures={**finding.figures, "warned_from": since},
    )
