"""What happened in a case, in its order, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from contract.choices import GONE, AlertStatus
from contract.history.casefile.sheets import name_of
from contract.models import Alert, AlertEvent, Assessment, Review
from law.periods import beijing_day


@dataclass(frozen=True)
class Happening:
    """One step: the day it speaks of, when it was recorded, who, what, and the words."""

    at: datetime
    on: date
    who: str
    what: str
    words: str = ""
    documents: Sequence[str] = field(default_factory=tuple)


def timeline(alert: Alert, series: Sequence[Assessment]) -> list[Happening]:
    """Everything that is on record of a case, the oldest first."""
    events = list(alert.events.select_related("actor", "assessment").order_by("pk"))
    days = {event.at: event.as_of for event in events}
    steps = [
        *_found(series),
        *_moved(events),
        *_told(alert),
        *_asked(alert),
        *_answered(alert),
        *_reviewed(alert.reviews.select_related("proposed_by", "decided_by"), days),
    ]
    return sorted(steps, key=lambda step: step.at)  # of one instant: in the order above


def _found(series: Iterable[Assessment]) -> Iterable[Happening]:
    for row in series:
        figures = f"实际 {row.measured or '—'}，要求 {row.required or '—'}。"
        withdrawn = "（所依据的事实已更正，原认定撤回）" if row.is_withdrawn else ""
        yield Happening(
            row.created_at,
            row.as_of,
            "系统",
            f"评估认定：{row.get_outcome_display()}{withdrawn}",
            figures + row.explanation,
            (f"认定 {row.pk}",),
        )


def _moved(events: Iterable[AlertEvent]) -> Iterable[Happening]:
    """The states that no other record tells of."""
    for event in events:
        if event.to_status == AlertStatus.SILENT:
            words = "答复期限届满，未收到陈述。沉默不视为认可。"
        elif event.from_status == "":
            words = "系统依据上述认定提出预警；预警本身不构成违约认定。"
        elif event.to_status in GONE | {AlertStatus.OPEN, AlertStatus.CLOSED}:
            words = event.note or f"认定结论为“{event.get_outcome_display()}”。"
        else:
            continue
        state = event.get_to_status_display()
        yield Happening(event.at, event.as_of, name_of(event.actor), f"状态：{state}", words)


def _told(alert: Alert) -> Iterable[Happening]:
    for told in alert.notifications.select_related("recorded_by", "corrected_by"):
        words = "，".join(
            filter(
                None,
                [
                    f"送达方式：{told.get_means_display()}",
                    told.recipient and f"收件人：{told.recipient}",
                    f"{told.arrived_on:%Y-%m-%d} 到达",
                    f"答复期限至 {told.answer_due_on:%Y-%m-%d}",
                    told.correction_reason and f"更正理由：{told.correction_reason}",
                    told.note,
                    "本条登记有误，已另行更正" if hasattr(told, "corrected_by") else "",
                ],
            )
        )
        documents = (told.document,) if told.document else ()
        yield Happening(
            told.recorded_at,
            told.arrived_on,
            name_of(told.recorded_by),
            "通知对方（更正）" if told.corrects_id else "通知对方",
            f"{words}。",
            documents,
        )


def _asked(alert: Alert) -> Iterable[Happening]:
    for asked in alert.extensions.select_related("asked_by", "decided_by"):
        yield Happening(
            asked.asked_at,
            asked.asked_on,
            name_of(asked.asked_by),
            "申请延长答复期限",
            f"申请延至 {asked.until_on:%Y-%m-%d}。理由：{asked.reason}",
        )
        if asked.decided_at is not None and asked.decided_on is not None:
            granted = asked.is_granted and asked.due_after
            said = f"同意，延至 {asked.due_after:%Y-%m-%d}。" if granted else "不同意。"
            yield Happening(
                asked.decided_at,
                asked.decided_on,
                name_of(asked.decided_by),
                "答复延期申请",
                said + asked.decision_reason,
            )


def _answered(alert: Alert) -> Iterable[Happening]:
    for answer in alert.responses.select_related("given_by").prefetch_related("files"):
        late = "（逾期提交）" if answer.is_late else ""
        documents = [answer.document, *(file.name for file in answer.files.all())]
        yield Happening(
            answer.given_at,
            answer.arrived_on,
            name_of(answer.given_by),
            f"{answer.get_side_display()}陈述{late}",
            answer.statement,
            tuple(filter(None, documents)),
        )


def _reviewed(reviews: Any, days: dict[datetime, date]) -> Iterable[Happening]:
    for review in reviews.order_by("pk"):
        decision = review.get_decision_display()
        document = getattr(review, "document", "")
        yield Happening(
            review.proposed_at,
            _day(review.proposed_at, days),
            name_of(review.proposed_by),
            f"提出复核意见：{decision}",
            review.reason,
            (document,) if document else (),
        )
        if review.decided_at is not None:
            verdict = "同意" if review.is_approved else "不同意"
            yield Happening(
                review.decided_at,
                _day(review.decided_at, days),
                name_of(review.decided_by),
                f"第二人复核：{verdict}（{decision}）",
                review.second_reason,
            )


def _day(at: datetime, days: dict[datetime, date]) -> date:
    """The day that the step speaks of: its event says so, where the system's day stands still."""
    return days.get(at, beijing_day(at))


def standing(alert: Alert, review: Review | None) -> str:
    """How the case stands, in a sentence for the cover."""
    if review is None:
        return f"{alert.get_status_display()}（尚无经两人复核的决定；预警不构成违约认定）"
    verdict = review.get_decision_display()
    return f"{alert.get_status_display()}；经两人复核：{verdict}"
