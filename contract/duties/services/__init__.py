"""The only writers of the contract's own duties."""
