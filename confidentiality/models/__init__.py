"""The tables of confidentiality. None is ever deleted, whatever becomes of the contract."""

from confidentiality.models.undertaking import Undertaking

__all__ = ["Undertaking"]
