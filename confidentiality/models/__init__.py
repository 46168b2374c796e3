"""The tables of confidentiality. None is ever deleted, whatever becomes of the contract."""

from confidentiality.models.data_return import DataReturn
from confidentiality.models.disclosure import Disclosure
from confidentiality.models.incident import Incident, IncidentCost, IncidentPerson
from confidentiality.models.offboarding import Offboarding
from confidentiality.models.undertaking import Undertaking

__all__ = ["DataReturn", "Disclosure", "Incident", "IncidentCost", "IncidentPerson", "Offboarding", "Undertaking"]
