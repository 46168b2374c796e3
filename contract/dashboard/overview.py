"""Many contracts at a glance: by region with counts by state, and one by one, found by a word, in pages.

However many contracts there are, it takes the same few queries: they count, and read one page.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from contract.admin.cases.alerts import TO_REVIEW
from contract.admin.display import contract_state, state
from contract.choices import Outcome
from contract.models import Alert, Contract
from contract.selectors.evaluation import lagging, of_newest

ON_A_PAGE = 25
WORDS = 60
"""No longer than this is what is searched for."""
SHOWN = (Outcome.NOT_MET, Outcome.AT_RISK, Outcome.UNDETERMINED)
NOWHERE = "-"
"""In the address: the contracts of offices without a region."""


@dataclass
class Line:
    """A region, or all of them: its contracts, and its alerts to review by outcome."""

    region: str
    total: int = 0
    in_force: int = 0
    behind: int = 0
    alerts: Counter[str] = field(default_factory=Counter)

    @property
    def key(self) -> str:
        return self.region or NOWHERE

    @property
    def marks(self) -> list[tuple[str, Any, int]]:
        return _marks(self.alerts)


@dataclass
class Overview:
    """What the page shows; `asked` is what was searched for, `region` the one chosen (None: all)."""

    lines: list[Line]
    whole: Line
    page: Page
    asked: str
    region: str | None
    reads_alerts: bool

    @property
    def pages(self) -> list[int | str]:
        return list(self.page.paginator.get_elided_page_range(self.page.number))


def overview(request: HttpRequest, visible: QuerySet[Contract], today: date) -> Overview:
    """The overview of these contracts (seven queries at most); those in force that were not evaluated as of today
    count as left behind."""
    asked, region = (request.GET.get(name, "").replace("\0", "").strip()[:WORDS] for name in ("q", "region"))
    reads_alerts = request.user.has_perm("contract.view_alert")
    lines = _lines(visible, today, reads_alerts)
    whole = Line("")
    for line in lines:
        whole.total, whole.in_force = whole.total + line.total, whole.in_force + line.in_force
        whole.behind += line.behind
        whole.alerts.update(line.alerts)
    found = visible.select_related("office", "vendor").annotate(evaluated_to=of_newest("as_of"))
    if region:
        found = found.filter(office__region="" if region == NOWHERE else region)
    for word in asked.split():
        names = ("number", "title", "office__name", "office__region", "vendor__name")
        found = found.filter(Q(*((f"{name}__icontains", word) for name in names), _connector=Q.OR))
    pages = Paginator(found.order_by("office__region", "office__name", "-starts_on", "pk"), ON_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    _described(page, reads_alerts)
    return Overview(lines, whole, page, asked, region or None, reads_alerts)


def _lines(visible: QuerySet[Contract], today: date, reads_alerts: bool) -> list[Line]:
    """A line a region, by name; those without one come last."""
    last_day = Coalesce("terminated_on", "ends_on")
    running = Q(starts_on__lte=today, last__gte=today)
    rows = visible.annotate(last=last_day).order_by().values("office__region")
    counted = rows.annotate(
        total=Count("pk"),
        in_force=Count("pk", filter=running),
        behind=Count("pk", filter=running & Q(pk__in=lagging(today).order_by().values("pk"))),
    )
    numbers: Any = counted.values_list("office__region", "total", "in_force", "behind")
    lines = {region: Line(region, *of_region) for region, *of_region in numbers}
    if reads_alerts:
        alerts = Alert.objects.filter(contract__in=visible.order_by().values("pk"), status__in=TO_REVIEW).order_by()
        for region, outcome, n in alerts.values_list("contract__office__region", "outcome").annotate(Count("pk")):
            lines[region].alerts[outcome] = n
    return sorted(lines.values(), key=lambda line: (not line.region, line.region))


def _described(page: Page, reads_alerts: bool) -> None:
    """To each contract of the page its state, and its alerts to review (one query)."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    if reads_alerts:
        alerts = Alert.objects.filter(contract__in=[c.pk for c in page], status__in=TO_REVIEW).order_by()
        for pk, outcome, n in alerts.values_list("contract", "outcome").annotate(Count("pk")):
            counts[pk][outcome] = n
    for contract in page:
        contract.state = contract_state(contract, is_looked_at=contract.evaluated_to is not None)
        contract.marks = _marks(counts[contract.pk])


def _marks(alerts: Counter[str]) -> list[tuple[str, Any, int]]:
    return [(outcome.value, state(outcome, outcome.label), alerts[outcome]) for outcome in SHOWN if alerts[outcome]]
