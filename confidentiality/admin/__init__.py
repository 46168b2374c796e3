"""The admin pages of confidentiality. Every form writes through a service."""

from confidentiality.admin import disclosures, incidents, line, offboardings, undertakings

__all__ = ["disclosures", "incidents", "line", "offboardings", "undertakings"]
