"""What the records of payment have in common."""

import functools
import operator
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Round
from django.utils.translation import gettext_lazy as _

from contract.models.base import Kept, Record


def money(label: Any, **options: Any) -> models.DecimalField:
    """A field for an amount in yuan, exact to the fen."""
    return models.DecimalField(label, max_digits=14, decimal_places=2, **options)


def fen(*fields: str) -> Combinable:
    """The sum of amounts of a row in whole fen, as the database counts them.

    SQLite keeps a decimal as a binary fraction: three amounts that are exact to the fen can add up to a
    trifle more than their sum. Whole numbers cannot.
    """
    whole = [
        Cast(
            Round(ExpressionWrapper(F(field) * 100, output_field=models.DecimalField(max_digits=18, decimal_places=2))),
            models.BigIntegerField(),
        )
        for field in fields
    ]
    return functools.reduce(operator.add, whole)


class Withdrawable(Record, Kept):
    """A record that was made by mistake is withdrawn with a reason; it is never deleted."""

    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("withdrawn by"),
    )
    withdrawal_reason = models.CharField(_("reason of the withdrawal"), max_length=300, blank=True, editable=False)

    class Meta(Record.Meta):
        abstract = True

    @property
    def stands(self) -> bool:
        return self.withdrawn_at is None


STANDING = Q(withdrawn_at__isnull=True)


def not_negative(model: str, *fields: str) -> Iterable[models.CheckConstraint]:
    """One named constraint for each amount that cannot be negative."""
    return [
        models.CheckConstraint(
            condition=Q(**{f"{field}__gte": 0}),
            name=f"{model}_{field}_not_negative",
            violation_error_message=_("An amount of money cannot be negative."),
        )
        for field in fields
    ]


def ends_after_start(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(period_end__gte=F("period_start")),
        name=name,
        violation_error_message=_("The period ends before it begins."),
    )
