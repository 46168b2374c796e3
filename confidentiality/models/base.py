"""What the records of confidentiality have in common."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contract.models.base import Kept, Record


class Withdrawable(Kept, Record):
    """A record that was made by mistake, or that was revoked, is withdrawn; it is never deleted."""

    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True, editable=False)
    withdrawal_reason = models.CharField(_("reason of the withdrawal"), max_length=300, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def stands(self) -> bool:
        return self.withdrawn_on is None


STANDING = models.Q(withdrawn_on__isnull=True)
