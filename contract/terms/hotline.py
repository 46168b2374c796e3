"""Policies about the service itself: how its rates are counted, and when its figures are due."""

from django.utils.translation import gettext_lazy as _

from contract.terms.definition import DAYS, Definition

OF_ALL, WITHOUT_SHORT = _("of all calls offered"), _("of calls offered, without those given up after a few seconds")
HOTLINE = (
    Definition(
        "connection_reading",
        "choice",
        _("Of what the connection rate is counted"),
        "contract.service_level",
        default="of_all_entries",
        choices={"of_all_entries": OF_ALL, "without_short_abandons": WITHOUT_SHORT},
        help=_("GB/T 33358-2016 gives 95 per cent for any 24 hours and does not say of what."),
    ),
    Definition(
        "service_level_reading",
        "choice",
        _("Of what the answers in time are counted"),
        "contract.service_level",
        default="of_all_entries",
        choices={
            "of_answered": _("of the calls answered"),
            "of_all_entries": OF_ALL,
            "without_short_abandons": WITHOUT_SHORT,
            "left_in_time": _("all that left the queue in time, answered or given up, of all calls offered"),
        },
        help=_("Four countings are in use; the platforms differ."),
    ),
    Definition(
        "satisfaction_reading",
        "choice",
        _("Of what the satisfied are counted"),
        "contract.service_level",
        default="of_reached",
        choices={"of_reached": _("of those reached"), "of_all_follow_ups": _("of all follow-ups")},
    ),
    Definition(
        "service_figures_days",
        "integer",
        _("Time to take in the figures of a month"),
        "contract.service_figures",
        DAYS,
        default=10,
        minimum=0,
        maximum=60,
    ),
)
