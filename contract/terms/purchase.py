"""Policies about the papers of a public purchase: nothing is found while they are not set."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from contract.terms.definition import YUAN, Definition

PURCHASE = (
    Definition(
        "tender_total",
        "money",
        _("Total of the tender, all years"),
        "contract.budget",
        YUAN,
        default=Decimal(0),
        minimum=0,
        help=_("From the tender's papers; the contract does not give it. 0: not given, and nothing is found."),
    ),
    Definition(
        "contract_is_filed",
        "boolean",
        _("Contract and supplements are filed within seven working days"),
        "contract.filing",
        default=False,
        help=_("政府采购法 article 47. No: not settled yet, and nothing is found."),
    ),
    Definition(
        "contract_is_published",
        "boolean",
        _("Contract and supplements are published within two working days"),
        "contract.publication",
        default=False,
        help=_("政府采购法实施条例 article 50. No: not settled yet, and nothing is found."),
    ),
    Definition(
        "acceptance_is_public_service",
        "boolean",
        _("The service counts as one to the public"),
        "billing.public_acceptance",
        default=False,
        help=_(
            "政府采购法实施条例 article 45, 财库〔2016〕205号: those served take part in the acceptance and its "
            "result is published. No: not settled yet, and nothing is found."
        ),
    ),
)
