"""The only writers of confidentiality."""

from confidentiality.services.undertakings import (
    correct_undertaking,
    record_undertaking,
    withdraw_undertaking,
)

__all__ = ["correct_undertaking", "record_undertaking", "withdraw_undertaking"]
