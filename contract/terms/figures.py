"""Terms: what a contract says in figures."""

from django.utils.translation import gettext_lazy as _

from contract.terms.definition import DAYS, MONTHS, PEOPLE, PERCENT, YEARS, YUAN, Definition, index

TERMS = index(
    Definition("headcount", "integer", _("Operators on contract"), "1", PEOPLE, minimum=0),
    Definition("annual_fee", "money", _("Service fee"), "9", YUAN, minimum=0),
    Definition(
        "fee_basis",
        "choice",
        _("What the fee is for"),
        "9",
        default="whole_term",
        choices={"whole_term": _("the whole term"), "contract_year": _("a contract year"), "month": _("a month")},
    ),
    Definition("payment_budget", "money", _("Budget that caps all instalments"), "9", YUAN, minimum=0),
    Definition("payment_cycle_months", "integer", _("Payment cycle"), "10", MONTHS, minimum=1),
    Definition("on_post_floor_percent", "decimal", _("On-post rate, floor"), "13.4", PERCENT, minimum=0, maximum=100),
    Definition("backfill_days", "integer", _("Time to make a gap good"), "13.4", DAYS, minimum=1),
    Definition("replacement_days", "integer", _("Time to replace an unfit person"), "12.2", DAYS, minimum=1),
    Definition("headcount_notice_days", "integer", _("Notice of a headcount change"), "4", DAYS, minimum=1),
    Definition("amendment_notice_months", "integer", _("Notice of an amendment"), "15", MONTHS, minimum=1),
    Definition("force_majeure_notice_days", "integer", _("Notice of force majeure"), "16", DAYS, minimum=1),
    Definition("hire_age_limit", "integer", _("Highest age at hire"), "13.1", YEARS, minimum=16),
    Definition("training_months", "integer", _("Training before trial"), "13.1", MONTHS, minimum=0),
    Definition("failed_trials_limit", "integer", _("Consecutive failed assessments"), "13.1", minimum=1),
    Definition("damages_percent", "decimal", _("Liquidated damages for transfer"), "19", PERCENT, minimum=0),
    Definition("tender_years", "integer", _("Years that the tender serves"), "17", YEARS, minimum=1),
    Definition("originals", "integer", _("Signed originals"), "22", minimum=1),
)
