"""An account is closed: what waits for its person goes to a colleague who may take it.

Turns belong to a right, not to a name: a colleague with the right finds them on the home page. So closing looks
for who has it, moves the deputyships, which do bear a name, and writes to the colleague what is waiting.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from contract.choices import AccessKind, Step
from contract.delivery.services import outbox
from contract.history.access import log
from contract.models import Alert, Contract, Delegation, Party
from contract.selectors import visible_contracts
from contract.selectors.cases import TAKES, VENDORS_TURN, WAITS
from contract.services import delegations


@dataclass(frozen=True)
class Turn:
    """So many cases of a contract wait for the same step of a person."""

    contract: Contract
    step: Step
    count: int

    def __str__(self) -> str:
        return _("%(contract)s: %(step)s, %(count)d cases") % {
            "contract": self.contract.number,
            "step": self.step.label,
            "count": self.count,
        }


def turns(user: User) -> list[Turn]:
    """The steps that a person may take now, by contract. The vendor's people answer."""
    found = []
    for contract in visible_contracts(user).order_by("number"):
        rows = Alert.objects.filter(contract=contract)
        for step, waits in _steps(user):
            if count := rows.filter(waits).count():
                found.append(Turn(contract, step, count))
    return found


def colleagues(user: User) -> QuerySet[User]:
    """Who acts for the same party and could take over: open accounts of people, the person's own left out."""
    parties = Party.objects.filter(memberships__user=user)
    same = User.objects.filter(is_active=True, is_superuser=False, is_staff=user.is_staff)
    return same.filter(memberships__party__in=parties).exclude(pk=user.pk).distinct().order_by("username")


def untaken(user: User, colleague: User | None) -> list[Turn]:
    """The turns of a person that this colleague may not take; without a colleague those that nobody may."""
    others = [colleague] if colleague else list(colleagues(user))
    able = {step for one in others for step, _waits in _steps(one)}
    return [turn for turn in turns(user) if turn.step not in able]


@transaction.atomic
def close(user: User, *, colleague: User | None, actor: Any, today: date, at: datetime, request: Any = None) -> None:
    """Close an account and hand over what waits. ValidationError where somebody could take it and is not named.

    Where nobody has the right yet the account is closed all the same: whoever gets the right finds the turns.
    """
    if user.pk == actor.pk or user.is_superuser:
        raise ValidationError(_("Nobody closes their own account, or that of the operator."))
    if not user.is_active:
        raise ValidationError(_("This account is closed already."))
    waiting = turns(user)
    if colleague is None:
        if waiting and colleagues(user).exists() and not untaken(user, None):
            raise ValidationError({"colleague": _("Turns wait for this person: name the colleague who takes them.")})
    else:
        if not colleagues(user).filter(pk=colleague.pk).exists():
            raise ValidationError(
                {"colleague": _("The colleague must act for the same party and have an open account.")}
            )
        left = [turn for turn in untaken(user, colleague) if turn not in untaken(user, None)]
        if left:
            raise ValidationError(
                {
                    "colleague": _("%(name)s may not take these turns, somebody else may: %(turns)s")
                    % {"name": _named(colleague), "turns": "；".join(map(str, left))}
                }
            )
    _end(user, {colleague: waiting} if colleague else {}, actor=actor, today=today, at=at, request=request)


@transaction.atomic
def end_expired(*, today: date, at: datetime) -> list[str]:
    """Close the accounts whose last day is over; their names. Nobody is asked, so each turn goes to the first colleague
    who may take it, of the same roles before others.
    """
    ended = User.objects.filter(is_active=True, account__valid_until__lt=today).order_by("username")
    for user in ended:
        _end(user, _takers(user, today), actor=None, today=today, at=at)
    return [user.username for user in ended]


def _takers(user: User, today: date) -> dict[User, list[Turn]]:
    roles = set(user.groups.all())
    staying = colleagues(user).exclude(account__valid_until__lt=today)
    ranked = sorted(staying, key=lambda one: set(one.groups.all()) != roles)
    able = {one: {step for step, _waits in _steps(one)} for one in ranked}
    found: dict[User, list[Turn]] = {}
    for turn in turns(user):
        if taker := next((one for one in ranked if turn.step in able[one]), None):
            found.setdefault(taker, []).append(turn)
    return found or {one: [] for one in ranked[:1]}


def _end(
    user: User, takers: dict[User, list[Turn]], *, actor: Any, today: date, at: datetime, request: Any = None
) -> None:
    _move_deputyships(user, next(iter(takers), None), today)
    user.is_active = False
    user.save()
    text = _("account closed; open turns go to %(name)s: %(count)d") % {
        "name": "、".join(map(_named, takers)) or _("nobody"),
        "count": sum(turn.count for waiting in takers.values() for turn in waiting),
    }
    log.note(AccessKind.CHANGED, request=request, user=actor, row=user, text=text)
    for colleague, waiting in takers.items():
        if waiting:
            _tell(user, colleague, waiting, at)


def _steps(user: User) -> Iterator[tuple[Step, Q]]:
    if not user.is_staff:
        yield Step.ANSWER, VENDORS_TURN
        return
    for step, permission in TAKES.items():
        if user.has_perm(permission):
            yield step, WAITS[step]


def _move_deputyships(user: User, colleague: User | None, today: date) -> None:
    """Whoever is on leave gets another deputy for the days that are left; the person's own lending ends."""
    standing = Delegation.objects.filter(withdrawn_on__isnull=True, ends_on__gte=today).select_related("absent")
    for row in standing.filter(absent=user):
        delegations.withdraw(delegation=row, today=today)
    for row in standing.filter(deputy=user):
        delegations.withdraw(delegation=row, today=today)
        if colleague is not None and colleague != row.absent:
            with suppress(ValidationError):  # what can no longer be lent ends
                delegations.enter(
                    absent=row.absent,
                    deputy=colleague,
                    starts_on=max(row.starts_on, today),
                    ends_on=row.ends_on,
                    reason=row.reason,
                    today=today,
                )


def _tell(user: User, colleague: User, waiting: list[Turn], at: datetime) -> None:
    if not colleague.email:
        return
    subject = _("You take over from %(name)s") % {"name": _named(user)}
    outbox.enqueue(
        kind="account.handover",
        contract=None,
        party=Party.objects.filter(memberships__user=user).first(),
        payload={"subject": subject, "text": "\n".join([subject, *map(str, waiting)])},
        recipients=[colleague.email],
        dedupe_key=f"handover:{user.pk}:{at.isoformat()}",
        at=at,
    )


def _named(user: User) -> str:
    return user.get_full_name() or user.username
