"""Addresses: the admin, the API with its description, health, and the switch of language."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from config import health, portal, search
from config.metrics import metrics
from contract.access import pages
from contract.setup import first
from kit.second_factor import views as second_factor

urlpatterns = [
    path("", first.home, name="home"),
    path("first/", first.administrators, name="first-administrators"),
    path("first/office/", first.office, name="first-office"),
    path("admin/login/", first.sign_in, name="sign-in"),
    path("admin/second-factor/", second_factor.ask, name="second-factor"),
    path("admin/second-factor/setup/", second_factor.setup, name="second-factor-setup"),
    path("admin/find/", admin.site.admin_view(search.find), name="find"),
    path("admin/tables/", admin.site.admin_view(search.show_tables), name="tables"),
    path("admin/", admin.site.urls),
    path("account/", pages.account, name="account"),
    path("account/sign-in", pages.SignInView.as_view(), name="account-sign-in"),
    path("account/invitation/<uidb64>/<token>/", first.InvitationView.as_view(), name="account-invitation"),
    path("account/sign-out", LogoutView.as_view(next_page="account-sign-in"), name="account-sign-out"),
    path("account/end-key", pages.end_key, name="account-end-key"),
    path("portal/", portal.home, name="portal"),
    path("portal/alerts/<int:pk>", portal.alert, name="portal-alert"),
    path("portal/alerts/<int:pk>/responses", portal.answer, {"step": "responses"}, name="portal-answer"),
    path("portal/alerts/<int:pk>/extensions", portal.answer, {"step": "extensions"}, name="portal-more-time"),
    path("portal/files/<int:pk>", portal.file, name="portal-file"),
    path("portal/letters/<int:pk>", portal.letter, name="portal-letter"),
    path("portal/letters/<int:pk>/acknowledge", portal.acknowledge, name="portal-acknowledge"),
    path("portal/<int:contract_id>/service", portal.service, name="portal-service"),
    path("portal/<int:contract_id>/service/objections", portal.object_to_figures, name="portal-object"),
    path("portal/<int:contract_id>/<slug:kind>/template", portal.template, name="portal-template"),
    path("portal/<int:contract_id>/<slug:kind>/import", portal.take_in, name="portal-import"),
    path("account/calendar-link", pages.calendar_link, name="account-calendar-link"),
    path("calendar/<slug:secret>.ics", pages.calendar_feed, name="calendar-feed"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", include("config.api")),
    path("api/v1/", include("config.docs")),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("health/serving", health.serving, name="health-serving"),
    path("metrics", metrics, name="metrics"),
]

handler400 = "kit.api.problems.bad_request"
handler403 = "kit.api.problems.permission_denied"
handler404 = "kit.api.problems.page_not_found"
handler500 = "kit.api.problems.server_error"
