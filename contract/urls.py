"""Routes of the core's API."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from contract.views import agreement, alerts, auth, duties, duties_agreed, notices

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
router.register("force-majeure-events", duties_agreed.ForceMajeureEventViewSet)
router.register("amendments", duties_agreed.AmendmentViewSet)
router.register("headcount-orders", duties_agreed.HeadcountOrderViewSet)
router.register("assessment-schemes", duties_agreed.AssessmentSchemeViewSet)
router.register("renewal-assessments", duties_agreed.RenewalAssessmentViewSet)
router.register("subcontracting", duties_agreed.SubcontractingViewSet)
router.register("disputes", duties_agreed.DisputeViewSet)
router.register("formalities", duties_agreed.FormalityViewSet)

urlpatterns = [
    path("auth/token", auth.LoginView.as_view(), name="auth-token"),
    path("auth/logout", auth.LogoutView.as_view(), name="auth-logout"),
    path("auth/logout-all", auth.LogoutAllView.as_view(), name="auth-logout-all"),
    path("me", auth.MeView.as_view(), name="me"),
    path("", include(router.urls)),
]
