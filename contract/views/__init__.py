"""The core's part of the API, and what the views of all apps share."""

from contract.views.base import ScopedMixin, VisibleField

__all__ = ["ScopedMixin", "VisibleField"]
