"""An amendment changes how a contract is paid, or what is deducted: one person proposes, a second takes over.

The rows are the contract's from the amendment's day on. What is settled stays (docs/decisions/0017): the open
instalments follow when finance generates them again.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from billing.models import PaymentItem, PaymentRule, Tariff
from billing.models.amended import IN_FORCE
from billing.rules import schedule
from billing.selectors.schedule import rule_facts
from billing.services.base import keep, require
from contract.duties.models import Amendment
from contract.models import Contract, Membership
from contract.selectors import contract_facts
from contract.services.delegations import refuse_for_proposer
from kit.errors import Conflict

FULL = Decimal(100)


@transaction.atomic
def propose_rule(*, rule: PaymentRule, items: Sequence[Mapping[str, Any]], actor: Any) -> PaymentRule:
    """Propose how an amendment changes a payment rule, or a further one. It counts once a second person takes it over.

    ValidationError names the field: an amendment of another contract, or a day that begins no period.
    """
    require(actor, "billing.add_paymentrule")
    _begin(rule, actor)
    keep(rule, actor)
    if not items:
        raise ValidationError(_("The payment rule has no item. Enter what it is made of."))
    for position, values in enumerate(items, start=1):
        keep(PaymentItem(rule=rule, position=position, **values), actor)
    _check_day(rule)
    return rule


@transaction.atomic
def propose_tariff(*, tariff: Tariff, actor: Any) -> Tariff:
    """Propose how an amendment changes an agreed deduction, or a further one; as `propose_rule`."""
    require(actor, "billing.add_tariff")
    _begin(tariff, actor)
    keep(tariff, actor)
    return tariff


@transaction.atomic
def decide_changes(*, amendment: Amendment, approve: bool, actor: Any, today: date) -> int:
    """A second person takes over, or rejects, all that is proposed under an amendment; returns how many rows.

    Raises ValidationError while a side has not agreed to the amendment, where the shares of the fee would
    not be 100 per cent, or for one's own proposal; Conflict where nothing awaits a decision.
    """
    require(actor, "billing.change_paymentrule")
    Contract.objects.select_for_update().get(pk=amendment.contract_id)
    current = Amendment.objects.get(pk=amendment.pk)
    rows: list[Any] = [
        row for model in (PaymentRule, Tariff) for row in model.objects.filter(amendment=current, is_approved=None)
    ]
    if not rows:
        raise Conflict(_("Nothing awaits a decision here (any more). Reload the page."))
    for row in rows:
        if actor is not None and row.proposed_by_id == actor.pk:
            raise ValidationError(_("The second person must not be the proposer. Ask a colleague to decide."))
        refuse_for_proposer(
            actor=actor, permission="billing.change_paymentrule", proposer_id=row.proposed_by_id, today=today
        )
    if approve and current.agreed_on is None:
        raise ValidationError(_("Both sides have not agreed to this amendment yet. Record their agreement first."))
    for row in rows:
        row.effective_from, row.decided_by, row.is_approved = current.effective_from, actor, approve
        keep(row, actor)
        if approve and isinstance(row, PaymentRule):
            _check_day(row)
    if approve:
        _check_shares(current)
    return len(rows)


def _begin(row: Any, actor: Any) -> None:
    if row.amendment is None:
        raise ValidationError({"amendment": _("Name the amendment that both sides agree to.")})
    if actor is not None and Membership.objects.filter(user=actor, party=row.amendment.contract.vendor_id).exists():
        raise ValidationError(_("The vendor does not write how the contract is paid."))
    row.contract, row.effective_from = row.amendment.contract, row.amendment.effective_from
    row.proposed_by, row.decided_by, row.is_approved = actor, None, None
    before = type(row).objects.filter(IN_FORCE, contract=row.contract, title=row.title).order_by("pk").first()
    if before is not None:
        row.position = before.position
    else:
        row.position = type(row).objects.filter(contract=row.contract).count() + 1


def _check_day(rule: PaymentRule) -> None:
    """A rule for so many months takes effect with a period, its own and the one that it replaces."""
    facts = contract_facts(rule.contract_id, rule.contract.starts_on)
    before = PaymentRule.objects.filter(
        IN_FORCE, Q(effective_from=None) | Q(effective_from__lt=rule.effective_from), contract=rule.contract
    ).filter(title=rule.title)
    for months in {row.every_months for row in (*before, rule) if row.every_months}:
        days = schedule.boundaries(facts, months)
        if rule.effective_from not in days:
            text = _(
                "The amendment takes effect on %(day)s, within a payment period. It has to take effect with one: "
                "%(days)s."
            )
            what = {"day": rule.effective_from, "days": schedule.listed(days)}
            raise ValidationError({"amendment": text % what})


def _check_shares(amendment: Amendment) -> None:
    """From the amendment's day on the shares of the fee are all of it."""
    rows = PaymentRule.objects.filter(IN_FORCE, contract=amendment.contract_id).prefetch_related("items")
    rules = [rule_facts(row) for row in rows]
    last = amendment.contract.ends_on
    holding = [schedule.in_force(rules, title, last) for title in {rule.title for rule in rules}]
    total = sum((rule.percent for rule in holding if rule is not None), Decimal(0))
    if total and total != FULL:
        text = _("By this amendment the shares of the fee would be %(total)s per cent, they must be 100.")
        raise ValidationError(text % {"total": f"{total.normalize():f}"})
