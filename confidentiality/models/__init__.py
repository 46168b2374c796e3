"""The tables of confidentiality. None is ever deleted, whatever becomes of the contract."""

from confidentiality.models.disclosure import Disclosure
from confidentiality.models.incident import Incident, IncidentCost, IncidentPerson
from confidentiality.models.offboarding import Offboarding
from confidentiality.models.undertaking import Undertaking

__all__ = ["Disclosure", "Incident", "IncidentCost", "IncidentPerson", "Offboarding", "Undertaking"]
