"""The admin pages of the service."""

from hotline.admin import figures, platforms

__all__ = ["figures", "platforms"]
