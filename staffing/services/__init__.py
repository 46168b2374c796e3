"""The writers of staffing, each called with its module: `leaves.enter(...)`.

Every write that changes who is in place keeps the day roll-up and the gaps in its own transaction.
Invalid input raises ValidationError (or RowErrors) and leaves nothing written. What changes nobody's
days (people, posts, proofs, labour matters) is written by `contract.records` itself.
"""
