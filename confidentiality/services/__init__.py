"""The only writers of confidentiality: keyword-only, validated, one transaction each.

`today` (and `now`, for instants) is the moment of writing: what has not happened yet is refused.
"""

from confidentiality.services.disclosures import correct_disclosure, record_disclosure, withdraw_disclosure
from confidentiality.services.incidents import (
    add_cost,
    add_person,
    correct_cost,
    correct_incident,
    correct_person,
    record_incident,
    withdraw_incident,
    withdraw_part,
)
from confidentiality.services.offboardings import correct_offboarding, record_offboarding, withdraw_offboarding
from confidentiality.services.undertakings import (
    ListResult,
    UndertakingRow,
    correct_undertaking,
    record_undertaking,
    record_undertakings,
    withdraw_undertaking,
)

__all__ = [
    "ListResult",
    "UndertakingRow",
    "add_cost",
    "add_person",
    "correct_cost",
    "correct_disclosure",
    "correct_incident",
    "correct_offboarding",
    "correct_person",
    "correct_undertaking",
    "record_disclosure",
    "record_incident",
    "record_offboarding",
    "record_undertaking",
    "record_undertakings",
    "withdraw_disclosure",
    "withdraw_incident",
    "withdraw_offboarding",
    "withdraw_part",
    "withdraw_undertaking",
]
