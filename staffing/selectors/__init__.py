"""Reads of staffing. Facts come in sets, with a fixed number of queries."""

from staffing.selectors.boards import month_rates, on_post_today, open_gaps
from staffing.selectors.facts import changes, day_counts, demands, gaps
from staffing.selectors.people import employments, people, places, posts, trainings, trials
from staffing.selectors.presence import presence, stint_spans

__all__ = [
    "changes",
    "day_counts",
    "demands",
    "employments",
    "gaps",
    "month_rates",
    "on_post_today",
    "open_gaps",
    "people",
    "places",
    "posts",
    "presence",
    "stint_spans",
    "trainings",
    "trials",
]
