"""The log of accesses: who came in or was refused, what was taken out, whose account or role changed.

No case data: what a record says stands in the change log. It has a chain of its own, so that the audit
administrator can follow it without seeing a contract.
"""
