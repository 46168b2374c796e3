"""Fields, tables, and what the database refuses."""
