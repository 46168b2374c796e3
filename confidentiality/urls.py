"""Routes of confidentiality's API."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from confidentiality import views

router = SimpleRouter(trailing_slash=False)
router.register("undertakings", views.UndertakingViewSet)
router.register("offboardings", views.OffboardingViewSet)
router.register("disclosures", views.DisclosureViewSet)
router.register("incidents", views.IncidentViewSet)
router.register("incident-persons", views.IncidentPersonViewSet)

urlpatterns = [
    path("", include(router.urls)),
    path(
        "contracts/<int:contract_id>/undertakings",
        views.UndertakingListView.as_view({"put": "take_in"}),
        name="undertaking-team",
    ),
]
