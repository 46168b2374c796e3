"""期初事实: what was settled before the program came into use, each with its paper."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contract.choices import OpeningKind
from contract.models.agreement import Contract
from contract.models.base import Withdrawable
from contract.models.refusals import in_term, ordered, refuse


class OpeningFact(Withdrawable):
    """Something of a running contract that was settled elsewhere: this program judges it no more.

    An instalment paid, a rate settled: of the days from `first` to `last`. An open gap is told here with its
    paper; its clock runs from the person's own record of leave or departure.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="opening_facts", verbose_name=_("contract"))
    kind = models.CharField(_("kind"), max_length=12, choices=OpeningKind)
    first = models.DateField(_("first day of its period"))
    last = models.DateField(_("last day of its period"))
    text = models.CharField(_("what was settled"), max_length=300)
    document = models.CharField(_("paper"), max_length=120, help_text=_("Number or name of the document."))

    class Meta:
        verbose_name = _("opening fact")
        verbose_name_plural = _("opening facts")
        ordering = ["contract", "first", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.first} – {self.last}"

    def clean(self) -> None:
        refuse(in_term(self, "first", "last"), ordered(self, ("first", "last")), self._belated())

    def _belated(self) -> dict[str, object]:
        start = self.contract.in_use_from if self.contract_id else None
        if start is None:
            return {"contract" if self._state.adding else "first": NOT_IN_MID_TERM}  # no form changes the contract
        if self.first and self.first >= start:
            return {"first": TOO_LATE % {"day": start}}
        return {}


NOT_IN_MID_TERM = _("Enter first from which day the contract is judged; before it nothing can be settled.")
TOO_LATE = _("The contract is judged from %(day)s: an opening fact lies before it.")
