"""Readings of which the program knows one only, or a choice with its effect: the contract is silent on each.

They stand among the policies so that the board lists them and both sides confirm them in writing; a
reading with a single choice cannot be changed to something that no rule would follow.
"""

from django.utils.translation import gettext_lazy as _

from contract.terms.definition import Definition

ONLY = _("The program reads it so and in no other way. Where both sides read it otherwise, do not confirm it.")

SETTLED = (
    Definition(
        "contract_sum",
        "choice",
        _("What the contract sum (合同总金额) is"),
        "contract.subcontracting",
        default="term_fee",
        choices={"term_fee": _("the fee of the contract's term"), "tender_total": _("the total of the tender")},
        help=_("The damages for a transfer are a share of it. The tender's total is its own reading."),
    ),
    Definition(
        "fee_part_year",
        "choice",
        _("How a part of a contract year counts"),
        "billing.fee_total",
        default="by_months",
        choices={"by_months": _("by its months"), "by_days": _("by its days")},
        help=_("Only where the fee is for a contract year and the term ends within one."),
    ),
    Definition(
        "payment_days_kind",
        "choice",
        _("Which days the time for payment counts"),
        "billing.payment_due",
        default="calendar_days",
        choices={"calendar_days": _("calendar days"), "working_days": _("working days")},
        help=_("Both clocks count so. Towards a small or medium enterprise the 60 days stay calendar days."),
    ),
    Definition(
        "acceptance_days_kind",
        "choice",
        _("Which days the time for acceptance counts"),
        "billing.acceptance_due",
        default="calendar_days",
        choices={"calendar_days": _("calendar days"), "working_days": _("working days")},
    ),
    Definition(
        "late_interest_kind",
        "choice",
        _("How late interest is agreed"),
        "billing.payment_due",
        default="daily_rate",
        choices={"daily_rate": _("a rate a day"), "lpr": _("the one-year LPR of the day with its surcharge")},
        help=_("Counts only once both sides have confirmed it; else nothing is agreed."),
    ),
    Definition(
        "new_staff",
        "choice",
        _("Who counts as newly hired (新聘)"),
        "staffing.hiring_qualification",
        default="hired_in_term",
        choices={"hired_in_term": _("whom the vendor hires from the contract's first day on")},
        help=ONLY,
    ),
    Definition(
        "quarter_kind",
        "choice",
        _("Which quarter is meant"),
        "billing.invoice_first",
        default="contract_quarter",
        choices={"contract_quarter": _("quarters counted from the contract's first day")},
        help=ONLY,
    ),
    Definition(
        "shift_day",
        "choice",
        _("To which day a shift past midnight belongs"),
        "staffing.overtime_pay",
        default="clock_of_each_day",
        choices={"clock_of_each_day": _("duty by the minute, pay by the clock of each day")},
        help=ONLY,
    ),
    Definition(
        "receiving_system",
        "choice",
        _("When a letter in this system has arrived"),
        "contract.inspection_follow_up",
        default="acknowledged",
        choices={"acknowledged": _("when the vendor acknowledges it here, or on the recorded day of another way")},
        help=_(
            "Civil Code article 137: only a system that the vendor has designated makes the reading an arrival. The "
            "program reads it so and in no other way."
        ),
    ),
    Definition(
        "day_ends_at",
        "choice",
        _("When the last day ends"),
        "contract.inspection_follow_up",
        default="midnight",
        choices={"midnight": _("at 24:00, whatever the business hours")},
        help=_("Civil Code article 203: where there are business hours, at their end. The program reads 24:00 only."),
    ),
)
