"""The app: its houses, and what they are told of the core."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import DEFAULT_DB_ALIAS
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules, module_has_submodule
from django.utils.translation import gettext_lazy as _

# Beside the core, the lower one first. Their tables are tables of this app.
HOUSES = ("delivery", "letters", "duties", "history", "access", "keeping", "setup")


class ContractConfig(AppConfig):
    name = "contract"
    verbose_name = _("Contract")

    def import_models(self) -> None:
        super().import_models()
        for house in HOUSES:
            if module_has_submodule(import_module(f"{self.name}.{house}"), "models"):
                import_module(f"{self.name}.{house}.models")

    def ready(self) -> None:
        from kit.files.fonts import can_print_chinese

        checks.register(can_print_chinese)
        for part in ("cases", "readiness"):
            import_module(f"{self.name}.dashboard.{part}")
        for house in HOUSES:
            self._let_in(house)
        # An app's document.py registers sections of the contract document, its checks.py checks, its dashboard.py
        # parts of the home page, its casefile.py what it adds to the file of a case, its beginning.py what the first
        # hour and renewal ask of it.
        autodiscover_modules("document", "checks", "dashboard", "casefile", "retention", "beginning")
        for source in ("heartbeats", "evaluation", "disk"):
            import_module(f"{self.name}.alarms.{source}")
        post_migrate.connect(_expect_parts, sender=self)
        self._subscribe()

    def _let_in(self, house: str) -> None:
        """A house registers its checks, its pages and what it adds to those of the core."""
        module = import_module(f"{self.name}.{house}")
        for part in ("document", "checks", "dashboard", "admin", "letters", "alarms"):
            if module_has_submodule(module, part):
                import_module(f"{self.name}.{house}.{part}")

    def _subscribe(self) -> None:
        """What the core publishes, and who hears of it."""
        from contract.access import ending
        from contract.delivery import selectors as delivery
        from contract.delivery.services import events
        from contract.history import log
        from contract.history.access import accounts
        from contract.history.access import log as accesses
        from contract.letters.selectors import unacknowledged
        from contract.services.evaluation import asks
        from contract.signals import alerts_moved

        ending.connect()
        alerts_moved.connect(events.announce_moves)
        delivery.letters_from(lambda ids, most: unacknowledged(ids)[:most])
        asks(log)
        log.connect()  # every app's models are known by now: their writes are logged
        accounts.connect()
        accesses.connect()


def _expect_parts(using: str, **kwargs: Any) -> None:
    """The tables are there: from now on every part of the program is expected to be heard of."""
    from contract.alarms import heartbeats
    from kit import clock

    if using == DEFAULT_DB_ALIAS:
        heartbeats.expect(clock.now())
