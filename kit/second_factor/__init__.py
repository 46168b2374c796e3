"""A second factor for the pages: one-time codes (TOTP, RFC 6238) and recovery codes, on django-otp.

`settings.SECOND_FACTOR`: "required" asks everybody who may enter the pages, "optional" only those who have
set one up. The protection against a code used twice and the pauses after wrong ones are the library's. Whoever
reads the database finds no code: secrets are sealed (`device.py`), of recovery codes a keyed fingerprint is kept.
"""

from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef
from django.dispatch import Signal
from django_otp import device_classes, devices_for_user, user_has_device, verify_token

from kit.database.fields import blind_index

set_up = Signal()
"""Sent with `request` and `user` when somebody has set up a device."""


def is_needed(user: Any) -> bool:
    """Whether this user enters with a second factor only."""
    if not (user.is_authenticated and user.is_active and user.is_staff):
        return False
    return settings.SECOND_FACTOR == "required" or has_device(user)


def has_device(user: Any) -> bool:
    """Whether this user has set one up."""
    known = getattr(user, "has_device", None)  # read with the user, where a session is of theirs
    return bool(user.is_authenticated and user_has_device(user, confirmed=True)) if known is None else bool(known)


def having_device() -> Any:
    """Of a query for users: whether each has set up a device."""
    return reduce(or_, (Exists(one.objects.filter(user=OuterRef("pk"), confirmed=True)) for one in device_classes()))


def device_model() -> Any:
    """The table of devices, as `SECOND_FACTOR_MODEL` names it: a `device.SealedDevice`."""
    return apps.get_model(settings.SECOND_FACTOR_MODEL)


def fingerprint(code: str) -> str:
    """What is kept of a recovery code, as long as the library's column."""
    return blind_index(code, "recovery-code")[:16]


def match(user: Any, code: str) -> Any:
    """The device of this user that the code opens, and the code is used up; None for a wrong one.

    Only devices of its kind are tried: a one-time code is no failed attempt at the recovery codes.
    """
    is_one_time = len(code) == 6 and code.isdecimal()
    secrets = device_model()
    for device in devices_for_user(user):
        if isinstance(device, secrets) == is_one_time:
            given = code if is_one_time else fingerprint(code)
            if (opened := verify_token(user, device.persistent_id, given)) is not None:
                return opened
    return None


def forget(user: User) -> int:
    """Remove the devices and recovery codes of somebody who has lost them; returns how many there were."""
    devices = list(devices_for_user(user, confirmed=None))
    for device in devices:
        device.delete()
    return len(devices)
