"""The core's part of the API, and what the views of all apps share."""

from contract.api.base import OnContractMixin, ScopedMixin, VisibleField, WritableViewSet

__all__ = ["OnContractMixin", "ScopedMixin", "VisibleField", "WritableViewSet"]
