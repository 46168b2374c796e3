from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SampleConfig(AppConfig):
    """The sample year: invented people on the reference contract, loaded through the services."""

    name = "sample"
    verbose_name = _("Sample year")
