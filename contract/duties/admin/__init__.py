"""What office staff see of the contract's own duties."""

from contract.duties.admin import changes, conduct

__all__ = ["changes", "conduct"]
