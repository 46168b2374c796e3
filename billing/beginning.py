"""What the change of terms asks of the money, and what a change of the contract does to the fee."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.selectors.ledger import ledger
from contract.admin.consequences import foresees
from contract.batch import Batch, ContractFacts
from contract.models import Contract
from contract.roles import FINANCE
from contract.rules.shares import cycle_of, plan, share_out, total
from contract.setup.guide import Step, listed, step
from contract.setup.renewal import Question, asks
from contract.values import NoValue


@step(65)
def instalments(contract: Contract) -> Step:
    count = contract.instalments.count()
    text = ngettext("%(count)d instalment is planned", "%(count)d instalments are planned", count) % {"count": count}
    if not count:
        text = _("%(text)s; the plan is made by a person with the role %(role)s") % {"text": text, "role": FINANCE}
    url = listed("billing_instalment", contract)
    return Step(_("Plan of instalments"), text, bool(count), url, _("Instalments"))


@asks(70)
def money(contract: Contract, today: date) -> Question | None:
    """What of the fee is neither paid nor set off; it goes on after the last day (Civil Code 557, 567)."""
    found = ledger(contract)
    if not found.rows:
        return Question(_("Money of this term"), _("There is no plan of instalments yet."), False)
    left = found.totals["remaining"]
    text = _("%(left)s of %(all)s yuan are neither paid nor set off.") % {
        "left": f"{left:,.2f}",
        "all": f"{found.totals['amount']:,.2f}",
    }
    return Question(_("Money of this term"), text, not left)


@foresees
def fee(contract: ContractFacts, batch: Batch) -> Mapping[str, str]:
    """The fee of the whole term and of each period, as the figures in force would have it."""
    try:
        shares = plan(contract, cycle_of(contract))
    except (NoValue, KeyError, ValueError):
        return {}
    amounts = share_out(shares).amounts
    figures = {_("Fee of the term, in yuan"): f"{total(shares):,.2f}"}
    for share, amount in zip(shares, amounts, strict=True):
        name = _("Fee of %(first)s to %(last)s, in yuan") % {"first": share.start, "last": share.end}
        figures[name] = f"{amount:,.2f}"
    return figures
