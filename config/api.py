"""The routes of API v1: each app lists its own in `<app>/urls.py`."""

from importlib.util import find_spec

from django.urls import include, path

APPS = ("contract", "staffing", "hotline", "billing", "confidentiality")

urlpatterns = [path("", include(f"{app}.urls")) for app in APPS if find_spec(f"{app}.urls")]
