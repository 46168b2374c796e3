"""The only writers of the core."""

from contract.services.cases import answer, ask_extension, close, decide_extension, record_silence
from contract.services.dates import dates_changed, follow_dates
from contract.services.evaluation import Evaluation, WrongDay, catch_up, evaluate, look, refuse_while_ahead
from contract.services.notifications import correct_notification, notify, notify_together
from contract.services.reviews import decide_review, propose_review

__all__ = [
    "Evaluation",
    "WrongDay",
    "answer",
    "ask_extension",
    "catch_up",
    "close",
    "correct_notification",
    "dates_changed",
    "decide_extension",
    "decide_review",
    "evaluate",
    "follow_dates",
    "look",
    "notify",
    "notify_together",
    "propose_review",
    "record_silence",
    "refuse_while_ahead",
]
