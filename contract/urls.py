"""Routes of the core's API."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from contract.views import agreement, alerts, auth, duties, notices

router = SimpleRouter(trailing_slash=False)
router.register("contracts", agreement.ContractViewSet)
router.register("clauses", agreement.ClauseViewSet)
router.register("alerts", alerts.AlertViewSet)
router.register("response-files", alerts.ResponseFileViewSet)
router.register("notices", notices.NoticeViewSet)
router.register("consents", duties.ConsentViewSet)
router.register("report-schedules", duties.ReportScheduleViewSet)
router.register("service-reports", duties.ServiceReportViewSet)
router.register("inspections", duties.InspectionViewSet)
router.register("inspection-remarks", duties.InspectionRemarkViewSet)
router.register("misconduct", duties.MisconductViewSet)
router.register("force-majeure-events", duties.ForceMajeureEventViewSet)
router.register("amendments", duties.AmendmentViewSet)
router.register("headcount-orders", duties.HeadcountOrderViewSet)
router.register("assessment-schemes", duties.AssessmentSchemeViewSet)
router.register("renewal-assessments", duties.RenewalAssessmentViewSet)
router.register("disputes", duties.DisputeViewSet)
router.register("formalities", duties.FormalityViewSet)

urlpatterns = [
    path("auth/token", auth.LoginView.as_view(), name="auth-token"),
    path("auth/logout", auth.LogoutView.as_view(), name="auth-logout"),
    path("auth/logout-all", auth.LogoutAllView.as_view(), name="auth-logout-all"),
    path("me", auth.MeView.as_view(), name="me"),
    path("", include(router.urls)),
]
