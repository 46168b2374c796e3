"""What an amendment makes of a payment rule or an agreed deduction: a row of its own from its day on."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contract.duties.models import Amendment
from contract.models.base import by_two_people

IN_FORCE = Q(amendment=None) | Q(is_approved=True)
"""What the contract's document brought, and what two people have taken over from an amendment."""


class Amended(models.Model):
    """A row holds from `effective_from` on (empty: from the first day) until a later one of its title.

    A row of an amendment counts once both sides have agreed to it and a second person has taken it over.
    """

    effective_from = models.DateField(
        _("in force from"), null=True, blank=True, editable=False, help_text=_("Empty: from the contract's first day.")
    )
    amendment = models.ForeignKey(
        Amendment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("amendment"),
        help_text=_("The written change that both sides agree to; the row holds from its day on."),
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    is_approved = models.BooleanField(_("approved"), null=True, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def constraints_of(cls, prefix: str) -> list[models.BaseConstraint]:
        """Once per title and day of what counts or may still count, and decided by two people."""
        return [
            models.UniqueConstraint(
                fields=["contract", "title"],
                condition=Q(effective_from=None),
                name=f"{prefix}_once",
                violation_error_message=_("There is a row of this title already."),
            ),
            models.UniqueConstraint(
                fields=["contract", "title", "effective_from"],
                condition=Q(is_approved=None) | Q(is_approved=True),
                name=f"{prefix}_once_per_day",
                violation_error_message=_("There is a row of this title from this day on already."),
            ),
            *by_two_people(prefix),
        ]

    @property
    def awaits(self) -> bool:
        """Whether it awaits its second person."""
        return self.amendment_id is not None and self.is_approved is None

    def clean_amendment(self) -> dict[str, Any]:
        """What is wrong with the amendment it names."""
        contract_id = getattr(self, "contract_id", None)  # the service fills it in: on a form it is empty yet
        if self.amendment is not None and contract_id not in (None, self.amendment.contract_id):
            return {"amendment": _("This amendment changes another contract.")}
        if self.amendment is not None and self.amendment.withdrawn_on is not None:
            return {"amendment": _("This amendment was withdrawn.")}
        return {}

    def refuse_amendment(self) -> None:
        if problems := self.clean_amendment():
            raise ValidationError(problems)
