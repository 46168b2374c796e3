"""Two pages over the clauses of a contract: how each stands, and where they collide."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contract import selectors
from contract.admin.cases.alerts import subject_line
from contract.admin.cases.display import holder_mark
from contract.admin.display import STATES, badge, days_left, state, unbroken
from contract.admin.pages import ContractPages
from contract.board import ArticleState, ClauseBoard, ClauseState, Duty, SideState, clause_board
from contract.choices import Side
from contract.rules.conflicts import Conflict, conflicts
from contract.terms import POLICIES
from contract.wording import article_label
from kit import clock

ROWS_SHOWN = 3


class BoardPages(ContractPages):
    """The pages of the clause board, for the admin of clauses."""

    page_permission = "contract.view_clause"

    def get_urls(self) -> list[URLPattern]:
        site: Any = self.admin_site  # type: ignore[attr-defined]
        own = [
            path("board/", site.admin_view(self.board_view), name="contract_clause_board"),
            path("conflicts/", site.admin_view(self.conflicts_view), name="contract_clause_conflicts"),
        ]
        return own + super().get_urls()  # type: ignore[misc]

    def board_view(self, request: HttpRequest) -> HttpResponse:
        """All articles with their state, what is due next, and who holds the ball."""
        contract, offered = self.chosen(request)
        context: dict[str, Any] = {"title": _("Clause board"), "offered": offered}
        if contract is not None:
            board = clause_board(contract, clock.today())
            context |= {"board": board, **_board_context(board, request.GET.get("show") == "open")}
        return self.page(request, "admin/contract/board.html", context, contract)

    def conflicts_view(self, request: HttpRequest) -> HttpResponse:
        """Where the contract's own figures and readings collide."""
        contract, offered = self.chosen(request)
        context: dict[str, Any] = {"title": _("Clauses that collide"), "offered": offered}
        if contract is not None:
            facts = selectors.contract_facts(contract.pk, clock.today())
            found = conflicts(facts, selectors.calendar())
            context |= {
                "rows": [_conflict(row, facts.policies, facts.starts_on) for row in found],
                "collisions": sum(row.collides for row in found),
                "board_url": reverse("admin:contract_clause_board") + f"?contract={contract.pk}",
            }
        return self.page(request, "admin/contract/conflicts.html", context, contract)


def _board_context(board: ClauseBoard, open_only: bool) -> dict[str, Any]:
    asking = [article for article in board.articles if article.asks_for_something]
    return {
        "articles": [_article(article, board) for article in (asking if open_only else board.articles)],
        "open_only": open_only,
        "asking": len(asking),
        "overview": [_chip(article, open_only) for article in board.articles],
        "sides": [_side(side, board) for side in board.sides],
        "readings": [
            {
                "label": reading.definition.label,
                "clause": board.facts.clause_of(reading.definition.check),
                "value": reading.value,
                "help": reading.definition.help,
                "is_default": reading.is_default,
            }
            for reading in board.readings
        ]
        + [
            {"label": kept.label, "clause": board.facts.clause_of(kept.check), "value": kept.value}
            for kept in board.kept_readings
        ],
        "waiting": badge("warn", "pending", gettext("awaits written confirmation by both sides")),
    }


def _chip(article: ArticleState, open_only: bool) -> dict[str, Any]:
    """An article in the overview: its number, its state as an icon, and where it stands below."""
    if article.is_bare:
        tone, icon, label = "bad", "error", gettext("not checked")
    elif article.is_exempt:
        tone, icon, label = "calm", "remove", gettext("exempt")
    elif article.outcome is None:
        tone, icon, label = "calm", "more_horiz", gettext("nothing owed so far")
    else:
        (tone, icon), label = STATES[article.outcome], str(article.outcome.label)
    return {
        "anchor": slugify(article.heading, allow_unicode=True),
        "name": article_label(article.heading),
        "label": label,
        "mark": badge(tone, icon, article.heading),
        "shown": article.asks_for_something or not open_only,
    }


