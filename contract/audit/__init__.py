"""The change log: who wrote what, when, by which way; chained, so that no edit goes unseen.

`context` knows who acts and by which way; `content` turns rows into comparable values; `writing`
hears of every write and keeps an entry in the same transaction; `sealing` chains entries after the
commit; `verifying` compares the tables with the log and names what does not agree; `checking` keeps
the result of that; `reading` tells an entry to people. `contract.replay` reads the state of the
rows on an earlier day out of the log.
"""
