"""Routes of confidentiality's API."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from confidentiality.api import data_returns, disclosures, incidents, offboardings, undertakings

router = SimpleRouter(trailing_slash=False)
router.register("undertakings", undertakings.UndertakingViewSet)
router.register("offboardings", offboardings.OffboardingViewSet)
router.register("data-returns", data_returns.DataReturnViewSet)
router.register("disclosures", disclosures.DisclosureViewSet)
router.register("incidents", incidents.IncidentViewSet)
router.register("incident-persons", incidents.IncidentPersonViewSet)

urlpatterns = [
    path("", include(router.urls)),
    path(
        "contracts/<int:contract_id>/undertakings",
        undertakings.UndertakingListView.as_view({"put": "take_in"}),
        name="undertaking-team",
    ),
]
