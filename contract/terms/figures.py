"""Terms: what a contract says in figures."""

from django.utils.translation import gettext_lazy as _

from contract.terms.definition import DAYS, MONTHS, PEOPLE, PERCENT, YEARS, YUAN, Definition, index
from contract.terms.service import SERVICE

TERMS = index(
    Definition("headcount", "integer", _("Operators on contract"), "staffing.headcount", PEOPLE, minimum=0),
    Definition("annual_fee", "money", _("Service fee"), "billing.fee_total", YUAN, minimum=0),
    Definition(
        "fee_basis",
        "choice",
        _("What the fee is for"),
        "billing.fee_total",
        default="whole_term",
        choices={
            "whole_term": _("the whole term"),
            "contract_year": _("a contract year"),
            "month": _("a month"),
            "by_quantity": _("nothing fixed: prices times quantities"),
        },
    ),
    Definition("payment_budget", "money", _("Budget that caps all instalments"), "billing.fee_total", YUAN, minimum=0),
    Definition("payment_cycle_months", "integer", _("Payment cycle"), "billing.invoice_first", MONTHS, minimum=1),
    Definition(
        "on_post_floor_percent",
        "decimal",
        _("On-post rate, floor"),
        "staffing.on_post_rate",
        PERCENT,
        minimum=0,
        maximum=100,
    ),
    Definition(
        "backfill_days",
        "integer",
        _("Time to make a gap good"),
        "staffing.backfill",
        DAYS,
        minimum=1,
        may_be_none=True,
        help=_("“none”: no time is agreed, and a post that is left is short from the first day."),
    ),
    *SERVICE,
    Definition(
        "replacement_days", "integer", _("Time to replace an unfit person"), "staffing.replacement", DAYS, minimum=1
    ),
    Definition(
        "headcount_notice_days",
        "integer",
        _("Notice of a headcount change"),
        "contract.headcount_notice",
        DAYS,
        minimum=1,
    ),
    Definition(
        "amendment_notice_months",
        "integer",
        _("Notice of an amendment"),
        "contract.amendment_notice",
        MONTHS,
        minimum=1,
    ),
    Definition(
        "force_majeure_notice_days",
        "integer",
        _("Notice of force majeure"),
        "contract.force_majeure_notice",
        DAYS,
        minimum=1,
    ),
    Definition(
        "hire_age_limit", "integer", _("Highest age at hire"), "staffing.hiring_qualification", YEARS, minimum=16
    ),
    Definition("training_months", "integer", _("Training before trial"), "staffing.training", MONTHS, minimum=0),
    Definition(
        "failed_trials_limit", "integer", _("Consecutive failed assessments"), "staffing.failed_trials", minimum=1
    ),
    Definition("score_floor", "decimal", _("Score of a period, at least"), "billing.score", minimum=0, maximum=100),
    Definition(
        "score_misses_in_a_row",
        "integer",
        _("So many periods in a row below it give a right to terminate"),
        "billing.score",
        minimum=1,
    ),
    Definition("score_low", "decimal", _("Score that counts as low"), "billing.score", minimum=0, maximum=100),
    Definition(
        "score_lows_in_all", "integer", _("So many low scores give a right to terminate"), "billing.score", minimum=1
    ),
    Definition(
        "damages_percent",
        "decimal",
        _("Liquidated damages for transfer"),
        "contract.subcontracting",
        PERCENT,
        minimum=0,
    ),
    Definition(
        "tender_years", "integer", _("Years that the tender serves"), "contract.renewal_assessment", YEARS, minimum=1
    ),
    Definition("originals", "integer", _("Signed originals"), "contract.formalities", minimum=1),
)
