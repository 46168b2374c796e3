"""What is owed, when, and whether it was done: pure functions over facts, no database, no clock."""
