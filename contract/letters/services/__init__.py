"""The only writers of letters."""
