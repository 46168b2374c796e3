"""What lies before the program came into use is not judged (启用日, per contract).

Applied to the findings of all checks after they have run. Readings taken here:

- A duty that fell due before that day, or a period that was over by then, has no finding: neither a
  breach nor a pass, for nobody here has looked at it.
- What was settled elsewhere stands as an opening fact with its paper. The findings of its kind about days that
  it names are left out, also where they fall due later.
- A period that the day divides is judged from that day on; the rules of people leave the days before out.
"""

from collections.abc import Iterable

from contract.batch import ContractFacts, Settled
from contract.choices import OpeningKind
from contract.findings import Finding

# The checks that a kind of opening fact settles. An open gap settles none: its clock goes on.
SETTLES: dict[str, tuple[str, ...]] = {
    OpeningKind.INSTALMENT: ("billing.invoice_first", "billing.acceptance_due", "billing.payment_due"),
    OpeningKind.RATE: ("staffing.on_post_rate", "staffing.attendance_reported"),
}


def judged(findings: Iterable[Finding], contracts: Iterable[ContractFacts]) -> list[Finding]:
    """The findings about days on which the program was in use and which nothing has settled."""
    late = {contract.pk: contract for contract in contracts if contract.in_use_from is not None}
    return [one for one in findings if one.contract_id not in late or _is_judged(one, late[one.contract_id])]


def _is_judged(finding: Finding, contract: ContractFacts) -> bool:
    due = finding.legal_due_on or finding.nominal_due_on
    over = due or (finding.period[1] if finding.period else None)
    if over is not None and over < contract.judged_from:
        return False
    return not any(_settles(fact, finding) for fact in contract.settled)


def _settles(fact: Settled, finding: Finding) -> bool:
    if finding.check_id not in SETTLES.get(fact.kind, ()) or finding.period is None:
        return False
    first, last = finding.period
    return fact.first <= first and last <= fact.last
