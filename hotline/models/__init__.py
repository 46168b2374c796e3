"""What is kept of the service: platforms, their figures and seat logs, what is measured, what is objected."""

from hotline.models.figures import Objection, ServiceDay, ServiceMonth
from hotline.models.indicator import Indicator
from hotline.models.platform import Platform
from hotline.models.seats import SeatDay, SeatLogin

__all__ = ["Indicator", "Objection", "Platform", "SeatDay", "SeatLogin", "ServiceDay", "ServiceMonth"]
