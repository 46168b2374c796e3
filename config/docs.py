"""The description of the API (OpenAPI) and the page that shows it, without the internet."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import path
from django.utils.translation import get_language, override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from kit.api.authentication import TokenAuthentication


class KeptGenerator(SchemaGenerator):
    """Describes the API once for each language: it takes a second, and anybody may ask."""

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        language = get_language()
        return _described(language if language in dict(settings.LANGUAGES) else "en")


@lru_cache(maxsize=len(settings.LANGUAGES))
def _described(language: str) -> Any:
    with override(language):
        return SchemaGenerator().get_schema(public=True)


class MayRead(BasePermission):
    """Both tell what the API is, not what it holds: open, unless a setting asks for a signed-in user."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return settings.API_DESCRIPTION != "login" or bool(request.user.is_authenticated)


class Readable(APIView):
    """Whoever asks by token or in the pages; where it is open, nobody is asked who they are."""

    permission_classes = [MayRead]

    def get_authenticators(self) -> list[Any]:
        asks = settings.API_DESCRIPTION == "login"
        return [TokenAuthentication(), SessionAuthentication()] if asks else []


class SchemaView(Readable, SpectacularJSONAPIView):
    generator_class = KeptGenerator


class PageView(Readable, SpectacularSwaggerSplitView):
    """Its script has an address of its own, so that the content security policy stays strict."""

    url_name = "schema"


schema, page = SchemaView.as_view(), PageView.as_view()

urlpatterns = [path("schema/", schema, name="schema"), path("docs/", page, name="api-docs")]
