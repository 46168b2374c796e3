"""What the core tells those above it: writes in sets (Django sends no signal for them), moves of alerts."""

from django.dispatch import Signal

# Arguments: "rows" (with primary keys)
rows_added = Signal()
# Rows that are logged by sets, as values. Arguments: "columns" (attributes of the model), "rows"
values_added = Signal()
# Arguments: "before" and "after" (rows by primary key)
rows_updated = Signal()
# Arguments: "rows" (of the history table, with primary keys)
history_added = Signal()
# An administrator has given somebody a password. Arguments: "user"
password_given = Signal()
# Sent with the alert's class. Arguments: "events" (AlertEvents with primary keys, each with its alert)
alerts_moved = Signal()
# A contract continues another one. Sent with the contract's class. Arguments: "old", "new"
renewed = Signal()
