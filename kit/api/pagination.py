"""Lists come in pages, whatever the client asks for."""

from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

from kit.api.problems import Problem


class BoundedPagination(PageNumberPagination):
    """`?page=2&page_size=100`; a page never has more than 500 rows."""

    page_size_query_param = "page_size"
    max_page_size = 500

    def get_page_size(self, request: Request) -> int | None:
        """The size asked for, at most the largest. What is no size is refused, not ignored."""
        asked = request.query_params.get(self.page_size_query_param)
        if asked is not None and not (asked.isascii() and asked.isdecimal() and int(asked[:9])):
            message = _("The size of a page is a whole number from 1 to %(largest)d.")
            error = {
                "field": self.page_size_query_param,
                "message": message % {"largest": self.max_page_size},
                "code": "invalid",
            }
            raise Problem(status.HTTP_400_BAD_REQUEST, "invalid", errors=[error])
        size: int | None = super().get_page_size(request)
        return size
