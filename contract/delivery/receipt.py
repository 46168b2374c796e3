"""What came of an attempt to deliver."""

from dataclasses import dataclass

from contract.delivery.choices import AttemptOutcome


@dataclass(frozen=True)
class Receipt:
    """The proof of one attempt: the receiver's code and words, our number, the body's hash."""

    outcome: AttemptOutcome
    code: str = ""
    detail: str = ""
    remote_id: str = ""
    body_sha256: str = ""


class Undeliverable(Exception):
    """This message cannot be delivered by trying again; the sentence says why."""
