"""The writer of lists; single records are written by `contract.records`."""
