"""Routes of the API about money."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from billing.api.claims import ClaimFileViewSet, ClaimViewSet
from billing.api.instalments import InstalmentViewSet
from billing.api.invoices import InvoiceViewSet
from billing.api.ledger import LedgerViewSet
from billing.api.payments import PaymentViewSet
from billing.api.quantities import PaymentRuleViewSet, QuantityViewSet
from billing.api.quarter_files import QuarterFileViewSet
from billing.api.sheets import AcceptanceSheetViewSet
from billing.api.statements import StatementViewSet

router = SimpleRouter(trailing_slash=False)
router.register("instalments", InstalmentViewSet)
router.register("invoices", InvoiceViewSet)
router.register("payments", PaymentViewSet)
router.register("statements", StatementViewSet)
router.register("acceptance-sheets", AcceptanceSheetViewSet)
router.register("claims", ClaimViewSet)
router.register("claim-files", ClaimFileViewSet)
router.register("quarter-files", QuarterFileViewSet)
router.register("payment-rules", PaymentRuleViewSet)
router.register("quantities", QuantityViewSet)

urlpatterns = [
    path("", include(router.urls)),
    path("contracts/<int:contract_id>/ledger", LedgerViewSet.as_view({"get": "retrieve"})),
    path("contracts/<int:contract_id>/tables/<slug:table>.<slug:kind>", LedgerViewSet.as_view({"get": "table"})),
]
