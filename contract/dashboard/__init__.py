"""The home page: how every contract stands, at a glance.

The core knows nothing of people, attendance or money. Each app contributes sections from its own
`dashboard.py`, which is imported like its `checks.py`:

    @register_section("staffing.gaps", template="admin/dashboard/gaps.html", order=20, reads="staffing.view_gap")
    def gaps(board: Board) -> Mapping[int, Any]: ...

A section is read once for all contracts of the page, with a fixed number of queries, and gives
what its template shows of each contract, to whoever holds the permission that it `reads` by. The
names of templates and of pages are the only things that cross the apps.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, Window
from django.db.models.functions import Coalesce, RowNumber
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from contract import registry
from contract.admin.cases.alerts import TO_REVIEW, subject_line
from contract.admin.display import contract_state, days_left, row_url, state
from contract.batch import Batch, ContractFacts
from contract.choices import AlertStatus, Outcome, Side
from contract.dashboard.overview import overview
from contract.models import Alert, Assessment, Contract
from contract.selectors import batch, visible_contracts
from contract.selectors.cases import to_look_at
from contract.selectors.evaluation import last_run, of_newest
from contract.terms import POLICIES
from kit import clock

logger = logging.getLogger(__name__)

UNREADY = "admin/dashboard/unready.html"
CONTRACTS_SHOWN = 12
"""With more of them the page is an overview, from which it goes to one."""
NUMBERS = 18
"""More digits have no number of a row."""
SEEN = "alerts_to_review"
"""Where the page leaves on the request what the sidebar asks for too."""
ROWS_SHOWN = 8
DUES_SHOWN = 15
DAYS_AHEAD = 14
OPEN = (Outcome.PENDING, Outcome.AT_RISK, Outcome.UNDETERMINED)
HEAVY = ("figures", "evidence", "message_id", "message_params")
"""Of a finding what this page does not show."""
WORST_FIRST = (Outcome.NOT_MET, Outcome.AT_RISK, Outcome.UNDETERMINED, Outcome.EXCUSED)


@dataclass(frozen=True)
class Board:
    """What every section is given: the contracts of the page, the day, and the reader."""

    request: HttpRequest
    contracts: tuple[Contract, ...]
    as_of: date
    now: datetime

    @property
    def ids(self) -> list[int]:
        return [contract.pk for contract in self.contracts]

    @cached_property
    def batch(self) -> Batch:
        """What checks are given too: terms, readings and calendar, read when first asked for."""
        return batch(self.ids, self.as_of, self.contracts)

    @cached_property
    def facts(self) -> dict[int, ContractFacts]:
        return {contract.pk: contract for contract in self.batch.contracts}

    @cached_property
    def alerts(self) -> list[Alert]:
        """What awaits review or this reader, the oldest first: read once for all parts of the page (one query)."""
        rows = to_look_at(self.request.user, Alert.objects.filter(contract_id__in=self.ids))
        seen = rows.select_related("assessment").defer(*(f"assessment__{name}" for name in HEAVY))
        return list(seen.order_by("raised_on", "pk"))

    @cached_property
    def findings(self) -> list[Assessment]:
        """What falls due in two weeks, and of each side and outcome one more finding at least, each with the number
        `n` of those that stand (one query)."""
        kinds = ["contract_id", "owed_by", "outcome"]
        last = self.as_of + timedelta(days=DAYS_AHEAD)
        rows = Assessment.objects.filter(contract_id__in=self.ids, is_current=True, is_withdrawn=False)
        counted = rows.annotate(
            due_on=Coalesce("legal_due_on", "nominal_due_on"),
            n=Window(Count("pk"), partition_by=kinds),
            place=Window(RowNumber(), partition_by=kinds, order_by="pk"),
        )
        wanted = Q(place=1) | Q(outcome__in=OPEN, nominal_due_on__lte=last, due_on__range=(self.as_of, last))
        return list(counted.filter(wanted).defer(*HEAVY).order_by("nominal_due_on", "pk"))


SectionFunction = Callable[[Board], Mapping[int, Any]]


@dataclass(frozen=True)
class Section:
    """A part of each contract's card."""

    key: str
    template: str
    order: int
    reads: str
    function: SectionFunction


@dataclass
class Card:
    """One contract on the page, with the template and the data of each of its sections."""

    contract: Contract
    state: Any
    day: int
    days: int
    parts: list[tuple[str, Any]] = field(default_factory=list)
    unlooked: bool = False
    """Whether something is missing, or it was never evaluated: then no tile may say that all is well."""

    @property
    def percent(self) -> int:
        return round(100 * self.day / self.days)


_sections: dict[str, Section] = {}


