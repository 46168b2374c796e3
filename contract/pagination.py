"""Lists come in pages, whatever the client asks for."""

from rest_framework.pagination import PageNumberPagination


class BoundedPagination(PageNumberPagination):
    """`?page=2&page_size=100`; a page never has more than 500 rows."""

    page_size_query_param = "page_size"
    max_page_size = 500
