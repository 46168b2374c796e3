from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ContractConfig(AppConfig):
    name = "contract"
    verbose_name = _("Contract")

    def ready(self) -> None:
        # Importing an app's checks.py registers its checks, its dashboard.py its part of the home page.
        autodiscover_modules("checks", "dashboard")
