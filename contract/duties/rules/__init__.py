"""The contract's own duties, decided from facts."""
