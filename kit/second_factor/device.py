"""A device of one-time codes whose secret stands sealed in the database."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin, TimestampMixin
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from kit.database.fields import EncryptedTextField


class SealedDevice(TimestampMixin, ThrottlingMixin, Device):
    """django-otp's device of one-time codes (TOTP), all but the column of its secret: that one is sealed
    like every number of a person. What it does is the library's own."""

    key = EncryptedTextField(_("secret"), default=default_key, editable=False)
    step = models.PositiveSmallIntegerField(_("seconds of a code"), default=30)
    t0 = models.BigIntegerField(_("first second"), default=0)
    digits = models.PositiveSmallIntegerField(_("digits"), default=6)
    tolerance = models.PositiveSmallIntegerField(_("codes before and after that hold too"), default=1)
    drift = models.SmallIntegerField(_("codes by which its clock is off"), default=0)
    last_t = models.BigIntegerField(_("last code that was used"), default=-1)

    class Meta(Device.Meta):
        abstract = True

    bin_key = TOTPDevice.bin_key
    config_url = TOTPDevice.config_url
    verify_token = TOTPDevice.verify_token
    get_throttle_factor = TOTPDevice.get_throttle_factor
    _read_str_from_settings = TOTPDevice._read_str_from_settings
