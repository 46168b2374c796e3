"""Nobody in: bounds, refusals, lock-out, tokens, personal data, and the matrix of who may what."""
