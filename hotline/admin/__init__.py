"""The admin pages of the service."""

from hotline.admin import figures, platforms, seats

__all__ = ["figures", "platforms", "seats"]
