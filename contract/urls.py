"""Routes of the core's API."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from contract.views import agreement, alerts, auth

router = SimpleRouter(trailing_slash=False)
router.register("contracts", agreement.ContractViewSet)
router.register("clauses", agreement.ClauseViewSet)
router.register("alerts", alerts.AlertViewSet)

urlpatterns = [
    path("auth/token", auth.LoginView.as_view(), name="auth-token"),
    path("auth/logout", auth.LogoutView.as_view(), name="auth-logout"),
    path("auth/logout-all", auth.LogoutAllView.as_view(), name="auth-logout-all"),
    path("me", auth.MeView.as_view(), name="me"),
    path("", include(router.urls)),
]
