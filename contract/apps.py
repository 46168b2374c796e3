from django.apps import AppConfig
from django.core import checks
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ContractConfig(AppConfig):
    name = "contract"
    verbose_name = _("Contract")

    def ready(self) -> None:
        from contract.fonts import can_print_chinese

        checks.register(can_print_chinese)
        # An app's checks.py registers checks, its dashboard.py parts of the home page, its
        # casefile.py what it adds to the file of a case.
        autodiscover_modules(
            "checks", "dashboard", "dashboard_letters", "dashboard_cases", "casefile"
        )
        # Every app's models are known by now: their writes are logged.
        from contract.audit import writing

        writing.connect()
