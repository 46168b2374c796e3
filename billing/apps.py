from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Payment")

    def ready(self) -> None:
        from billing.fonts import can_print_chinese

        checks.register(can_print_chinese)
