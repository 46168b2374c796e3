"""Accounts of people: one call makes an account with everything that its role asks for.

Whether somebody enters the office's pages, or acts for a party, follows from the role: there is no technical
flag to forget.
"""

import secrets
from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract.access.models import Account
from contract.models import Membership, Party
from contract.roles import ADMINISTRATORS, AUDITOR, FINANCE, REVIEWER, STAFF, VENDOR, create_roles
from contract.signals import password_given

# What is copied from paper by hand: no 0 and O, no 1, I and l.
LEGIBLE = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

OFFICE_ROLES = (STAFF, REVIEWER, FINANCE, AUDITOR)
PARTY_ROLES = (*OFFICE_ROLES, VENDOR)


@transaction.atomic
def administrators(names: Sequence[str]) -> list[tuple[str, str, str]]:
    """Make the three administrators of an empty installation: (role, name, password) of each.

    ValidationError where a name is taken or given twice, or where there is such an administrator already.
    """
    if len(set(names)) != len(ADMINISTRATORS):
        raise ValidationError(_("The three administrators are three persons: give three names."))
    create_roles()
    made = []
    for role, name in zip(ADMINISTRATORS, names, strict=True):
        if User.objects.filter(groups__name=role).exists():
            raise ValidationError(
                _("There is a %(role)s already: further ones are made in the pages.") % {"role": role}
            )
        user, password = account(username=name)
        give(user, role=role, party=None)
        made.append((role, name, password))
    return made


@transaction.atomic
def account(
    *, username: str, name: str = "", telephone: str = "", email: str = "", valid_until: date | None = None
) -> tuple[User, str]:
    """Make an account without any right: the user, and a first password that is to be changed."""
    if User.objects.filter(username=username).exists():
        raise ValidationError(
            {"username": _("There is a user “%(name)s” already. Give another name.") % {"name": username}}
        )
    password = first_password()
    user = User(username=username, first_name=name, email=email)
    user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    Account.objects.update_or_create(user=user, defaults={"telephone": telephone, "valid_until": valid_until})
    password_given.send(User, user=user)
    return user, password


def first_password() -> str:
    """A password to be written down and handed over: four groups of five, about 115 bits."""
    return "-".join("".join(secrets.choice(LEGIBLE) for _place in range(5)) for _group in range(4))


@transaction.atomic
def give(user: User, *, role: str, party: Party | None) -> None:
    """Give an account its role, and the party that it acts for. An administrator acts for none."""
    if (role in ADMINISTRATORS) != (party is None):
        raise ValidationError(_("An administrator acts for no party, and everybody else for one."))
    user.is_staff = role != VENDOR
    user.save()
    user.groups.set([Group.objects.get(name=role)])
    if party is not None:
        Membership.objects.get_or_create(user=user, party=party)
    Account.objects.filter(user=user).update(proposed_role="", proposed_party=None)


def propose(user: User, *, role: str, party: Party) -> None:
    """Note which role an account is to have; who gives roles decides."""
    if role not in PARTY_ROLES:
        raise ValidationError({"role": _("There is no such role.")})
    Account.objects.update_or_create(user=user, defaults={"proposed_role": role, "proposed_party": party})
