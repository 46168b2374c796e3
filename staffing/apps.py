from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _


class StaffingConfig(AppConfig):
    name = "staffing"
    verbose_name = _("Staffing")

    def ready(self) -> None:
        from contract.letters.services.subjects import register_subject
        from contract.models import Term
        from contract.services import follow_dates
        from staffing.services import letters
        from staffing.services.roll_up import settle_contract

        register_subject(letters.SUBJECT)
        # Days and gaps reach to the contract's last day.
        follow_dates(settle_contract)
        post_save.connect(_follow_service_days, sender=Term)


def _follow_service_days(instance: Any, **kwargs: Any) -> None:
    """Whether silence on a day is a rest day follows from the days of service."""
    from staffing.services.roll_up import settle_contract

    if instance.key == "service_days":
        settle_contract(contract=instance.contract)
