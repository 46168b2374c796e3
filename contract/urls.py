"""Routes of the core's API."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from contract.access.api import auth
from contract.api import agreement, alerts, answers
from contract.duties.api import changes, conduct, consents, force_majeure, formalities, inspections, renewal, reports
from contract.letters.api import notices

router = SimpleRouter(trailing_slash=False)
router.register("contracts", agreement.ContractViewSet)
router.register("clauses", agreement.ClauseViewSet)
router.register("alerts", alerts.AlertViewSet)
router.register("response-files", answers.ResponseFileViewSet)
router.register("notices", notices.NoticeViewSet)
router.register("consents", consents.ConsentViewSet)
router.register("report-schedules", reports.ReportScheduleViewSet)
router.register("service-reports", reports.ServiceReportViewSet)
router.register("inspections", inspections.InspectionViewSet)
router.register("inspection-remarks", inspections.InspectionRemarkViewSet)
router.register("misconduct", conduct.MisconductViewSet)
router.register("force-majeure-events", force_majeure.ForceMajeureEventViewSet)
router.register("amendments", changes.AmendmentViewSet)
router.register("headcount-orders", changes.HeadcountOrderViewSet)
router.register("assessment-schemes", renewal.AssessmentSchemeViewSet)
router.register("renewal-assessments", renewal.RenewalAssessmentViewSet)
router.register("subcontracting", conduct.SubcontractingViewSet)
router.register("disputes", conduct.DisputeViewSet)
router.register("formalities", formalities.FormalityViewSet)

urlpatterns = [
    path("auth/token", auth.LoginView.as_view(), name="auth-token"),
    path("auth/logout", auth.LogoutView.as_view(), name="auth-logout"),
    path("auth/logout-all", auth.LogoutAllView.as_view(), name="auth-logout-all"),
    path("auth/password", auth.PasswordView.as_view(), name="auth-password"),
    path("me/tokens", auth.KeysView.as_view(), name="own-tokens"),
    path("me/tokens/<str:key>", auth.KeyView.as_view(), name="own-token"),
    path("me", auth.MeView.as_view(), name="me"),
    path("", include(router.urls)),
]
