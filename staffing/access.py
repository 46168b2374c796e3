"""Which people a user sees: those of their own parties, and those who serve on their contracts.

An office does not see a vendor's people who work for somebody else.
"""

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet

from contract.models import Membership, Party
from contract.selectors import visible_contracts
from staffing.models import Assignment, Operator


def own_parties(user: User | AnonymousUser) -> QuerySet[Party]:
    """The parties that the user acts for; all for a superuser."""
    if not isinstance(user, User):
        return Party.objects.none()
    if user.is_superuser:
        return Party.objects.all()
    return Party.objects.filter(pk__in=Membership.objects.filter(user=user).values("party"))


def visible_operators(user: User | AnonymousUser) -> QuerySet[Operator]:
    """The operators of the user's parties, and those assigned to a visible contract."""
    if not isinstance(user, User):
        return Operator.objects.none()
    if user.is_superuser:
        return Operator.objects.all()
    serving = Assignment.objects.filter(contract__in=visible_contracts(user)).values("operator")
    return Operator.objects.filter(Q(vendor__in=own_parties(user)) | Q(pk__in=serving))
