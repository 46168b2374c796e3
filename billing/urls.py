"""Routes of the API about money."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from billing.views import InstalmentViewSet, InvoiceViewSet, PaymentViewSet, StatementViewSet

router = SimpleRouter(trailing_slash=False)
router.register("instalments", InstalmentViewSet)
router.register("invoices", InvoiceViewSet)
router.register("payments", PaymentViewSet)
router.register("statements", StatementViewSet)

urlpatterns = [path("", include(router.urls))]
