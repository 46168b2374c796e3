"""The checks of staffing: facts for all contracts in a few queries, then one rule for each."""

from staffing.checks import people, presence

__all__ = ["people", "presence"]
