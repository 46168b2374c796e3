"""Loads the sample year onto the reference contract."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Login:
    """A sample user: what to type, and what the person does."""

    username: str
    password: str
    name: str
    group: str
    party: str


LOGINS = ()
