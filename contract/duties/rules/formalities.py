"""What makes the contract take effect (article 22): signatures, seals, originals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome, PartySide
from contract.findings import Evidence, Finding, Message
from contract.rules.steps import fixed, iso, known
from law.periods import standing

CHECK = "contract.formalities"


@dataclass(frozen=True)
class Signing:
    """One side's signature and seal, and the originals it holds."""

    pk: int
    signatory: str
    signed_on: date | None
    sealed_on: date | None
    originals: int


def formalities(contract: ContractFacts, signings: Mapping[PartySide, Signing], as_of: date) -> Finding:
    """Whether both sides had signed and sealed by the first day, and hold half the originals each.

    What nobody recorded is neither met nor broken: undetermined.
    """
    due = fixed(contract.starts_on)
    originals = contract.terms.on(contract.starts_on, "originals")
    missing = [side for side in PartySide if side not in signings]
    dates = [known(d, as_of) for s in signings.values() for d in (s.signed_on, s.sealed_on)]
    complete = not missing and None not in dates
    effective_on = max(day for day in dates if day) if complete else None
    held = {str(side): signing.originals for side, signing in signings.items()}
    outcome, wording = _judge(missing, effective_on, held, originals, contract.starts_on, as_of)
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=contract.subject,
        message=Message(
            wording, day=iso(effective_on), start=iso(contract.starts_on), held=sum(held.values()), originals=originals
        ),
        nominal_due_on=due.nominal,
        legal_due_on=due.legal,
        measured=iso(effective_on),
        required=iso(contract.starts_on),
        figures={
            "signed_and_sealed": {
                str(side): [known(s.signed_on, as_of), known(s.sealed_on, as_of)] for side, s in signings.items()
            },
            "originals_held": held,
            "originals": originals,
        },
        evidence=tuple(Evidence("contract.Formality", signing.pk, signing.signatory) for signing in signings.values()),
        done_on=effective_on,
    )


def _judge(
    missing: list[PartySide],
    effective_on: date | None,
    held: Mapping[str, int],
    originals: int,
    starts_on: date,
    as_of: date,
) -> tuple[Outcome, str]:
    if missing:
        return Outcome.UNDETERMINED, NOT_RECORDED
    if effective_on is None:
        late = as_of > starts_on
        return (Outcome.NOT_MET, INCOMPLETE) if late else (Outcome.PENDING, INCOMPLETE)
    outcome = Outcome(standing(fixed(starts_on), as_of, effective_on))
    if outcome == Outcome.NOT_MET:
        return outcome, TOO_LATE
    if sum(held.values()) != originals or len(set(held.values())) != 1:
        return Outcome.AT_RISK, UNEVEN
    return outcome, COMPLETE


NOT_RECORDED = _("The signature and seal of a side are not recorded, so nothing is concluded.")
INCOMPLETE = _("A signature or a seal is missing; the service began on %(start)s.")
TOO_LATE = _("Signed and sealed by both only on %(day)s, after the service began on %(start)s.")
UNEVEN = _("In effect since %(day)s. Of %(originals)d originals %(held)d are recorded; each side holds half.")
COMPLETE = _("Signed and sealed by both on %(day)s; each side holds half of %(originals)d originals.")
