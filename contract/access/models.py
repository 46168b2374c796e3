"""Which attempts to sign in wait, and what is known of passwords. Neither refers to a contract."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contract.access.choices import Scope
from kit.second_factor.device import SealedDevice


class LoginLock(models.Model):
    """Attempts that wait until an instant, whoever knows the password. Trying does not prolong it."""

    scope = models.CharField(_("what waits"), max_length=8, choices=Scope)
    name = models.CharField(_("username"), max_length=150, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), db_index=True)
    failures = models.PositiveIntegerField(_("failed attempts"))
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("lifted by")
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)

    class Meta:
        verbose_name = _("lock of sign-in")
        verbose_name_plural = _("locks of sign-in")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_scope_display()}: {self.name} {self.address or ''}".strip()


class Account(models.Model):
    """What is known of an account beside Django's own: its password, until when it holds, a role that is proposed.

    Nobody who has none has had to change a password.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="account", primary_key=True)
    must_change = models.BooleanField(_("must change the password"), default=False)
    changed_at = models.DateTimeField(_("password changed at"), null=True, blank=True)
    # Hashes of earlier passwords, the newest first.
    earlier = models.JSONField(default=list)
    # Of the address of the person's calendar; who has the address needs nothing else, so it is kept as a hash.
    calendar_sha256 = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    telephone = models.CharField(_("telephone"), max_length=40, blank=True)
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("The last day on which this person may sign in.")
    )
    # Who keeps accounts proposes a role; who gives roles gives it.
    proposed_role = models.CharField(_("proposed role"), max_length=30, blank=True)
    proposed_party = models.ForeignKey(
        "contract.Party", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("acts for")
    )

    class Meta:
        verbose_name = _("state of a password")
        verbose_name_plural = _("states of passwords")

    def __str__(self) -> str:
        return str(self.user)


class Authenticator(SealedDevice):
    """The device of one-time codes of somebody who enters the pages."""

    class Meta(SealedDevice.Meta):
        verbose_name = _("device of one-time codes")
        verbose_name_plural = _("devices of one-time codes")
