"""Ratios measured in one run: docs/performance.md."""

from datetime import date

FIRST = date(2024, 10, 1)
"""The first day of every contract of a bench."""
