"""What a person enters shows what it changes: afterwards on the page, or before where it binds others.

An app above adds figures that a change of the contract would move:

    @foresees
    def budgets(contract: ContractFacts, batch: Batch) -> Mapping[str, str]: ...
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from zlib import crc32

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin

from contract import registry, selectors
from contract.admin import confirmation
from contract.batch import Batch, ContractFacts
from contract.choices import Outcome
from contract.models import Assessment, Contract
from contract.records import contract_of
from contract.rules.cases import is_heard
from contract.selectors import visible_contracts
from contract.selectors.evaluation import evaluated_to
from contract.services import look
from kit import clock

SHOWN = 5
CONTRACTS_SHOWN = 3
FIGURES_SHOWN = 4
FINDINGS_SHOWN = 20

# Of a finding: what it is about, and how it stands with what was measured.
Said = dict[tuple[str, str], tuple[str, tuple[str, str]]]
Foreseen = Callable[[ContractFacts, Batch], Mapping[str, str]]
_foreseen: list[Foreseen] = []


def foresees(function: Foreseen) -> Foreseen:
    """Let a preview compare these figures of a contract, by their names, before and after."""
    _foreseen.append(function)
    return function


def consequences(contract_id: int) -> list[str]:
    """What the checks say now and did not say when the contract was evaluated today, a line each.

    Nothing where it was not evaluated today: then the day itself would be among the causes. Nothing is kept.
    """
    if evaluated_to([contract_id])[contract_id] != clock.today():
        return []
    rows = Assessment.objects.filter(contract_id=contract_id, is_current=True, is_withdrawn=False)
    before: Said = {
        (row.check_id, row.key): (
            _about(row.check_id, row.subject_name, (row.period_start, row.period_end) if row.period_start else None),
            (str(row.get_outcome_display()), row.measured),
        )
        for row in rows
    }
    return differences(before, said(contract_id))


def said(contract_id: int, *, to_vendor: bool = False) -> Said:
    """What the checks say of a contract as of today; `to_vendor`: nothing of the office's own duties. None is kept."""
    return {
        (one.check_id, one.key): (
            _about(one.check_id, one.subject.name, one.period),
            (str(Outcome(one.outcome).label), one.measured),
        )
        for one in look(as_of=clock.today(), contract_ids=[contract_id]).findings
        if not to_vendor or is_heard(one.owed_by or registry.get(one.check_id).owed_by)
    }


def tell_sender(request: HttpRequest, before: Said, after: Said) -> None:
    """A message to the vendor: what differs between right before its report and right after, and by nothing else.

    The office compares with today's evaluation; what it wrote meanwhile, and has not told the vendor, is not
    for the vendor to read.
    """
    lines = differences(before, after)
    if not lines:
        messages.info(request, _("No finding of today changes by what was sent."))
        return
    text = _("By what both sides have on record today, what was sent changes:")
    messages.info(request, _lines(text, lines))


def differences(before: Said, after: Said) -> list[str]:
    """A line for each finding that stands differently, is new or gone."""
    lines = []
    for key in {**after, **before}:
        about, _now = after.get(key) or before[key]
        was, now = (found[key][1] if key in found else ("", "") for found in (before, after))
        if was != now:
            lines.append(_arrow(about, *(" ".join(filter(None, pair)) for pair in (was, now))))
    return lines


def figures(contract_id: int) -> list[dict[str, str]]:
    """What is foreseen of a contract, app by app, as it stands at this moment."""
    batch = selectors.batch([contract_id], clock.today())
    return [dict(function(batch.contracts[0], batch)) for function in _foreseen]


def moved(before: list[dict[str, str]], after: list[dict[str, str]]) -> list[str]:
    """A line for each figure that differs, some of each app."""
    lines = []
    for old, new in zip(before, after, strict=True):
        changed = [name for name in {**new, **old} if old.get(name) != new.get(name)]
        lines += [_arrow(name, old.get(name, ""), new.get(name, "")) for name in changed[:FIGURES_SHOWN]]
        if (more := len(changed) - FIGURES_SHOWN) > 0:
            text = ngettext("%(count)d more figure differs.", "%(count)d more figures differ.", more)
            lines.append(text % {"count": more})
    return lines


def _about(check_id: str, subject: str, period: Any) -> str:
    return " ".join(filter(None, [registry.title(check_id), subject, period and f"{period[0]} – {period[1]}"]))


def _arrow(about: str, before: str, after: str) -> str:
    return _("%(about)s: %(before)s → %(after)s") % {"about": about, "before": before or "–", "after": after or "–"}


def tell(request: HttpRequest, contract_ids: Iterable[int]) -> None:
    """A message for each of these contracts: what stands differently now. What was told is not repeated."""
    for contract in visible_contracts(request.user).filter(pk__in=contract_ids).order_by("pk")[:CONTRACTS_SHOWN]:
        key = f"told-{contract.pk}"
        lines = consequences(contract.pk)
        marks = [crc32(line.encode()) for line in lines]
        new = [line for line, mark in zip(lines, marks, strict=True) if mark not in request.session.get(key, [])]
        request.session[key] = marks
        if not new:
            continue
        text = _("%(contract)s, compared with today's evaluation:") % {"contract": contract.number}
        messages.info(request, _lines(text, new))


def _lines(text: str, lines: list[str]) -> SafeString:
    """The first of the lines below a text, each on its own, and how many more there are."""
    shown = lines[:SHOWN]
    if (more := len(lines) - SHOWN) > 0:
        told = ngettext("%(count)d more finding differs.", "%(count)d more findings differ.", more)
        shown.append(told % {"count": more})
    return format_html_join("", "<div>{}</div>", [(line,) for line in [text, *shown]])


class _Rehearsed(Exception):
    """The form was saved inside a transaction that goes back now; what stood there meanwhile."""

    def __init__(self, contract_id: int, own: list[str], after: Said, figures: list[dict[str, str]]) -> None:
        super().__init__()
        self.contract_id, self.own, self.after, self.figures = contract_id, own, after, figures


class ForetoldMixin(ModelAdmin):
    """Forms that change the contract itself: before saving, what they would change; a second press saves."""

    def foretold(self, row: Any) -> list[str]:
        """What there is to say of the row itself: the latest days for its notice."""
        return []

    def needs_preview(self, request: HttpRequest, row: Any) -> bool:
        """Whether what was sent changes anything that others rely on."""
        return True

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        self.rehearse(request, obj)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        self.rehearse(request, obj)
        return super().response_change(request, obj)

    def rehearse(self, request: HttpRequest, obj: Any) -> None:
        if self.needs_preview(request, obj) and request.POST.get(confirmation.SEAL) != confirmation.seal(request):
            contract_id = obj.pk if isinstance(obj, Contract) else contract_of(obj)
            assert contract_id is not None  # what is foretold belongs to a contract
            raise _Rehearsed(contract_id, self.foretold(obj), said(contract_id), figures(contract_id))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except _Rehearsed as rehearsal:  # rolled back: the contract stands as before
            lines = moved(figures(rehearsal.contract_id), rehearsal.figures)
            findings = differences(said(rehearsal.contract_id), rehearsal.after)
            nothing = [] if lines or findings else [_("No figure and no finding of today would differ.")]
            title = self.model._meta.verbose_name
            if (more := len(findings) - FINDINGS_SHOWN) > 0:
                text = ngettext("%(count)d more finding differs.", "%(count)d more findings differ.", more)
                findings = [*findings[:FINDINGS_SHOWN], text % {"count": more}]
            needed = confirmation.Needed(request, title, [*rehearsal.own, *lines, *findings, *nothing])
            return needed.page(self.admin_site)
