"""The change log: who wrote what, when, by which way; chained, so that no edit goes unseen.

`contract.acting` knows who acts and by which way; `content` turns rows into comparable values; `log`
hears of every write and keeps an entry in the same transaction; `seals` chains entries after the
commit; `verification` compares the tables with the log and names what does not agree; `services` keep
the result of that; `wording` tells an entry to people. `replay` reads the state of the rows on an
earlier day out of the log, `casefile` everything about an alert.
"""
