"""What confidentiality keeps of a person, on the line of their page."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils.translation import gettext

from confidentiality.models import IncidentPerson, Offboarding, Undertaking
from contract.admin.charts import Stretch
from law.periods import beijing_day
from staffing.admin.line import may_read, register_line, url_of
from staffing.models import Operator


@register_line
def secrecy(request: HttpRequest, operator: Operator, contracts: list[int]) -> Iterator[Stretch]:
    """Undertakings, leaks that the person had a part in, and what was handed over on leaving."""
    if may_read(request, Undertaking):
        for row in Undertaking.objects.filter(operator=operator, contract_id__in=contracts, withdrawn_on=None):
            name, on = gettext("confidentiality undertaking"), row.signed_on
            yield Stretch(name, row.document_number, on, on, "good", url=url_of(row))
    if may_read(request, IncidentPerson):
        parts = IncidentPerson.objects.filter(operator=operator, withdrawn_on=None).select_related("incident")
        for part in parts.filter(incident__contract_id__in=contracts, incident__withdrawn_on=None):
            on = part.incident.occurred_on or beijing_day(part.incident.found_at)
            yield Stretch(gettext("leak"), part.incident.title, on, on, "bad", url=url_of(part.incident))
    if may_read(request, Offboarding):
        left = Offboarding.objects.filter(assignment__operator=operator, withdrawn_on=None)
        for handover in left.filter(assignment__contract_id__in=contracts).select_related("assignment"):
            if last := handover.assignment.ends_on:
                yield Stretch(gettext("handover"), handover.document_number, last, last, url=url_of(handover))
