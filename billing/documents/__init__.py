"""Documents about money, each made of frozen facts alone."""
