"""The description of the API (OpenAPI) and the page that shows it, without the internet."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

# Both tell what the API is, not what it holds. The page's script has an address of its own, so
# that the content security policy stays as strict as everywhere else.
OPEN = {"permission_classes": [AllowAny], "authentication_classes": []}

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(**OPEN), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema", **OPEN), name="api-docs"),
]
