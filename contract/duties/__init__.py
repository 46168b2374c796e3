"""The contract's own duties (articles 2, 4, 12, 15 to 19, 21, 22): records, rules and checks."""
