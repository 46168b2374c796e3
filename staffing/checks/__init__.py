"""The checks of staffing: facts for all contracts in a few queries, then one rule for each."""

from staffing.checks import duty, people, presence

__all__ = ["duty", "people", "presence"]
