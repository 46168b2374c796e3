"""Whether the periods' scores keep what the contract asks for, and when bad ones give a right to terminate.

A contract may say that so many periods in a row below a score, or so many low scores in all, give the office
that right. Whether it is used is two people's to decide; here the periods are counted. One finding a contract.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Evidence, Finding, Message

CHECK = "billing.score"


@dataclass(frozen=True)
class PeriodScore:
    """The score of a period, as the office accepted it on a day."""

    pk: int
    number: str
    start: date
    end: date
    score: Decimal
    accepted_on: date


def scores(contract: ContractFacts, rows: Sequence[PeriodScore], as_of: date) -> Iterator[Finding]:
    """The scores known on a day against the contract's figures; nothing while no period is scored."""
    known = [row for row in rows if row.accepted_on <= as_of]
    floor, in_a_row = _term(contract, "score_floor"), _term(contract, "score_misses_in_a_row")
    low, in_all = _term(contract, "score_low"), _term(contract, "score_lows_in_all")
    if floor is None and low is None:
        yield _finding(contract, Outcome.UNDETERMINED, Message(NO_FIGURE), known, {})
        return
    if not known:
        return
    misses = [row for row in known if floor is not None and row.score < floor]
    lows = [row for row in known if low is not None and row.score < low]
    run = _longest_run(known, misses)
    terminates = (in_a_row is not None and run >= in_a_row) or (in_all is not None and len(lows) >= in_all)
    figures = {"periods": len(known), "below": len(misses), "in_a_row": run, "low": len(lows), "terminates": terminates}
    params = {"periods": len(known), "below": len(misses), "run": run, "low": len(lows), "last": known[-1].score}
    if terminates:
        yield _finding(contract, Outcome.NOT_MET, Message(TERMINATES, **params), known, figures)
    elif misses or lows:
        bad_now = known[-1] in misses or known[-1] in lows
        outcome = Outcome.NOT_MET if bad_now else Outcome.AT_RISK
        yield _finding(contract, outcome, Message(BELOW, **params), known, figures)
    else:
        yield _finding(contract, Outcome.MET, Message(KEPT, **params), known, figures)


def _term(contract: ContractFacts, key: str) -> Any:
    row = contract.terms.row(contract.starts_on, key)
    return row.value if row else None


def _longest_run(rows: Sequence[PeriodScore], misses: Sequence[PeriodScore]) -> int:
    """The most periods one after another, as they were scored, that are below the floor."""
    longest = run = 0
    for row in rows:
        run = run + 1 if row in misses else 0
        longest = max(longest, run)
    return longest


def _finding(
    contract: ContractFacts, outcome: Outcome, message: Message, rows: Sequence[PeriodScore], figures: dict[str, Any]
) -> Finding:
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=contract.subject,
        message=message,
        measured=f"{rows[-1].score.normalize():f}" if rows else "–",
        required=_required(contract),
        figures=figures,
        evidence=tuple(Evidence("billing.AcceptanceSheet", row.pk, f"{row.number} {row.score}") for row in rows),
    )


def _required(contract: ContractFacts) -> str:
    found = _term(contract, "score_floor") or _term(contract, "score_low")
    return f"≥{found.normalize():f}" if found is not None else ""


NO_FIGURE = _("The contract carries the check and names no score (score_floor or score_low).")
KEPT = _("%(periods)d periods are scored, none below what is agreed; the last has %(last)s.")
BELOW = _("Of %(periods)d scored periods %(below)d are below the score and %(low)d are low; the last has %(last)s.")
TERMINATES = _(
    "Of %(periods)d scored periods %(below)d are below the score, %(run)d of them in a row, and %(low)d are low: by "
    "the contract the office may terminate. Two people decide whether it does."
)
