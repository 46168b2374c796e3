"""Routes of the API about money."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from billing.views import InstalmentViewSet, InvoiceViewSet, PaymentViewSet, StatementViewSet
from billing.views_claims import AcceptanceSheetViewSet, ClaimFileViewSet, ClaimViewSet
from billing.views_files import QuarterFileViewSet
from billing.views_ledger import LedgerViewSet

router = SimpleRouter(trailing_slash=False)
router.register("instalments", InstalmentViewSet)
router.register("invoices", InvoiceViewSet)
router.register("payments", PaymentViewSet)
router.register("statements", StatementViewSet)
router.register("acceptance-sheets", AcceptanceSheetViewSet)
router.register("claims", ClaimViewSet)
router.register("claim-files", ClaimFileViewSet)
router.register("quarter-files", QuarterFileViewSet)

urlpatterns = [
    path("", include(router.urls)),
    path("contracts/<int:contract_id>/ledger", LedgerViewSet.as_view({"get": "retrieve"})),
    path(
        "contracts/<int:contract_id>/tables/<slug:table>.<slug:kind>",
        LedgerViewSet.as_view({"get": "table"}),
    ),
]
