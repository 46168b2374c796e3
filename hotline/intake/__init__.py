"""What the platforms write, read as sums: no call is kept, and no number of a caller is looked at."""
