from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ContractConfig(AppConfig):
    name = "contract"
    verbose_name = _("Contract")

    def ready(self) -> None:
        # Every app's checks.py registers its checks when it is imported.
        autodiscover_modules("checks")
