"""Reads of staffing. Facts come in sets, with a fixed number of queries."""

from staffing.selectors.boards import month_rates, on_post_today, open_gaps
from staffing.selectors.facts import changes, day_counts, demands, departures, gaps, on_duty, tally
from staffing.selectors.labour import approvals, labour_matters, pay_proofs, workers
from staffing.selectors.people import employments, people, places, posts, trainings, trials
from staffing.selectors.presence import over_leave, presence, stint_spans
from staffing.selectors.rota import duty, marks, nights, shifts, worked

__all__ = [
    "approvals",
    "changes",
    "day_counts",
    "demands",
    "departures",
    "duty",
    "employments",
    "gaps",
    "labour_matters",
    "marks",
    "month_rates",
    "nights",
    "on_duty",
    "on_post_today",
    "open_gaps",
    "over_leave",
    "pay_proofs",
    "people",
    "places",
    "posts",
    "presence",
    "shifts",
    "stint_spans",
    "tally",
    "trainings",
    "trials",
    "worked",
    "workers",
]
