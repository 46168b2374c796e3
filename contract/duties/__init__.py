"""The contract's own duties: records, rules and checks."""
