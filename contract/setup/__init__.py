"""The first hour and the next year: from an empty machine to one's own contract, and on to its successor."""
