"""How long papers are kept. Pure: days in, days out.

Papers of a procurement: at least 15 years from its end (政府采购法 article 42); counted here from the
latest of the contract's last day, the last acceptance and the last closed case. Logs: at least six months
(网络安全法, network logs).
"""

from collections.abc import Iterable
from datetime import date

from dateutil.relativedelta import relativedelta

PAPERS_YEARS = 15
LOGS_MONTHS = 6


def papers_due_on(ends: Iterable[date | None], years: int = PAPERS_YEARS) -> date:
    """The first day on which papers may go. ValueError for less than the law asks, or no end at all."""
    if years < PAPERS_YEARS:
        raise ValueError(f"procurement papers are kept {PAPERS_YEARS} years or longer")
    return max(day for day in ends if day is not None) + relativedelta(years=years, days=1)


def logs_due_before(today: date, months: int = LOGS_MONTHS) -> date:
    """Logs from before this day may go. ValueError for less than the law asks."""
    if months < LOGS_MONTHS:
        raise ValueError(f"logs are kept {LOGS_MONTHS} months or longer")
    return today - relativedelta(months=months)
