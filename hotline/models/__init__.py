"""What is kept of the service: where figures come from, the figures, what is measured by them, what is objected."""

from hotline.models.figures import Objection, ServiceDay, ServiceMonth
from hotline.models.indicator import Indicator
from hotline.models.platform import Platform

__all__ = ["Indicator", "Objection", "Platform", "ServiceDay", "ServiceMonth"]
