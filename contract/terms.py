"""What a contract can say in figures (terms), and what it leaves open (policies).

The numbers themselves are data (`contract/reference/`, the admin): a definition gives a key its
type, unit, article and wording. A policy has a default, and stays marked as unconfirmed until
both sides have confirmed a value in writing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contract import registry


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not value.is_finite():
        raise ValueError(text)
    return value


def _boolean(text: str) -> bool:
    return {"true": True, "false": False}[text]


def _days_by_check(text: str) -> dict[str, int]:
    """ "staffing.replacement=1, *=3": days for checks by their ids, `*` for all the others."""
    found: dict[str, int] = {}
    for part in text.replace("，", ",").replace(";", ",").split(","):
        name, _equals, days = (piece.strip() for piece in part.partition("="))
        if not name or name in found or not days.isdecimal() or int(days) > MOST_DAYS:
            raise ValueError(part)
        found[name] = int(days)
    return found


def _by_title(days: Mapping[str, int]) -> str:
    """The days with the checks' titles, for a reader."""
    titles = {name: registry.title(name) for name in days} | {"*": gettext("all others")}
    return gettext("; ").join(f"{titles[name]} {number}" for name, number in days.items())


# A lead longer than a year says nothing.
MOST_DAYS = 366
WRITTEN_LIKE = {
    "integer": "15",
    "decimal": "98.5",
    "money": "2091733.33",
    "boolean": "true",
    "days_by_check": "staffing.replacement=1, *=3",
}

PARSERS: Mapping[str, Callable[[str], Any]] = {
    "integer": int,
    "decimal": _decimal,
    "money": _decimal,
    "boolean": _boolean,
    "choice": str,
    "text": str,
    "days_by_check": _days_by_check,
}


@dataclass(frozen=True)
class Definition:
    """What a key means: its type, unit, article and, for a policy, its default and choices."""

    key: str
    kind: str
    label: Any
    clause: str
    unit: Any = ""
    default: Any = None
    choices: Mapping[str, Any] | None = None
    minimum: Decimal | int | None = None
    maximum: Decimal | int | None = None
    help: Any = ""

    def parse(self, text: str) -> Any:
        """The typed value of its written form; ValueError says what is wrong and what is right."""
        try:
            value = PARSERS[self.kind](text.strip())
        except (ValueError, KeyError):
            raise ValueError(
                gettext("“%(value)s” is not a value here. Write it like “%(form)s”.")
                % {"value": text[:40], "form": WRITTEN_LIKE[self.kind]}
            ) from None
        if self.choices is not None and value not in self.choices:
            raise ValueError(
                gettext("“%(value)s” is not one of: %(choices)s") % {"value": text, "choices": ", ".join(self.choices)}
            )
        if self.minimum is not None and value < self.minimum:
            raise ValueError(gettext("must be at least %(limit)s") % {"limit": self.minimum})
        if self.maximum is not None and value > self.maximum:
            raise ValueError(gettext("must be at most %(limit)s") % {"limit": self.maximum})
        return value

    def write(self, value: Any) -> str:
        """The written form that `parse` reads back."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, Mapping):
            return ", ".join(f"{name}={days}" for name, days in value.items())
        return str(value)

    def display(self, value: Any) -> str:
        """The value as a person reads it, with its unit."""
        if self.choices is not None:
            return str(self.choices.get(value, value))
        if isinstance(value, bool):
            return str(_("Yes") if value else _("No"))
        if isinstance(value, Mapping):
            return _by_title(value)
        return f"{value:,} {self.unit}".strip() if self.kind != "text" else str(value)


def _index(*definitions: Definition) -> dict[str, Definition]:
    return {definition.key: definition for definition in definitions}


PEOPLE, DAYS, MONTHS, PERCENT, YUAN, YEARS = (_("people"), _("days"), _("months"), "%", _("yuan"), _("years"))

TERMS = _index(
    Definition("headcount", "integer", _("Operators on contract"), "1", PEOPLE, minimum=0),
    Definition("annual_fee", "money", _("Fee of the term"), "9", YUAN, minimum=0),
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

POLICIES = _index(
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
        "late_interest_daily_percent",
        "decimal",
        _("Late interest a day"),
        "10",
        PERCENT,
        default=Decimal("0.05"),
        minimum=0,
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
)
