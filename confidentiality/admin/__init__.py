"""The admin pages of confidentiality. Every form writes through a service."""

from confidentiality.admin import data_returns, disclosures, incidents, line, offboardings, undertakings

__all__ = ["data_returns", "disclosures", "incidents", "line", "offboardings", "undertakings"]
