"""The words for claims, confirmations of an acceptance, and quarterly files."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Claimed:
    """The office drafts a claim on a confirmed breach; its lines follow from the figures."""

    on: date
    check: str
    about: str
    instalment: int
    grounds: str


@dataclass(frozen=True)
class ClaimPutForward:
    """One person proposes to put the claim forward; on `decided_on` a second one approves."""

    on: date
    check: str
    about: str
    reason: str
    decided_on: date


@dataclass(frozen=True)
class LinesDisputed:
    """The vendor disputes every line of the claim."""

    on: date
    check: str
    about: str
    reason: str
    statement: str


@dataclass(frozen=True)
class Filed:
    """Finance asks for the quarterly file of an instalment; a worker makes it."""

    on: date
    instalment: int


@dataclass(frozen=True)
class AcceptanceConfirmed:
    """The vendor confirms the acceptance of an instalment's period."""

    on: date
    instalment: int
    opinion: str = ""
