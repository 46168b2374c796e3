"""Routes of the service's API."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from hotline.api.figures import ServiceDayViewSet, ServiceMonthViewSet
from hotline.api.objections import IndicatorViewSet, ObjectionViewSet
from hotline.api.seats import SeatDayViewSet, SeatLoginViewSet
from kit.api.parsers import BoundedMultiPartParser

router = SimpleRouter(trailing_slash=False)
router.register("objections", ObjectionViewSet)
router.register("seat-logins", SeatLoginViewSet)

ON = "contracts/<id:contract_id>"

urlpatterns = [
    path("", include(router.urls)),
    path(f"{ON}/service-days", ServiceDayViewSet.as_view({"get": "list", "put": "report"}), name="service-day-list"),
    path(
        f"{ON}/service-days/import",
        ServiceDayViewSet.as_view({"post": "take_in"}, parser_classes=[BoundedMultiPartParser]),
        name="service-day-import",
    ),
    path(f"{ON}/service-months", ServiceMonthViewSet.as_view({"get": "list"}), name="service-month-list"),
    path(f"{ON}/service-months/<month:month>", ServiceMonthViewSet.as_view({"put": "report"}), name="service-month"),
    path(f"{ON}/seat-days", SeatDayViewSet.as_view({"get": "list", "put": "report"}), name="seat-day-list"),
    path(
        f"{ON}/seat-days/import",
        SeatDayViewSet.as_view({"post": "take_in"}, parser_classes=[BoundedMultiPartParser]),
        name="seat-day-import",
    ),
    path(f"{ON}/service-indicators", IndicatorViewSet.as_view({"get": "list"}), name="service-indicator-list"),
]
