"""The only writers of the core."""

from contract.services.evaluation import Evaluation, evaluate, look
from contract.services.reviews import decide_review, propose_review

__all__ = ["Evaluation", "decide_review", "evaluate", "look", "propose_review"]
