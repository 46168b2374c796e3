"""The writers of lists and of declarations; other single records are written by `contract.records`."""
