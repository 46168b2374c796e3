"""The instalments of a contract, made from its dated terms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from billing.choices import STANDING_INVOICES
from billing.models import Instalment
from billing.models.instalment import instalment_label
from billing.rules import schedule
from billing.rules.schedule import Line, Rule
from billing.selectors.schedule import quantities
from billing.selectors.schedule import rules as ruled
from billing.services.base import keep, require
from contract.findings import Message
from contract.models import Contract
from contract.rules.shares import SettledBeyondFee, Share, plan, share_out, total
from contract.selectors import contract_facts

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class PlannedRow:
    """One instalment: as it is recorded (if it is), and as the terms in force make it."""

    sequence: int
    share: Share
    row: Instalment | None
    amount: Decimal
    is_settled: bool
    is_supplement: bool = False
    is_touched: bool = False
    rule: Rule | None = None
    lines: tuple[Line, ...] = ()
    why: Message | None = None
    """Why the amount is not known (then it is none)."""

    @property
    def recorded(self) -> Decimal | None:
        return self.row.amount if self.row else None

    @property
    def title(self) -> str:
        """Of what is paid once: as its rule calls it."""
        return self.rule.title if self.rule is not None and self.rule.every_months is None else ""

    @property
    def label(self) -> str:
        return instalment_label(self.sequence, self.title, is_supplement=self.is_supplement)

    @property
    def difference(self) -> Decimal:
        return self.amount - (self.recorded or ZERO)

    @property
    def is_kept(self) -> bool:
        """Whether there is something to keep: a supplement of nothing is no supplement."""
        return bool(self.amount) or not self.is_supplement or self.is_settled or self.is_touched


@dataclass(frozen=True)
class InstalmentPlan:
    """The plan that the terms in force give, beside the one that is recorded."""

    fee: Decimal
    rows: tuple[PlannedRow, ...]
    dropped: tuple[Instalment, ...] = field(default=())

    @property
    def is_stale(self) -> bool:
        """Whether the recorded plan is not the one that the terms in force give."""
        return bool(self.dropped) or any(row.recorded != row.amount for row in self.rows if row.is_kept or row.row)

    @property
    def recorded(self) -> Decimal:
        rows = [row.recorded or ZERO for row in self.rows]
        return sum((*rows, *(row.amount for row in self.dropped)), ZERO)


def preview_instalments(*, contract: Contract, today: date | None = None) -> InstalmentPlan:
    """The plan that `generate_instalments` would record. Nothing is written.

    What is invoiced, accepted, paid or settled in a statement stays as it is; the open instalments
    carry the rest of the fee, and where none is open a supplement does. Raises ValidationError
    where the terms are missing or the settled ones are more than the fee in force.

    Where the contract has payment rules they make the plan; quantities count as known on `today`.
    """
    if rules := ruled([contract.pk]).get(contract.pk):
        return _by_rules(contract, rules, today or date.max)
    try:
        shares = plan(contract_facts(contract.pk, contract.starts_on))
        fee = total(shares)
    except (KeyError, ValueError) as error:
        raise _unread(error) from error
    rows = list(Instalment.objects.filter(contract=contract).order_by("sequence"))
    settled, touched = _settled(contract), _touched(contract)
    supplements = [row for row in rows if row.is_supplement]
    known, dropped = _match(shares, [row for row in rows if not row.is_supplement], touched)
    fixed = {place: row.amount for place, row in known.items() if row.pk in settled}
    beside = sum((row.amount for row in supplements if row.pk in settled), ZERO)
    try:
        sharing = share_out(shares, fixed, beside)
    except SettledBeyondFee as error:
        raise _too_much(error) from error
    planned = [
        PlannedRow(place + 1, share, row, amount, row is not None and row.pk in settled)
        for place, (share, amount) in enumerate(zip(shares, sharing.amounts, strict=True))
        for row in [known.get(place)]
    ]
    planned += _supplements(shares, supplements, settled, touched, sharing.supplement)
    return InstalmentPlan(fee, tuple(planned), tuple(dropped))


def _by_rules(contract: Contract, rules: Sequence[Rule], today: date) -> InstalmentPlan:
    """The plan that payment rules and known quantities give."""
    facts = contract_facts(contract.pk, contract.starts_on)
    known = quantities({contract.pk: rules}, today)[contract.pk]
    rows = list(Instalment.objects.filter(contract=contract).select_related("rule").order_by("sequence"))
    supplements = [row for row in rows if row.is_supplement]
    settled, touched = _settled(contract), _touched(contract)
    try:
        made = schedule.planned(facts, rules, known, today)
        places: dict[Any, int] = {(one.rule.title, 0, one.start, one.end): place for place, one in enumerate(made)}
        at, dropped = _placed(places, [row for row in rows if not row.is_supplement], touched)
        fixed = {place: row.amount for place, row in at.items() if row.pk in settled}
        beside = sum((row.amount for row in supplements if row.pk in settled), ZERO)
        found, supplement = schedule.amounts(made, fixed, schedule.budget_of(facts), beside)
    except SettledBeyondFee as error:
        raise _too_much(error) from error
    except (KeyError, ValueError) as error:
        raise _unread(error) from error
    taken = {row.sequence for row in rows if row not in dropped}
    free = iter(sorted(set(range(1, len(made) + len(rows) + 1)) - taken))
    lines = []
    for place, (one, amount) in enumerate(zip(made, found, strict=True)):
        row = at.get(place)
        lines.append(
            PlannedRow(
                row.sequence if row else next(free),
                one.share,
                row,
                amount or ZERO,
                row is not None and row.pk in settled,
                rule=one.rule,
                lines=one.lines,
                why=(one.why or Message(schedule.CAPPED)) if amount is None else None,
            )
        )
    lines += _supplements([one.share for one in made], supplements, settled, touched, supplement)
    return InstalmentPlan(sum((row.amount for row in lines), ZERO), tuple(lines), tuple(dropped))


def _unread(error: Exception) -> ValidationError:
    return ValidationError(
        _("The fee and the payment cycle cannot be read from the contract's terms: %(reason)s")
        % {"reason": error.args[0]}
    )


def _too_much(error: SettledBeyondFee) -> ValidationError:
    return ValidationError(
        _(
            "%(settled)s yuan are invoiced, accepted or paid already, the amended fee is "
            "%(fee)s yuan: %(excess)s yuan too much. Have the vendor cancel an invoice by a "
            "red-letter one, or withdraw what was recorded by mistake; then generate again."
        )
        % {
            "settled": f"{error.settled:,.2f}",
            "fee": f"{error.fee:,.2f}",
            "excess": f"{error.settled - error.fee:,.2f}",
        }
    )


@transaction.atomic
def generate_instalments(*, contract: Contract, actor: Any = None, today: date | None = None) -> list[Instalment]:
    """Make or renew the instalments from the fee and the payment cycle in force.

    Running it again changes nothing. See `preview_instalments` for what it leaves as it is and
    what it raises.
    """
    require(actor, "billing.add_instalment")
    Contract.objects.select_for_update().get(pk=contract.pk)
    planned = preview_instalments(contract=contract, today=today)
    for row in planned.dropped:
        row.delete()
    rows = []
    for line in planned.rows:
        if not line.is_kept:
            if line.row is not None:
                line.row.delete()
            continue
        row = line.row or Instalment(
            contract=contract,
            sequence=line.sequence,
            period_start=line.share.start,
            period_end=line.share.end,
            is_supplement=line.is_supplement,
            rule_id=line.rule.pk if line.rule else None,
            amount=Decimal(-1),
        )
        kept = row.lines if line.is_settled else schedule.written(line.lines)
        rule = row.rule_id if line.is_settled or line.rule is None else line.rule.pk
        found = (line.amount, line.why is not None, kept, line.title, rule)
        if (row.amount, row.is_open, row.lines, row.title, row.rule_id) != found:
            row.amount, row.is_open, row.lines, row.title, row.rule_id = found
            keep(row, actor)
        rows.append(row)
    return rows


def _match(
    shares: Sequence[Share], rows: Sequence[Instalment], touched: set[int]
) -> tuple[dict[int, Instalment], list[Instalment]]:
    """The recorded rows by the place of their period, and those whose period is no more."""
    places = {(None, place + 1, share.start, share.end): place for place, share in enumerate(shares)}
    return _placed(places, [row for row in rows if row.rule_id is None], touched)


def _placed(
    places: Mapping[Any, int], rows: Sequence[Instalment], touched: set[int]
) -> tuple[dict[int, Instalment], list[Instalment]]:
    """The recorded rows by their place: by rule where one made them, else by number; and those without one."""
    known: dict[int, Instalment] = {}
    dropped = []
    for row in rows:
        title = row.rule.title if row.rule else None
        place = places.get((title, 0 if title else row.sequence, row.period_start, row.period_end))
        if place is not None:
            known[place] = row
        elif row.pk in touched:
            raise ValidationError(_("Records refer to %(instalment)s: its period cannot change.") % {"instalment": row})
        else:
            dropped.append(row)
    return known, dropped


def _supplements(
    shares: Sequence[Share], rows: Sequence[Instalment], settled: set[int], touched: set[int], amount: Decimal
) -> list[PlannedRow]:
    """The supplements: settled ones as they are, the first open one with what is to be added."""
    planned = []
    for row in rows:
        share = Share(row.period_start, row.period_end, shares[-1].weight * 0)
        if row.pk in settled:
            planned.append(PlannedRow(row.sequence, share, row, row.amount, True, True))
            continue
        planned.append(
            PlannedRow(
                row.sequence, share, row, amount, is_settled=False, is_supplement=True, is_touched=row.pk in touched
            )
        )
        amount = ZERO
    if amount:
        start = max(
            (span.start for share in shares for span in share.spans if span.annual_fee), default=shares[-1].start
        )
        sequence = max([len(shares), *(row.sequence for row in rows)]) + 1
        share = Share(start, shares[-1].end, shares[-1].weight * 0)
        planned.append(PlannedRow(sequence, share, None, amount, False, is_supplement=True))
    return planned


def amount_is_settled(instalment: Instalment) -> bool:
    """Whether the amount was invoiced, accepted, paid, claimed or stated already: it stays as it is."""
    return instalment.pk in _settled(instalment.contract)


def _settled(contract: Contract) -> set[int]:
    """The instalments whose amount was invoiced, accepted, paid, claimed or stated already."""
    standing = (
        Q(paid_amount__gt=0)
        | Q(statements__isnull=False)
        | Q(acceptances__isnull=False, acceptances__withdrawn_at=None)
        | Q(invoices__status__in=STANDING_INVOICES)
        | Q(deducted_amount__gt=0)
        | Q(withheld_amount__gt=0)
    )
    rows = Instalment.objects.filter(standing, contract=contract)
    return set(rows.values_list("pk", flat=True))


def _touched(contract: Contract) -> set[int]:
    """The instalments that any record refers to, a returned or withdrawn one included."""
    rows = Instalment.objects.filter(
        Q(statements__isnull=False)
        | Q(acceptances__isnull=False)
        | Q(invoices__isnull=False)
        | Q(payments__isnull=False)
        | Q(sheets__isnull=False)
        | Q(claims__isnull=False)
        | Q(quantities__isnull=False)
        | Q(claim_events__isnull=False),
        contract=contract,
    )
    return set(rows.values_list("pk", flat=True))
