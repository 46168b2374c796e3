from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffingConfig(AppConfig):
    name = "staffing"
    verbose_name = _("Staffing")

    def ready(self) -> None:
        from contract.services import follow_dates
        from staffing.services import settle_contract

        # Days and gaps reach to the contract's last day.
        follow_dates(settle_contract)
