"""The acceptance of a period step by step: group, then office, then vendor. No step is skipped."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from billing.choices import PASSING
from billing.models import AcceptanceMember, AcceptanceSheet, Instalment, SheetScore
from billing.selectors.sheets import indicators_of
from billing.services.acceptances import record_acceptance
from billing.services.base import keep, lock, require, require_not_vendor
from billing.services.numbers import period_name
from billing.states import OPEN_SHEETS, SheetStatus
from contract.duties.models import AssessmentScheme
from contract.models import Membership
from contract.models.refusals import ANOTHER_CONTRACT
from contract.records import reason_given
from contract.rules import indicators
from contract.selectors import contract_facts
from kit.errors import Conflict


@transaction.atomic
def open_sheet(
    *, instalment: Instalment, actor: Any, today: date, scheme: AssessmentScheme | None = None
) -> AcceptanceSheet:
    """Begin the acceptance of a period that is over.

    Raises Conflict where it is accepted, or an acceptance is under way, already.
    """
    require(actor, "billing.add_acceptancesheet")
    row = lock(instalment)
    require_not_vendor(actor, row)
    if today < row.period_end:
        raise ValidationError(
            {"instalment": _("The period runs until %(day)s; accept it afterwards.") % {"day": row.period_end}}
        )
    passed = row.acceptances.filter(withdrawn_at=None, result__in=PASSING)
    if known := passed.select_related("accepted_by").first():
        raise Conflict(
            _("%(who)s recorded the acceptance of %(day)s already.")
            % {"who": known.accepted_by or "–", "day": known.accepted_on}
        )
    open_ones = row.sheets.filter(status__in=sorted(OPEN_SHEETS)).select_related("opened_by")
    if begun := open_ones.first():
        raise Conflict(
            _("%(who)s has begun sheet %(number)s for this period. Go on with that one.")
            % {"who": begun.opened_by or "–", "number": begun}
        )
    _check_scheme(scheme, row)
    sheet = AcceptanceSheet(
        instalment=row,
        scheme=scheme,
        opened_by=actor,
        number=f"YS-{row.contract.number}-{period_name(row)}-{row.sheets.count() + 1:02d}",
    )
    keep(sheet, actor)
    return sheet


@transaction.atomic
def save_group(
    *,
    sheet: AcceptanceSheet,
    actor: Any,
    members: Iterable[Mapping[str, Any]] | None = None,
    scores: Iterable[Mapping[str, Any]] | None = None,
    **fields: Any,
) -> AcceptanceSheet:
    """Keep the group, its points and its opinion, as long as the office has not decided.

    `members` and `scores` take the place of those before; left out, they stay.
    """
    require(actor, "billing.change_acceptancesheet")
    row = _locked(sheet, actor)
    _require_open(row)
    for name in ("group_opinion", "scheme"):
        if name in fields:
            setattr(row, name, fields[name])
    _check_scheme(row.scheme, row.instalment)
    row.status, row.group_on = SheetStatus.DRAFT, None
    keep(row, actor)
    if members is not None:
        row.members.all().delete()
        for values in members:
            keep(AcceptanceMember(sheet=row, **values), actor)
    if scores is not None:
        row.scores.all().delete()
        for values in scores:
            keep(SheetScore(sheet=row, **values), actor)
    return row


@transaction.atomic
def conclude_group(*, sheet: AcceptanceSheet, actor: Any, today: date) -> AcceptanceSheet:
    """The group has given its opinion: everybody has signed, every criterion has its points."""
    require(actor, "billing.change_acceptancesheet")
    row = _locked(sheet, actor)
    _require_open(row)
    problems = []
    members = list(row.members.all())
    facts = contract_facts(row.instalment.contract_id, today)
    least: int = facts.policies.on(today, "acceptance_group_size")
    if len(members) < least:
        problems.append(
            _("The group has %(count)d people; at least %(least)d are needed.")
            % {"count": len(members), "least": least}
        )
    unsigned = [one.name for one in members if one.signed_on is None]
    if unsigned:
        problems.append(_("Not signed yet: %(names)s.") % {"names": "、".join(unsigned)})
    early = [one.name for one in members if one.signed_on and one.signed_on < _end(row)]
    late = [one.name for one in members if one.signed_on and one.signed_on > today]
    if early:
        problems.append(
            _("Signed before the period ended (%(day)s): %(names)s.") % {"day": _end(row), "names": "、".join(early)}
        )
    if late:
        problems.append(_("Signed in the future: %(names)s.") % {"names": "、".join(late)})
    if not row.group_opinion.strip():
        problems.append(_("The opinion of the group is missing."))
    if row.scheme is not None:
        given = {score.criterion_id: score.points for score in row.scores.all()}
        criteria = list(row.scheme.criteria.all())
        missing = [one.title for one in criteria if one.pk not in given]
        if missing:
            problems.append(_("Without points: %(names)s.") % {"names": "、".join(missing)})
        else:
            row.score = indicators.score((one.weight, given[one.pk]) for one in criteria)
    if problems:
        raise ValidationError(problems)
    row.status, row.group_on = SheetStatus.GROUP, today
    keep(row, actor)
    return row


@transaction.atomic
def decide_sheet(
    *, sheet: AcceptanceSheet, accepted_on: date, result: str, opinion: str, actor: Any, today: date
) -> AcceptanceSheet:
    """The office decides upon the group's opinion; the figures of the period are frozen now.

    The decision is an Acceptance: the time for payment runs from it.
    """
    require(actor, "billing.change_acceptancesheet")
    row = _locked(sheet, actor)
    if row.status != SheetStatus.GROUP:
        raise Conflict(
            _("This sheet stands at “%(status)s”: the office decides after the group's opinion.")
            % {"status": row.get_status_display()}
        )
    opinion = reason_given(opinion, "purchaser_opinion")
    if row.group_on is not None and accepted_on < row.group_on:
        raise ValidationError(
            {"accepted_on": _("The group gave its opinion on %(day)s; decide afterwards.") % {"day": row.group_on}}
        )
    row.acceptance = record_acceptance(
        instalment=row.instalment, accepted_on=accepted_on, result=result, opinion=opinion, actor=actor, today=today
    )
    row.indicators, row.indicators_as_of = indicators_of(row.instalment, today), today
    row.result, row.purchaser_opinion = result, opinion
    row.status = SheetStatus.PURCHASER
    keep(row, actor)
    return row


@transaction.atomic
def answer_sheet(*, sheet: AcceptanceSheet, confirm: bool, opinion: str, actor: Any, on: date) -> AcceptanceSheet:
    """The vendor confirms the acceptance, or records its objection with the reason.

    An objection changes nothing of the office's decision; it stays readable beside it, and may be
    followed by a confirmation.
    """
    require(actor, "billing.answer_acceptancesheet")
    instalment = lock(sheet.instalment)
    vendor = instalment.contract.vendor_id
    if (
        actor is not None
        and not actor.is_superuser
        and not Membership.objects.filter(user=actor, party_id=vendor).exists()
    ):
        raise PermissionDenied(_("Only the vendor confirms the acceptance for the vendor."))
    row = AcceptanceSheet.objects.get(pk=sheet.pk)
    row.instalment = instalment
    allowed = {SheetStatus.PURCHASER} | ({SheetStatus.OBJECTED} if confirm else set())
    if row.status not in allowed:
        raise Conflict(
            _("This sheet stands at “%(status)s”: there is nothing to confirm or object to.")
            % {"status": row.get_status_display()}
        )
    opinion = opinion.strip()
    row.vendor_opinion = opinion if confirm else reason_given(opinion, "opinion")
    row.vendor_on, row.vendor_by = on, actor
    row.status = SheetStatus.CONFIRMED if confirm else SheetStatus.OBJECTED
    keep(row, actor)
    return row


def _locked(sheet: AcceptanceSheet, actor: Any) -> AcceptanceSheet:
    instalment = lock(sheet.instalment)
    require_not_vendor(actor, instalment)
    row = AcceptanceSheet.objects.select_related("scheme").get(pk=sheet.pk)
    row.instalment = instalment
    return row


def _require_open(row: AcceptanceSheet) -> None:
    if not row.is_open:
        raise Conflict(
            _("This sheet stands at “%(status)s”: it is not changed any more.") % {"status": row.get_status_display()}
        )


def _check_scheme(scheme: AssessmentScheme | None, instalment: Instalment) -> None:
    if scheme is None:
        return
    if scheme.contract_id != instalment.contract_id:
        raise ValidationError({"scheme": ANOTHER_CONTRACT})
    if not scheme.is_confirmed:
        raise ValidationError({"scheme": _("Both sides have to confirm the scheme before it is used.")})


def _end(row: AcceptanceSheet) -> date:
    return row.instalment.period_end
