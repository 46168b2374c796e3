"""From where a request comes."""

from django.http import HttpRequest
from rest_framework.settings import api_settings


def client_address(request: HttpRequest) -> str:
    """The client's address: behind `NUM_PROXIES` proxies the one that the outermost of them saw."""
    near = str(request.META.get("REMOTE_ADDR") or "")
    seen = [part.strip() for part in str(request.META.get("HTTP_X_FORWARDED_FOR") or "").split(",") if part.strip()]
    proxies = api_settings.NUM_PROXIES or 0
    return seen[-min(proxies, len(seen))] if proxies and seen else near
