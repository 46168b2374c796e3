"""The assessment before renewal: scheme confirmed by both, sheet scored, decision."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract import records
from contract.choices import PartySide, RenewalDecision
from contract.duties.models import AssessmentScheme, Criterion, RenewalAssessment, Score
from contract.duties.rules.renewal import WEIGHTS, passes, renewed_to, tender_end, weighted_result
from contract.models.refusals import later
from contract.selectors import contract_facts
from contract.values import NoValue
from kit.errors import Conflict


@transaction.atomic
def save_scheme(*, scheme: AssessmentScheme, criteria: Sequence[tuple[str, Decimal]] | None = None) -> AssessmentScheme:
    """Write a scheme and all its criteria; None leaves the criteria as they are.

    A side confirms only weights that add up to 100. What one side has confirmed stays.
    """
    records.lock(scheme)
    old = records.stored(scheme)
    confirmed = old is not None and (old.office_confirmed_on or old.vendor_confirmed_on)
    if confirmed:
        why = _("A side has confirmed this scheme. Make another one and have both confirm it.")
        records.unchanged(scheme, old, "contract", "pass_mark", why=why)
        if criteria is not None and _weights(criteria) != _weights(_criteria(scheme)):
            raise ValidationError(why)
    records.save(scheme)
    if criteria is not None and not confirmed:
        _replace_criteria(scheme, criteria)
    if scheme.office_confirmed_on or scheme.vendor_confirmed_on:
        total = sum((weight for _title, weight in _criteria(scheme)), Decimal(0))
        if total != WEIGHTS:
            raise ValidationError(
                _("The weights of the criteria add up to %(total)s, not to 100.") % {"total": f"{total.normalize():f}"}
            )
    return scheme


@transaction.atomic
def confirm_scheme(*, scheme: AssessmentScheme, side: PartySide, on: date) -> AssessmentScheme:
    """One side confirms criteria, weights and pass mark in writing."""
    row = records.locked(scheme)
    field = f"{side.value}_confirmed_on"
    if getattr(row, field) is not None:
        raise Conflict(_("This side confirmed it on %(day)s.") % {"day": getattr(row, field)})
    setattr(row, field, on)
    return save_scheme(scheme=row)


@transaction.atomic
def save_assessment(*, assessment: RenewalAssessment, points: Mapping[int, Decimal] | None = None) -> RenewalAssessment:
    """Write a scored sheet with its result and, where it is taken, the decision.

    `points` are points of 100 by criterion, all of them; None leaves them. A sheet without any is a
    draft that decides nothing. Only a scheme that both sides had confirmed by then counts. To renew
    takes a pass and a year within the tender; not to renew in spite of a pass takes a reason.
    """
    records.lock(assessment)
    assessment.full_clean()
    _check_scheme(assessment)
    scored = {score.criterion_id: score.points for score in _scores(assessment)} if points is None else dict(points)
    if scored or assessment.decision:
        _set_result(assessment, scored)
        _check_decision(assessment)
    records.save(assessment)
    if points is not None:
        _replace_scores(assessment, points)
    return assessment


def _set_result(assessment: RenewalAssessment, scored: Mapping[int, Decimal]) -> None:
    weights = dict(assessment.scheme.criteria.values_list("pk", "weight"))
    try:
        assessment.result = weighted_result(scored, weights)
    except ValueError:
        raise ValidationError(_("Give points for every criterion of the scheme.")) from None
    assessment.passed = passes(assessment.result, assessment.scheme.pass_mark)


def _check_scheme(assessment: RenewalAssessment) -> None:
    scheme = assessment.scheme
    confirmed_on = later(scheme.office_confirmed_on, scheme.vendor_confirmed_on)
    if confirmed_on is None or confirmed_on > assessment.assessed_on:
        raise ValidationError({"scheme": _("Both sides must have confirmed the scheme before the assessment.")})


def _check_decision(assessment: RenewalAssessment) -> None:
    if assessment.decision == RenewalDecision.RENEW:
        if not assessment.passed:
            raise ValidationError(
                {
                    "decision": _(
                        "The result (%(result)s) does not reach the pass mark (%(mark)s): the "
                        "contract cannot be renewed."
                    )
                    % {"result": assessment.result, "mark": assessment.scheme.pass_mark}
                }
            )
        _check_tender(assessment)
    elif assessment.decision and assessment.passed and not assessment.reason.strip():
        raise ValidationError({"reason": _("The assessment is passed: say why the contract is not renewed.")})


def _check_tender(assessment: RenewalAssessment) -> None:
    contract = assessment.contract
    facts = contract_facts(contract.pk, assessment.assessed_on)
    try:
        years = facts.terms.on(facts.starts_on, "tender_years")
    except NoValue:
        return
    last = tender_end(contract.tender_starts_on, years)
    if last is not None and renewed_to(contract.ends_on) > last:
        raise ValidationError(
            {"decision": _("The tender ends on %(day)s: another year would go beyond it.") % {"day": last}}
        )


def _criteria(scheme: AssessmentScheme) -> list[tuple[str, Decimal]]:
    return list(scheme.criteria.values_list("title", "weight"))


def _weights(criteria: Sequence[tuple[str, Decimal]]) -> dict[str, Decimal]:
    return dict(criteria)


def _replace_criteria(scheme: AssessmentScheme, criteria: Sequence[tuple[str, Decimal]]) -> None:
    if len(_weights(criteria)) != len(criteria):
        raise ValidationError(_("A criterion stands twice."))
    wanted = _weights(criteria)
    known = {row.title: row for row in scheme.criteria.all()}
    for title, row in known.items():
        if title not in wanted:
            row.delete()
    for title, weight in criteria:
        row = known.get(title) or Criterion(scheme=scheme, title=title)
        if row.pk is None or row.weight != weight:
            row.weight = weight
            row.full_clean()
            row.save()


def _scores(assessment: RenewalAssessment) -> Any:
    return assessment.scores.all() if assessment.pk else ()


def _replace_scores(assessment: RenewalAssessment, points: Mapping[int, Decimal]) -> None:
    known = {score.criterion_id: score for score in _scores(assessment)}
    for criterion_id, value in points.items():
        row = known.get(criterion_id) or Score(assessment=assessment, criterion_id=criterion_id)
        if row.pk is None or row.points != value:
            row.points = value
            row.full_clean()
            row.save()
