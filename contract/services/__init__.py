"""The only writers of the core."""

from contract.services.dates import dates_changed, follow_dates
from contract.services.evaluation import Evaluation, evaluate, look
from contract.services.reviews import decide_review, propose_review

__all__ = [
    "Evaluation",
    "dates_changed",
    "decide_review",
    "evaluate",
    "follow_dates",
    "look",
    "propose_review",
]
