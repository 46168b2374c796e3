"""Terms: when the service is owed, and by how many."""

from django.utils.translation import gettext_lazy as _

from contract.terms.definition import PERCENT, Definition

SERVICE = (
    Definition(
        "service_days",
        "choice",
        _("Days of service"),
        "staffing.on_post_rate",
        default="every_day",
        choices={
            "every_day": _("each day of the week"),
            "monday_to_saturday": _("Monday to Saturday, holidays included"),
            "monday_to_friday": _("Monday to Friday, holidays included"),
            "monday_to_saturday_no_holidays": _("Monday to Saturday, except days off for a holiday"),
            "monday_to_friday_no_holidays": _("Monday to Friday, except days off for a holiday"),
            "working_days": _("working days of the State Council's calendar"),
        },
    ),
    Definition("service_hours", "hours", _("Hours of service"), "staffing.coverage", default=((0, 1440),)),
    Definition("minimum_by_hours", "bands", _("Minimum on duty by the hour"), "staffing.coverage"),
    Definition(
        "attrition_max_percent",
        "decimal",
        _("People who leave in a contract year, at most"),
        "staffing.attrition",
        PERCENT,
        minimum=0,
        maximum=100,
    ),
)
ATTRITION = (
    Definition(
        "attrition_base",
        "choice",
        _("What the share of those who leave is taken of"),
        "staffing.attrition",
        default="headcount",
        choices={"headcount": _("the contracted headcount"), "assigned": _("the people assigned, on average")},
    ),
    Definition(
        "attrition_counts",
        "choice",
        _("Who counts as having left"),
        "staffing.attrition",
        default="everybody",
        choices={"everybody": _("everybody who left"), "resignations": _("only who resigned")},
    ),
)
"""Readings of the same, which a contract seldom gives."""
