"""What office staff see of the contract's own duties."""

from contract.duties.admin import changes, conduct, purchase

__all__ = ["changes", "conduct", "purchase"]
