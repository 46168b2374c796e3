"""Policies about cases: how much time each step takes, and how early a duty is warned of.

A contract says of none of them how an alert is answered; its clause on inspection and follow-up is the nearest.
"""

from django.utils.translation import gettext_lazy as _

from contract.terms.definition import DAYS, Definition

CASE = "contract.inspection_follow_up"

CASES = (
    Definition("answer_days", "integer", _("Time to answer an alert"), CASE, DAYS, default=5, minimum=1),
    Definition(
        "notify_days", "integer", _("Time to tell the other side of an alert"), CASE, DAYS, default=3, minimum=1
    ),
    Definition("extension_max_days", "integer", _("More time to answer, at most"), CASE, DAYS, default=10, minimum=0),
    Definition(
        "extension_answer_days",
        "integer",
        _("Time to decide on more time"),
        CASE,
        DAYS,
        default=2,
        minimum=1,
        help=_("The vendor's time to answer rests until then."),
    ),
    Definition(
        "proposal_days",
        "integer",
        _("Time to propose a decision"),
        CASE,
        DAYS,
        default=10,
        minimum=1,
        help=_("From the answer or the recorded silence; before, it rests."),
    ),
    Definition("decision_days", "integer", _("Time of the second person to decide"), CASE, DAYS, default=5, minimum=1),
    Definition("closing_days", "integer", _("Time to close a decided case"), CASE, DAYS, default=10, minimum=1),
    Definition(
        "warning_days",
        "days_by_check",
        _("Early warning, days before the last day"),
        CASE,
        default={
            "staffing.replacement": 1,
            "billing.payment_due": 5,
            "billing.invoice_first": 20,
            "contract.service_report": 3,
            "contract.inspection_follow_up": 3,
            "contract.misconduct_correction": 2,
            "contract.consent_answered": 2,
            "contract.term_end": 0,
            "contract.renewal_assessment": 0,
            "confidentiality.incident_response": 0,
            "*": 1,
        },
        help=_(
            "Checks by their titles, each with = and its days; * stands for the others, 0 "
            "for no warning. Of gaps and of the end of the term their own readings decide."
        ),
    ),
    Definition(
        "gap_warning_days",
        "integer",
        _("Early warning of a gap, before its last day"),
        "staffing.backfill",
        DAYS,
        default=5,
        minimum=0,
    ),
)
