"""The contract's own duties, decided: facts, dated figures and a day in, findings out.

Pure: no database, no clock. What is dated after `as_of` has not happened yet.
"""
