from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ContractConfig(AppConfig):
    name = "contract"
    verbose_name = _("Contract")

    def ready(self) -> None:
        # An app's checks.py registers checks, its dashboard.py parts of the home page.
        autodiscover_modules("checks", "dashboard")
