"""The law as pure functions: no framework, no database, no clock.

Everything here takes what it needs as an argument and may be called in any order:

- `references`   which article a rule rests on, and since when
- `calendar`     rest days, make-up working days and statutory holidays of mainland China
- `periods`      periods forward, notices backward, ages, months and contract quarters
- `comparisons`  "at least", "at most", "exceeds", and shares compared by integers
- `money`        splitting, tax, interest and capital numerals, never in floating point
- `identity`     credit codes, resident ID numbers and invoice numbers
- `labour`       working hours: signals that ask the employer for proof
"""
