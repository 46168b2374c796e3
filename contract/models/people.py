"""Who may see what: people belong to parties, and see their parties' contracts."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from contract.models.agreement import Party
from contract.models.base import Record
from contract.roles import ADMINISTRATORS


class Membership(Record):
    """A user acts for a party. Without one a user sees nothing."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    party = models.ForeignKey(Party, models.CASCADE, related_name="memberships", verbose_name=_("party"))

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["party", "user"]
        permissions = [("assign_roles", _("Can give roles to users"))]
        constraints = [models.UniqueConstraint(fields=["user", "party"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} – {self.party}"

    def clean(self) -> None:
        """An administrator acts for nobody: none of the three sees a case."""
        super().clean()
        if self.user_id and self.user.groups.filter(name__in=ADMINISTRATORS).exists():
            raise ValidationError(_("This user is an administrator, and an administrator acts for no party."))


class Delegation(Record):
    """代理: while somebody is on leave, a named colleague decides what waits for them as the second person.

    It lends the right to decide and nothing else, from day to day, and never beyond what the absent
    person may do then (contract.access.deputies).
    """

    absent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="delegations_given", verbose_name=_("on leave")
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="delegations_held", verbose_name=_("deputy")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    reason = models.CharField(_("reason"), max_length=200)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("deputy of a reviewer")
        verbose_name_plural = _("deputies of reviewers")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(absent=models.F("deputy")), name="delegation_to_another"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="delegation_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absent} → {self.deputy} {self.starts_on:%Y-%m-%d}–{self.ends_on:%Y-%m-%d}"


class IdempotencyRecord(models.Model):
    """The answer given to a write with an `Idempotency-Key`, to give again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return self.key
