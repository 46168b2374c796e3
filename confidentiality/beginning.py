"""What the change of terms asks of confidentiality: whose undertaking is signed again, what is handed back."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from confidentiality import selectors
from confidentiality.rules import data_return
from confidentiality.rules.offboarding import ITEMS
from contract.choices import Outcome
from contract.models import Assessment, Contract
from contract.selectors import contract_facts
from contract.setup.renewal import Question, asks
from staffing.models import Assignment

NAMED = 5


@asks(65)
def undertakings(contract: Contract, today: date) -> Question | None:
    """Article 14: an undertaking is given for one contract; who goes on signs again before the first day."""
    title = _("Undertakings to be signed again")
    after: Contract | None = getattr(contract, "successor", None)
    if after is None:
        going_on = Assignment.objects.filter(contract=contract, withdrawn_on__isnull=True).exclude(
            ends_on__lt=contract.last_day
        )
        text = _("%(count)d people serve to the last day; each signs anew for the next term, by %(day)s.") % {
            "count": going_on.values("operator").distinct().count(),
            "day": contract.last_day,
        }
        return Question(title, text, None)
    people = selectors.operators([contract_facts(after.pk, after.last_day)]).get(after.pk, [])
    unsigned = [one for one in people if one.signed_on is None]
    text = _("%(signed)d of %(all)d people of the next term have signed; to be signed by %(day)s.") % {
        "signed": len(people) - len(unsigned),
        "all": len(people),
        "day": after.starts_on - timedelta(days=1),
    }
    if unsigned:
        names = "、".join(one.name for one in unsigned[:NAMED])
        text += _(" Missing: %(names)s") % {"names": names if len(unsigned) <= NAMED else f"{names}……"}
    return Question(title, text, bool(people) and not unsigned)


@asks(80)
def handed_back(contract: Contract, today: date) -> Question | None:
    """Article 14: who does not go on hands back materials and devices, and the accounts are closed."""
    leaving = [
        one
        for one in selectors.departures([contract_facts(contract.pk, contract.last_day)]).get(contract.pk, [])
        if one.left_on < today and one.back_on is None
    ]
    open_ = [one for one in leaving if any(one.done.get(item) is None for item in ITEMS)]
    text = _("%(count)d people have left for good; %(open)d handovers are not complete.") % {
        "count": len(leaving),
        "open": len(open_),
    }
    # After the end, where no next contract takes the data over, the vendor declares what became of them.
    rows = Assessment.objects.filter(contract=contract, check_id=data_return.CHECK, is_current=True, is_withdrawn=False)
    if (declared := rows.first()) is not None:
        text = f"{text} {declared.explanation}"
    settled = not open_ and (declared is None or declared.outcome == Outcome.MET)
    return Question(_("Return of data and devices"), text, settled, is_reported=True)