def register_section(
    key: str, *, template: str, order: int, reads: str
) -> Callable[[SectionFunction], SectionFunction]:
    """Contribute a section to the cards of the home page, for who holds the permission `reads`.

    A key registered twice is an error.
    """

    def decorate(function: SectionFunction) -> SectionFunction:
        if key in _sections:
            raise ValueError(f"section {key} is registered twice")
        _sections[key] = Section(key, template, order, reads, function)
        return function

    return decorate


_numbers: dict[str, Any] = {}


def register_number(name: str, expression: Any) -> None:
    """A figure of each contract (`OuterRef("pk")`), asked with the contracts themselves and kept on them as `name`."""
    _numbers[name] = expression


BannerFunction = Callable[[Board], Any]
_banners: dict[str, BannerFunction] = {}


def register_banner(key: str) -> Callable[[BannerFunction], BannerFunction]:
    """Give the banners above the cards something to speak of, under this name in their template."""

    def decorate(function: BannerFunction) -> BannerFunction:
        _banners[key] = function
        return function

    return decorate


def sections() -> list[Section]:
    return sorted(_sections.values(), key=lambda section: (section.order, section.key))


def callback(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the home page shows, for the contracts that this user may see."""
    today, now = clock.today(), clock.now()
    visible = visible_contracts(request.user)
    asked = visible.select_related("office", "vendor")
    asked = asked.annotate(evaluated_to=of_newest("as_of"), evaluated_at=of_newest("finished_at"), **_numbers)
    one = request.GET.get("contract", "")
    chosen = asked.filter(pk=int(one)) if one.isdecimal() and len(one) < NUMBERS else asked
    newest = list(chosen.order_by("-starts_on", "number")[: CONTRACTS_SHOWN + 1])
    are_many = len(newest) > CONTRACTS_SHOWN
    shown = [] if are_many else sorted(newest, key=lambda c: (not _in_force(c, today), -c.pk))
    board = Board(request, tuple(shown), today, now)
    cards = read(board)
    seen: Any = board.alerts if shown and request.user.has_perm("contract.view_alert") else []
    if chosen is asked and not are_many and request.user.has_perm("contract.view_alert"):
        setattr(request, SEEN, sum(alert.status in TO_REVIEW for alert in seen))
    unconfirmed = sum(len(_unconfirmed(facts, today)) for facts in board.facts.values())
    return {
        **context,
        "title": _("Today"),
        "board": board,
        "cards": cards,
        "overview": overview(request, visible, today) if are_many else None,
        "is_one_of_many": chosen is not asked,
        "last_run": _newest(shown) if shown else last_run(),
        "is_frozen": bool(settings.DEMONSTRATION_DAY),
        "unconfirmed": unconfirmed,
        "awaiting_me": sum(alert.is_mine and alert.status == AlertStatus.PROPOSED for alert in seen),
        **{key: function(board) for key, function in _banners.items()},
    }


def read(board: Board) -> list[Card]:
    """The cards of a board. A section that crashes is left out, logged and said so."""
    cards = {contract.pk: Card(contract, "", *_progress(contract, board.as_of)) for contract in board.contracts}
    if not cards:
        return []
    for section in sections():
        if not board.request.user.has_perm(section.reads):
            continue
        try:
            found = section.function(board)
        except Exception:
            logger.exception("section %s of the home page crashed", section.key)
            for card in cards.values():
                card.parts.append(("admin/dashboard/crashed.html", section.key))
            continue
        for pk, data in found.items():
            cards[pk].parts.append((section.template, data))
    for pk, card in cards.items():
        unready = [part for part in card.parts if part[0] == UNREADY]
        if unready and not board.facts[pk].obligations:  # nothing else on it was looked at
            card.parts = unready
        never = card.contract.evaluated_to is None  # type: ignore[attr-defined]
        card.unlooked = bool(unready) or never or not board.facts[pk].obligations
        card.state = contract_state(card.contract, is_looked_at=not card.unlooked)
    return list(cards.values())


# --- The core's own sections --------------------------------------------------------------


@register_section("contract.alerts", template="admin/dashboard/alerts.html", order=50, reads="contract.view_alert")
def alerts(board: Board) -> Mapping[int, Any]:
    """Alerts that await review, by finding and by check, the worst first."""
    groups: dict[tuple[int, str, str], list[Alert]] = defaultdict(list)
    for alert in board.alerts:
        if alert.status in TO_REVIEW:
            groups[alert.contract_id, alert.outcome, alert.check_id].append(alert)
    counts: dict[int, dict[str, int]] = {pk: defaultdict(int) for pk in board.ids}
    rows: dict[int, list[dict[str, Any]]] = {pk: [] for pk in board.ids}
    for (pk, outcome, check_id), found in sorted(groups.items(), key=lambda g: (_rank(g[0][1]), -len(g[1]), g[0][2])):
        counts[pk][outcome] += len(found)
        if len(rows[pk]) < ROWS_SHOWN:
            due = [alert.assessment.legal_due_on for alert in found if alert.assessment.legal_due_on]
            rows[pk].append(
                {
                    "check_id": check_id,
                    "outcome": outcome,
                    "n": len(found),
                    "newest": max(alert.pk for alert in found),
                    "due_on": min(due, default=None),
                    "title": registry.title(check_id),
                    "mark": state(outcome, Outcome(outcome).label),
                    "subject": subject_line(found[0].assessment, board.request),
                }
            )
    return {
        pk: {
            "counts": [(o, state(o, o.label), counts[pk][o]) for o in WORST_FIRST if counts[pk][o]],
            "total": sum(counts[pk].values()),
            "rows": rows[pk],
        }
        for pk in board.ids
    }


def _rank(outcome: str) -> int:
    return WORST_FIRST.index(Outcome(outcome)) if outcome in WORST_FIRST else len(WORST_FIRST)


@register_section("contract.coming", template="admin/dashboard/coming.html", order=60, reads="contract.view_assessment")
def coming(board: Board) -> Mapping[int, Any]:
    """What falls due today and in the two weeks that follow, with who owes it and where it is done."""
    last = board.as_of + timedelta(days=DAYS_AHEAD)
    found: dict[int, dict[str, Any]] = {pk: {"rows": [], "total": 0} for pk in board.ids}
    for row in board.findings:
        due_on = row.legal_due_on or row.nominal_due_on
        if row.outcome not in OPEN or due_on is None or not board.as_of <= due_on <= last:
            continue
        data = found[row.contract_id]
        data["total"] += 1
        if len(data["rows"]) < DUES_SHOWN:
            data["rows"].append(
                {
                    "pk": row.pk,
                    "title": registry.title(row.check_id),
                    "subject": subject_line(row, board.request),
                    "due_on": due_on,
                    "left": days_left(due_on, board.as_of),
                    "done_at": row_url(board.request, row.subject_label, row.subject_pk),
                    "owed_by": row.get_owed_by_display(),
                }
            )
    return found


@register_section("contract.sides", template="admin/dashboard/sides.html", order=45, reads="contract.view_assessment")
def sides(board: Board) -> Mapping[int, Any]:
    """How each side keeps its duties: how many findings stand, by outcome."""
    counts: dict[int, dict[str, Counter[str]]] = {pk: defaultdict(Counter) for pk in board.ids}
    for row in board.findings:
        counts[row.contract_id][row.owed_by][row.outcome] = row.n  # type: ignore[attr-defined]
    return {
        pk: [
            {
                "side": side.value,
                "name": side.label,
                "met": own[Outcome.MET],
                "judged": own[Outcome.MET] + own[Outcome.NOT_MET] + own[Outcome.EXCUSED],
                "counts": [(o.value, state(o, o.label), own[o]) for o in WORST_FIRST if own[o]],
            }
            for side in Side
            if (own := of_contract[side.value])
        ]
        for pk, of_contract in counts.items()
    }


@register_section("contract.policies", template="admin/dashboard/policies.html", order=70, reads="contract.view_policy")
def policies(board: Board) -> Mapping[int, Any]:
    """Readings that the contract leaves open and both sides have not confirmed (no query)."""
    return {
        pk: [
            (POLICIES[key].label, POLICIES[key].display(facts.policies.on(board.as_of, key)))
            for key in _unconfirmed(facts, board.as_of)
        ]
        for pk, facts in board.facts.items()
    }


def _unconfirmed(facts: ContractFacts, day: date) -> list[str]:
    return [key for key in POLICIES if not facts.policies.confirmed(day, key)]


def alerts_to_review(request: HttpRequest) -> int:
    """How many alerts of the user's contracts await review, for the sidebar (one query; none on the home page)."""
    if hasattr(request, SEEN):
        return int(getattr(request, SEEN))
    user = request.user
    if user.is_superuser:
        return Alert.objects.filter(status__in=TO_REVIEW).count()
    return Alert.objects.filter(contract__in=visible_contracts(user), status__in=TO_REVIEW).count()


def _newest(contracts: list[Any]) -> dict[str, Any] | None:
    """Of the contracts shown the newest evaluation."""
    runs = [(c.evaluated_to, c.evaluated_at) for c in contracts if c.evaluated_at is not None]
    return dict(zip(("as_of", "finished_at"), max(runs), strict=True)) if runs else None


def _in_force(contract: Contract, day: date) -> bool:
    return contract.starts_on <= day <= contract.last_day


def _progress(contract: Contract, day: date) -> tuple[int, int]:
    """The day of the term (0 before it) and the number of its days."""
    days = (contract.last_day - contract.starts_on).days + 1
    return min(max((day - contract.starts_on).days + 1, 0), days), days
