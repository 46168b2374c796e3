"""The instalments of a contract, made from its dated terms."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from billing.choices import STANDING_INVOICES
from billing.models import Instalment
from billing.rules.shares import amounts, plan
from billing.services.common import keep, require
from contract.models import Contract
from contract.selectors import contract_facts


@transaction.atomic
def generate_instalments(*, contract: Contract, actor: Any = None) -> list[Instalment]:
    """Make or renew the instalments from the fee and the payment cycle in force.

    Running it again changes nothing. After an amendment what is invoiced, accepted, paid or
    settled in a statement stays as it is; the open instalments carry the rest of the fee. Raises
    ValidationError where the terms are missing or the settled ones leave no room.
    """
    require(actor, "billing.add_instalment")
    Contract.objects.select_for_update().get(pk=contract.pk)
    facts = contract_facts(contract.pk, contract.starts_on)
    try:
        shares = plan(facts)
    except (KeyError, ValueError) as error:
        raise ValidationError(
            _("The fee and the payment cycle cannot be read from the contract's terms: %(reason)s")
            % {"reason": error.args[0]}
        ) from error
    periods = {(number, share.start, share.end) for number, share in enumerate(shares, start=1)}
    known: dict[int, Instalment] = {}
    settled, touched = _settled(contract), _touched(contract)
    for row in Instalment.objects.filter(contract=contract):
        if (row.sequence, row.period_start, row.period_end) in periods:
            known[row.sequence] = row
        elif row.pk in touched:
            raise ValidationError(
                _("Records refer to %(instalment)s: its period cannot change.")
                % {"instalment": row}
            )
        else:
            row.delete()
    fixed = {row.sequence - 1: row.amount for row in known.values() if row.pk in settled}
    try:
        parts = amounts(shares, fixed)
    except ValueError as error:
        raise ValidationError(
            _("The amended fee cannot be shared out: what is invoiced or paid already leaves no "
              "room. Settle the difference with the vendor first.")
        ) from error  # fmt: skip
    rows = []
    for number, (share, amount) in enumerate(zip(shares, parts, strict=True), start=1):
        row = known.get(number) or Instalment(
            contract=contract, sequence=number, period_start=share.start, period_end=share.end,
            amount=Decimal(-1),
        )  # fmt: skip
        if row.amount != amount:
            row.amount = amount
            keep(row, actor)
        rows.append(row)
    return rows


def _settled(contract: Contract) -> set[int]:
    """The instalments whose amount was invoiced, accepted, paid or stated already."""
    standing = (
        Q(paid_amount__gt=0)
        | Q(statements__isnull=False)
        | Q(acceptances__isnull=False, acceptances__withdrawn_at=None)
        | Q(invoices__status__in=STANDING_INVOICES)
    )
    rows = Instalment.objects.filter(standing, contract=contract)
    return set(rows.values_list("pk", flat=True))


def _touched(contract: Contract) -> set[int]:
    """The instalments that any record refers to, a returned or withdrawn one included."""
    rows = Instalment.objects.filter(
        Q(statements__isnull=False)
        | Q(acceptances__isnull=False)
        | Q(invoices__isnull=False)
        | Q(payments__isnull=False),
        contract=contract,
    )
    return set(rows.values_list("pk", flat=True))
