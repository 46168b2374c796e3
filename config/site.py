"""The site of the pages: unfold's, without what each page would make for a menu that is not shown."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import sites
from django.http import HttpRequest
from unfold.apps import BasicAppConfig
from unfold.sites import UnfoldAdminSite


class OfficeSite(UnfoldAdminSite):
    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The models of one app, on its page. A list of all of them is asked for by every page and shown by none."""
        return super().get_app_list(request, app_label) if app_label else []

    def get_sidebar_list(self, request: HttpRequest) -> list[Any]:
        """The menu as `config.navigation` makes it for this user: it holds nothing that they may not open."""
        found: list[Any] = self._get_value(self._get_config("SIDEBAR", request).get("navigation"), request)
        return found


class SiteConfig(BasicAppConfig):
    default = False

    def ready(self) -> None:
        admin.site = sites.site = OfficeSite()
