"""The description of the API (OpenAPI) and the page that shows it, without the internet."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import path
from django.utils.translation import get_language, override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny


class KeptGenerator(SchemaGenerator):
    """Describes the API once for each language: it takes a second, and anybody may ask."""

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        language = get_language()
        return _described(language if language in dict(settings.LANGUAGES) else "en")


@lru_cache(maxsize=len(settings.LANGUAGES))
def _described(language: str) -> Any:
    with override(language):
        return SchemaGenerator().get_schema(public=True)


# Both tell what the API is, not what it holds. The page's script has an address of its own, so
# that the content security policy stays as strict as everywhere else.
OPEN = {"permission_classes": [AllowAny], "authentication_classes": []}

schema = SpectacularJSONAPIView.as_view(generator_class=KeptGenerator, **OPEN)
page = SpectacularSwaggerSplitView.as_view(url_name="schema", **OPEN)

urlpatterns = [path("schema/", schema, name="schema"), path("docs/", page, name="api-docs")]
