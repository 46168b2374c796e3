"""Policies (口径): what a contract leaves open, with the program's default."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from contract.terms.definition import DAYS, PEOPLE, PERCENT, Definition, index
from contract.terms.purchase import PURCHASE
from contract.terms.settled import SETTLED

POLICIES = index(
    Definition(
        "on_post_window",
        "choice",
        _("Window of the on-post rate"),
        "13.4",
        default="calendar_month",
        choices={
            "day": _("each day"),
            "calendar_month": _("calendar month"),
            "contract_quarter": _("contract quarter"),
        },
        help=_("One empty post of 45 is 97.78 %, so a same-day reading would void the 15 days."),
    ),
    Definition(
        "deadline_roll",
        "choice",
        _("Last day on a rest day"),
        "13.4",
        default="weekends_and_holidays",
        choices={
            "weekends_and_holidays": _("rolls over weekends and holidays"),
            "statutory_holidays_only": _("rolls over statutory holidays only"),
            "never": _("does not roll"),
        },
        help=_("Civil Code articles 203 and 204: the parties may agree otherwise."),
    ),
    Definition(
        "attendance_report_days",
        "integer",
        _("Time to report a day's attendance"),
        "13.4",
        DAYS,
        default=3,
        minimum=0,
        maximum=31,
    ),
    Definition(
        "payment_due_days",
        "integer",
        _("Payment after a correct invoice"),
        "10",
        DAYS,
        default=30,
        minimum=1,
        maximum=60,
    ),
    Definition(
        "payment_due_days_acceptance",
        "integer",
        _("Payment after acceptance"),
        "10",
        DAYS,
        default=30,
        minimum=1,
        maximum=60,
    ),
    Definition(
        "vendor_is_small_enterprise",
        "boolean",
        _("The vendor is a small or medium enterprise"),
        "10",
        default=False,
        help=_(
            "As it stated at signing; keep that paper. The value in force on the contract's first day holds for "
            "the whole term. Only then do the payment rules of State Council Decrees 728 and 802 apply."
        ),
    ),
    Definition(
        "late_interest_daily_percent",
        "decimal",
        _("Late interest a day"),
        "10",
        PERCENT,
        default=Decimal("0.05"),
        minimum=0,
        help=_(
            "Unconfirmed it is read only towards a small or medium enterprise (the statutory rate). Towards others "
            "the LPR with its surcharge is read until both sides have confirmed a rate."
        ),
    ),
    Definition(
        "late_interest_lpr_surcharge_percent",
        "decimal",
        _("Surcharge on the LPR for late payment"),
        "10",
        PERCENT,
        default=Decimal(30),
        minimum=0,
        maximum=50,
        help=_("Where no late interest is agreed; the courts' reading for sales adds 30 to 50 per cent."),
    ),
    Definition(
        "lpr_one_year_percent",
        "decimal",
        _("One-year LPR"),
        "10",
        PERCENT,
        default=Decimal("3.00"),
        minimum=0,
        help=_("Enter a new rate from its day on. Before the first entry the program's own table is read."),
    ),
    Definition(
        "fee_change_is_additional_purchase",
        "boolean",
        _("A higher fee is an additional purchase of the same subject"),
        "9",
        default=True,
        help=_(
            "Then all supplements together add at most ten percent of the original sum. No: they have another cause."
        ),
    ),
    Definition(
        "vat_rate_percent",
        "decimal",
        _("VAT rate of the invoice"),
        "9",
        PERCENT,
        default=Decimal("6"),
        minimum=0,
        maximum=17,
    ),
    Definition("answer_days", "integer", _("Time to answer an alert"), "12.3", DAYS, default=5, minimum=1),
    Definition(
        "notify_days", "integer", _("Time to tell the other side of an alert"), "12.3", DAYS, default=3, minimum=1
    ),
    Definition("extension_max_days", "integer", _("More time to answer, at most"), "12.3", DAYS, default=10, minimum=0),
    Definition(
        "extension_answer_days",
        "integer",
        _("Time to decide on more time"),
        "12.3",
        DAYS,
        default=2,
        minimum=1,
        help=_("The vendor's time to answer rests until then."),
    ),
    Definition(
        "proposal_days",
        "integer",
        _("Time to propose a decision"),
        "12.3",
        DAYS,
        default=10,
        minimum=1,
        help=_("From the answer or the recorded silence; before, it rests."),
    ),
    Definition(
        "decision_days", "integer", _("Time of the second person to decide"), "12.3", DAYS, default=5, minimum=1
    ),
    Definition("closing_days", "integer", _("Time to close a decided case"), "12.3", DAYS, default=10, minimum=1),
    Definition(
        "invoice_lead_days", "integer", _("Invoice expected after the quarter's end"), "10", DAYS, default=15, minimum=0
    ),
    Definition(
        "acceptance_group_size",
        "integer",
        _("People in an acceptance group, at least"),
        "12.3",
        PEOPLE,
        default=3,
        minimum=1,
    ),
    Definition("claim_answer_days", "integer", _("Time to answer a claim"), "12.3", DAYS, default=7, minimum=1),
    Definition(
        "claim_cap",
        "choice",
        _("Cap of a deduction"),
        "9",
        default="instalment",
        choices={"instalment": _("the instalment of the breach's period"), "contract_sum": _("the contract sum")},
        help=_("The contract hangs no tariff on a breach. What article 19 gives has no such cap."),
    ),
    Definition(
        "acceptance_days", "integer", _("Acceptance after the quarter's end"), "12.3", DAYS, default=15, minimum=1
    ),
    Definition(
        "report_correction_days",
        "integer",
        _("Time to deliver a returned report again"),
        "2",
        DAYS,
        default=5,
        minimum=1,
    ),
    Definition(
        "inspection_recheck_days",
        "integer",
        _("Time to look again at an answered remark"),
        "12.3",
        DAYS,
        default=15,
        minimum=1,
    ),
    Definition(
        "consent_answer_days", "integer", _("Time to answer a request for consent"), "12.4", DAYS, default=7, minimum=1
    ),
    Definition(
        "force_majeure_proof_days",
        "integer",
        _("Proof of force majeure expected after"),
        "16",
        DAYS,
        default=30,
        minimum=1,
        help=_("The contract names no day; Civil Code article 590: a reasonable time."),
    ),
    Definition("resume_days", "integer", _("Time to resume after force majeure"), "16", DAYS, default=7, minimum=0),
    Definition(
        "renewal_decision_lead_days",
        "integer",
        _("Decision on the renewal, before the end"),
        "17",
        DAYS,
        default=60,
        minimum=1,
    ),
    Definition(
        "misconduct_correction_days",
        "integer",
        _("Time to correct misconduct"),
        "18",
        DAYS,
        default=7,
        minimum=1,
        help=_("The contract says “promptly”; a request may name another day."),
    ),
    Definition(
        "warning_days",
        "days_by_check",
        _("Early warning, days before the last day"),
        "12.3",
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
            "Checks by their ids, as in “staffing.replacement=1, *=3”; * stands for the others, 0 "
            "for no warning. Of gaps and of the end of the term their own readings decide."
        ),
    ),
    Definition(
        "gap_warning_days",
        "integer",
        _("Early warning of a gap, before its last day"),
        "13.4",
        DAYS,
        default=5,
        minimum=0,
    ),
    Definition(
        "undertaking_on_first_day",
        "boolean",
        _("An undertaking signed on the first day on post is in time"),
        "14",
        default=False,
        help=_("Only days are recorded: whether it was signed before the shift cannot be told."),
    ),
    Definition(
        "failed_trial_move_days",
        "integer",
        _("Time to move a person who failed in a row"),
        "13.1",
        DAYS,
        default=3,
        minimum=1,
    ),
    Definition(
        "offboarding_days", "integer", _("Return and closing of accounts on leaving"), "14", DAYS, default=3, minimum=1
    ),
    Definition(
        "data_return_days",
        "integer",
        _("Return or deletion of all data after the end"),
        "14",
        DAYS,
        default=15,
        minimum=1,
        help=_("From the contract's last day; 个人信息保护法 article 21 names no number of days."),
    ),
    Definition(
        "incident_report_days",
        "integer",
        _("Time to report a leak"),
        "14.2",
        DAYS,
        default=1,
        minimum=0,
        help=_("Calendar days from the day it was found; rest days do not prolong them."),
    ),
    Definition(
        "incident_containment_days",
        "integer",
        _("Time to contain a leak"),
        "14.2",
        DAYS,
        default=3,
        minimum=0,
        help=_("Calendar days since the vendor knew; rest days do not prolong them."),
    ),
    Definition(
        "network_report_hours",
        "integer",
        _("Time to tell the cyberspace authority of a network incident"),
        "14.2",
        _("hours of the clock"),
        default=4,
        minimum=1,
        maximum=24,
        help=_("国家网络安全事件报告管理办法 article 4: one, two or four hours, by the kind of operator."),
    ),
    Definition(
        "termination_warning_days",
        "integer",
        _("Early warning before the right to terminate lapses"),
        "14.2",
        DAYS,
        default=30,
        minimum=0,
    ),
    Definition(
        "cooperation_days", "integer", _("Time to cooperate against a person"), "14.3", DAYS, default=10, minimum=1
    ),
    Definition(
        "minimum_on_duty",
        "integer",
        _("Minimum on duty at every minute"),
        "7",
        PEOPLE,
        default=1,
        minimum=1,
        help=_("The contract asks for service round the clock and names no number."),
    ),
    Definition(
        "coverage_warning_days", "integer", _("Rota looked at ahead"), "7", DAYS, default=3, minimum=0, maximum=31
    ),
    Definition(
        "overtime_proof_days",
        "integer",
        _("Proof of overtime and holiday pay, after the month's end"),
        "11",
        DAYS,
        default=30,
        minimum=1,
    ),
    Definition(
        "wage_proof_days", "integer", _("Proof of wages, after the month's end"), "20", DAYS, default=20, minimum=1
    ),
    Definition("labour_report_days", "integer", _("Time to report a labour matter"), "20", DAYS, default=3, minimum=1),
    Definition(
        "labour_settlement_days",
        "integer",
        _("A labour matter is asked after"),
        "20",
        DAYS,
        default=60,
        minimum=1,
        help=_("The contract leaves it to the vendor and names no day."),
    ),
    *PURCHASE,
    *SETTLED,
)
