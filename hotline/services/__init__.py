"""The writers of platforms and figures; what else is kept is written by `contract.records`."""
