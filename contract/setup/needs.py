"""What each check needs before it can say anything: figures, readings and records, in a line.

Tested against the registry: a check without its line, or a line without its check, fails.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

NEEDS: dict[str, Any] = {
    "staffing.headcount": _("number of operators, days to make a gap good; the list of people"),
    "contract.service_report": _("which report is due how often; the reports handed in"),
    "staffing.post_structure": _("posts; the post of each person"),
    "contract.headcount_notice": _("days of notice; the orders that change the number of operators"),
    "contract.term_end": _("last day of the term; the decision on the next one"),
    "staffing.service_place": _("place of service; further places that the office designates"),
    "staffing.attrition": _("number of operators, share that may leave; the list of people with who left and why"),
    "staffing.coverage": _("least number on duty; the rota"),
    "staffing.working_hours": _("the rota; approvals of comprehensive working hours"),
    "billing.fee_total": _("fee; the plan of instalments"),
    "billing.invoice_first": _("the plan of instalments; invoices"),
    "staffing.overtime_pay": _("the rota; proofs of payment for holidays and overtime"),
    "billing.acceptance_due": _("days for the acceptance; acceptances"),
    "billing.deposit": _("deposits and guarantees, with what became of them"),
    "billing.score": _("lowest score; acceptance sheets with their scores"),
    "billing.payment_due": _("days for the payment; invoices, acceptances, payments"),
    "staffing.replacement": _("days for the replacement; demands with their day of arrival"),
    "contract.inspection_follow_up": _("inspections and their remarks"),
    "contract.consent_answered": _("days for the answer; requests for consent"),
    "staffing.failed_trials": _("how many failed assessments count; results of the assessments"),
    "staffing.hiring_qualification": _("highest age; education and clean record of each person"),
    "staffing.training": _("months of training; trainings with their first and last day"),
    "staffing.employment_contract": _("the employment contract of each person"),
    "staffing.attendance_reported": _("days for the report; attendance"),
    "staffing.backfill": _("days to make a gap good; leaves, departures and backfills"),
    "staffing.on_post_rate": _("number of operators, floor of the rate, window; attendance"),
    "staffing.unapproved_change": _("transfers and changes; the office's consents"),
    "contract.service_level": _("platform and indicators with their targets; the figures of the days and months"),
    "contract.seat_log": _("the platform's seat log; logins with their persons; attendance and rota"),
    "contract.service_figures": _("the platform of the hotline; its exports"),
    "confidentiality.offboarding": _("departures; handovers"),
    "confidentiality.data_return": _("days for the return or deletion; the vendor's declaration at the end"),
    "confidentiality.undertaking": _("the list of people; undertakings signed"),
    "confidentiality.disclosure_consent": _("disclosures to third parties; the office's consents"),
    "confidentiality.incident_response": _("leaks, with the day on which each was known"),
    "contract.amendment_notice": _("months of notice; amendments"),
    "contract.force_majeure_notice": _("days of notice; events of force majeure and their proofs"),
    "contract.renewal_assessment": _("years of the tender; scheme and result of the assessment"),
    "contract.misconduct_correction": _("days for the correction; misconduct that was found"),
    "contract.subcontracting": _("percentage of damages; transfers to third parties that were found"),
    "staffing.labour_dispute": _("labour disputes and accidents"),
    "staffing.wages_paid": _("days for the proof; proofs of wages paid"),
    "contract.budget": _("total of the tender; the fees of its years"),
    "contract.filing": _("whether filing is owed; the records of the filing"),
    "contract.publication": _("whether publication is owed; the records of the publication"),
    "billing.public_acceptance": _("whether the service is one to the public; acceptances and their publication"),
    "confidentiality.incident_report": _("leaks of personal information; when authority and persons were told"),
    "contract.formalities": _("number of originals; signatures and seals of both sides"),
}
