"""Writes in sets, which Django sends no signal for."""

from django.dispatch import Signal

# Arguments: "rows" (with primary keys)
rows_added = Signal()
# Arguments: "before" and "after" (rows by primary key)
rows_updated = Signal()
# Arguments: "rows" (of the history table, with primary keys)
history_added = Signal()