def _article(article: ArticleState, board: ClauseBoard) -> dict[str, Any]:
    return {
        "anchor": slugify(article.heading, allow_unicode=True),
        "name": article_label(article.heading),
        "heading": article.heading,
        "state": _state(article, board),
        "clauses": [_clause(clause, board) for clause in article.clauses],
    }


def _clause(clause: ClauseState, board: ClauseBoard) -> dict[str, Any]:
    coming = clause.next_due
    waiting = [duty for duty in clause.to_review if duty is not coming]
    return {
        "clause": clause.clause,
        "url": reverse("admin:contract_clause_change", args=[clause.clause.pk]),
        "state": _state(clause, board),
        "checks": clause.checks,
        "counts": [state(outcome, f"{outcome.label} {count}") for outcome, count in clause.counts],
        "findings_url": _findings_url(clause, board),
        "next": _duty(coming) if coming else None,
        "review": [_duty(duty) for duty in waiting[:ROWS_SHOWN]],
        "review_more": max(len(waiting) - ROWS_SHOWN, 0),
        "alerts_url": _alerts_url(clause, board),
    }


def _findings_url(clause: ClauseState, board: ClauseBoard) -> str:
    return _listing("assessment", clause, board, is_current__exact="1")


def _alerts_url(clause: ClauseState, board: ClauseBoard) -> str:
    return _listing("alert", clause, board)


def _listing(model: str, clause: ClauseState, board: ClauseBoard, **filters: str) -> str:
    filters |= {"contract__id__exact": str(board.contract.pk), "q": clause.clause.ref}
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return f"{reverse(f'admin:contract_{model}_changelist')}?{query}"


def _duty(duty: Duty) -> dict[str, Any]:
    """A finding as a line: what, about whom, until when, who is to act, and where it is read."""
    row, today = duty.assessment, clock.today()
    late = row.days_late(today)
    if duty.alert is not None:
        url = reverse("admin:contract_alert_change", args=[duty.alert.pk])
    else:
        url = reverse("admin:contract_assessment_change", args=[row.pk])
    return {
        "title": duty.title,
        "subject": unbroken(subject_line(row)),
        "mark": state(duty.outcome, duty.outcome.label),
        "awaits_review": duty.awaits_review,
        "due_on": duty.due_on,
        "left": days_left(duty.due_on, today),
        "late": days_left(today - timedelta(days=late), today) if late else "",
        "holder": holder_mark(duty.ball, today) if duty.ball else "",
        "owed_by": Side(row.owed_by).label,
        "url": url,
    }


def _side(side: SideState, board: ClauseBoard) -> dict[str, Any]:
    query = f"?contract__id__exact={board.contract.pk}&is_current__exact=1&owed_by__exact="
    return {
        "label": side.side.label,
        "counts": [state(outcome, f"{outcome.label} {count}") for outcome, count in side.counts],
        "url": reverse("admin:contract_assessment_changelist") + query + side.side.value,
        "next": _duty(side.next_due) if side.next_due else None,
    }


def _state(row: ArticleState | ClauseState, board: ClauseBoard) -> SafeString:
    if row.is_bare:
        return badge("bad", "error", gettext("not checked"))
    if row.is_exempt:
        return badge("calm", "remove", gettext("exempt"))
    if row.outcome is None and board.as_of is None:
        return badge("warn", "hourglass_empty", gettext("not looked at yet"))
    if row.outcome is None:
        return badge("calm", "more_horiz", gettext("nothing owed so far"))
    return state(row.outcome, row.outcome.label)


def _conflict(row: Conflict, policies: Any, day: Any) -> dict[str, Any]:
    return {
        "clauses": row.clauses,
        "mark": badge("warn", "call_split", gettext("collides"))
        if row.collides
        else badge("good", "check_circle", gettext("no collision")),
        "statement": row.statement,
        "readings": row.readings,
        "policies": [
            {
                "label": POLICIES[key].label,
                "value": POLICIES[key].display(policies.on(day, key)),
                "confirmed": policies.confirmed(day, key),
            }
            for key in row.policies
        ],
    }
