from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffingConfig(AppConfig):
    name = "staffing"
    verbose_name = _("Staffing")

    def ready(self) -> None:
        from contract.letters.services.subjects import register_subject
        from contract.services import follow_dates
        from staffing.services import letters
        from staffing.services.roll_up import settle_contract

        register_subject(letters.SUBJECT)
        # Days and gaps reach to the contract's last day.
        follow_dates(settle_contract)
