"""Amendments and headcount orders become dated terms from their day on."""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract import records
from contract.choices import PartySide
from contract.duties.models import Amendment, AmendmentChange, HeadcountOrder
from contract.duties.rules.notices import bound_from
from contract.models import Contract, Term
from contract.selectors import contract_facts
from contract.values import NoValue
from kit.errors import Conflict


@transaction.atomic
def save_amendment(*, amendment: Amendment, changes: Mapping[str, str] | None = None) -> Amendment:
    """Write an amendment and the figures it changes; when both sides have agreed, the terms too.

    `changes` are written values by key, all of them; None leaves them as they are. Once both have
    agreed neither the figures nor the days that they rest on change any more: amend again.
    """
    records.lock(amendment)
    old = records.stored(amendment)
    was_agreed = old is not None and old.agreed_on is not None
    if was_agreed:
        why = _("Both sides have agreed to this amendment. Amend it by another one.")
        records.unchanged(
            amendment,
            old,
            "contract",
            "proposed_by",
            "effective_from",
            "office_agreed_on",
            "vendor_agreed_on",
            "withdrawn_on",
            why=why,
        )
        if changes is not None and dict(changes) != _written(amendment):
            raise ValidationError(why)
    _arrives_with_agreement(amendment)
    records.save(amendment)
    if not was_agreed:
        if changes is not None:
            _replace_changes(amendment, changes)
        if amendment.agreed_on is not None:
            _write_terms(amendment)
    return amendment


@transaction.atomic
def agree_to_amendment(*, amendment: Amendment, side: PartySide, on: date) -> Amendment:
    """One side agrees in writing. With the second agreement the new figures become terms."""
    row = records.locked(amendment)
    field = f"{side.value}_agreed_on"
    if row.withdrawn_on is not None:
        raise Conflict(_("This amendment was withdrawn on %(day)s.") % {"day": row.withdrawn_on})
    if getattr(row, field) is not None:
        raise Conflict(_("This side agreed on %(day)s already.") % {"day": getattr(row, field)})
    setattr(row, field, on)
    return save_amendment(amendment=row)


@transaction.atomic
def withdraw_amendment(*, amendment: Amendment, on: date) -> Amendment:
    """Take a proposal back before both sides have agreed."""
    row = records.locked(amendment)
    row.withdrawn_on = on
    return save_amendment(amendment=row)


@transaction.atomic
def save_headcount_order(*, order: HeadcountOrder) -> HeadcountOrder:
    """Write an order; once its notice has arrived the headcount is a term from the day that binds.

    A lower headcount relieves the vendor from the order's day; a higher one binds it only when the
    days of article 4 have passed since the arrival: the office's late notice is no shortage of the vendor's.

    A notice that arrives after that day is refused, for it would change the past: cancel the order
    and issue another. An order is cancelled before it takes effect, and its term with it.
    """
    records.lock(order)
    old = records.stored(order)
    applied = Term.objects.filter(headcount_order=order.pk).first() if order.pk else None
    if applied is not None:
        why = _("The headcount is in force by this order. Cancel it, or issue another one.")
        records.unchanged(order, old, "contract", "headcount", "effective_from", "arrived_on", why=why)
    _check_order_days(order, applied)
    records.save(order)
    if order.cancelled_on is not None:
        if applied is not None:
            applied.delete()  # the history of the term keeps it
    elif applied is None and order.arrived_on is not None:
        _write_term(
            order.contract,
            "headcount",
            str(order.headcount),
            binds_from(order),
            Term(headcount_order=order, note=order.document),
        )
    return order


def binds_from(order: HeadcountOrder) -> date:
    """The day from which an order that has arrived binds the vendor: the rule's, on the contract's figures."""
    terms = contract_facts(order.contract_id, order.issued_on).terms
    sent = max(order.issued_on, order.contract.starts_on)
    try:
        days: int = terms.on(sent, "headcount_notice_days")
    except NoValue:  # no time of notice is agreed
        days = 0
    more = order.headcount > terms.on(order.effective_from, "headcount")
    return bound_from(order.effective_from, order.arrived_on or order.effective_from, days, more=more)


def _check_order_days(order: HeadcountOrder, applied: Term | None) -> None:
    if order.arrived_on and order.effective_from and order.arrived_on > order.effective_from:
        raise ValidationError(
            {
                "arrived_on": _(
                    "The notice arrives after the order takes effect on %(day)s, and the past does "
                    "not change. Cancel this order and issue another one."
                )
                % {"day": order.effective_from}
            }
        )
    if applied is not None and order.cancelled_on and order.cancelled_on >= applied.effective_from:
        raise ValidationError(
            {
                "cancelled_on": _(
                    "The order took effect on %(day)s; from then on only another order changes the headcount."
                )
                % {"day": applied.effective_from}
            }
        )


def _arrives_with_agreement(amendment: Amendment) -> None:
    """Who agrees to a proposal has received it, at the latest on that day."""
    other = amendment.vendor_agreed_on if amendment.proposed_by == PartySide.OFFICE else amendment.office_agreed_on
    if amendment.arrived_on is None and other is not None:
        amendment.arrived_on = other


def _written(amendment: Amendment) -> dict[str, str]:
    return dict(amendment.changes.values_list("key", "value"))


def _replace_changes(amendment: Amendment, changes: Mapping[str, str]) -> None:
    known = {change.key: change for change in amendment.changes.all()}
    for key, change in known.items():
        if key not in changes:
            change.delete()
    for key, value in changes.items():
        row = known.get(key) or AmendmentChange(amendment=amendment, key=key)
        if row.pk is None or row.value != value:
            row.value = value
            row.full_clean()
            row.save()


def _write_terms(amendment: Amendment) -> None:
    for change in amendment.changes.all():
        _write_term(
            amendment.contract,
            change.key,
            change.value,
            amendment.effective_from,
            Term(amendment=amendment, note=amendment.document),
        )


def _write_term(contract: Contract, key: str, value: str, day: date, term: Term) -> None:
    if Term.objects.filter(contract=contract, key=key, effective_from=day).exists():
        raise ValidationError(
            {
                "effective_from": _("On %(day)s another value of “%(label)s” takes effect already. Choose another day.")
                % {"day": day, "label": Term.DEFINITIONS[key].label}
            }
        )
    term.contract, term.key, term.value, term.effective_from = contract, key, value, day
    term.note = term.note[:200]
    term.full_clean()
    term.save()
