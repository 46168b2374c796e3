"""What a person has just entered shows at once what it changes, on the page where it was entered."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin

from contract import registry
from contract.choices import Outcome
from contract.models import Assessment
from contract.selectors.evaluation import evaluated_to
from contract.services import look
from kit import clock

SHOWN = 5


def consequences(contract_id: int) -> list[str]:
    """What the checks say now and did not say when the contract was evaluated today, a line each.

    Nothing where it was not evaluated today: then the day itself would be among the causes. Nothing is kept.
    """
    today = clock.today()
    if evaluated_to([contract_id])[contract_id] != today:
        return []
    rows = Assessment.objects.filter(contract_id=contract_id, is_current=True, is_withdrawn=False)
    before = {(row.check_id, row.key): row for row in rows}
    lines = []
    for finding in look(as_of=today, contract_ids=[contract_id]).findings:
        old = before.pop((finding.check_id, finding.key), None)
        now = (str(Outcome(finding.outcome).label), finding.measured)
        was = (old.get_outcome_display(), old.measured) if old else ("", "")
        if now != was:
            lines.append(_line(finding.check_id, finding.subject.name, finding.period, was, now))
    for (check_id, _key), row in before.items():
        period = (row.period_start, row.period_end) if row.period_start else None
        lines.append(_line(check_id, row.subject_name, period, (row.get_outcome_display(), row.measured), ("", "")))
    return lines


def _line(check_id: str, subject: str, period: Any, was: tuple[Any, str], now: tuple[Any, str]) -> str:
    about = " ".join(filter(None, [registry.title(check_id), subject, period and f"{period[0]} – {period[1]}"]))
    before, after = (" ".join(filter(None, map(str, pair))) or "–" for pair in (was, now))
    return _("%(about)s: %(before)s → %(after)s") % {"about": about, "before": before, "after": after}


class ConsequencesMixin(ModelAdmin):
    """Forms of records that weigh on findings: after saving, the page says which findings differ."""

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        self.tell(request, obj)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        self.tell(request, obj)
        return super().response_change(request, obj)

    def tell(self, request: HttpRequest, obj: Any) -> None:
        lines = consequences(obj.contract_id)
        for line in lines[:SHOWN]:
            messages.info(request, line)
        if (more := len(lines) - SHOWN) > 0:
            text = ngettext("%(count)d more finding differs.", "%(count)d more findings differ.", more)
            messages.info(request, text % {"count": more})
