"""The words in which the sample year is told."""
