"""What Django cannot say: no two spans of a person overlap, held by the database itself.

PostgreSQL has exclusion constraints; SQLite gets triggers that say the same. SQLite drops the
triggers of a table that a later migration rebuilds: such a migration must end with these
operations again (tests/staffing/test_overlap.py fails otherwise).
"""

# table, constraint, and the column that takes a row out of the comparison
SPANS = [
    ("staffing_assignment", "assignment_no_overlap", "withdrawn_on"),
    ("staffing_leave", "leave_no_overlap", "cancelled_on"),
]
SPANS_POSTGRESQL = """
    ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist
    (operator_id WITH =, daterange(starts_on, ends_on, '[]') WITH &&) WHERE ({gone} IS NULL)
"""
SPANS_SQLITE = """
    CREATE TRIGGER {name}_{event} BEFORE {when} ON {table} WHEN NEW.{gone} IS NULL
    BEGIN
        SELECT RAISE(ABORT, 'CHECK constraint failed: {name}') WHERE EXISTS (
            SELECT 1 FROM {table} AS other
            WHERE other.operator_id = NEW.operator_id AND other.id IS NOT NEW.id
            AND other.{gone} IS NULL
            AND other.starts_on <= COALESCE(NEW.ends_on, '9999-12-31')
            AND NEW.starts_on <= COALESCE(other.ends_on, '9999-12-31')
        );
    END
"""
SPANS_EVENTS = {"insert": "INSERT", "update": "UPDATE OF operator_id, starts_on, ends_on, {gone}"}

SHIFTS = "shift_no_overlap"
SHIFTS_POSTGRESQL = f"""
    ALTER TABLE staffing_shift ADD CONSTRAINT {SHIFTS} EXCLUDE USING gist
    (operator_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (replaced_by_id IS NULL)
"""
SHIFTS_SQLITE = """
    CREATE TRIGGER {name}_{event} BEFORE {when} ON staffing_shift WHEN NEW.replaced_by_id IS NULL
    BEGIN
        SELECT RAISE(ABORT, 'CHECK constraint failed: {name}') WHERE EXISTS (
            SELECT 1 FROM staffing_shift AS other
            WHERE other.operator_id = NEW.operator_id AND other.id IS NOT NEW.id
            AND other.replaced_by_id IS NULL
            AND other.starts_at < NEW.ends_at AND NEW.starts_at < other.ends_at
        );
    END
"""
SHIFTS_EVENTS = {
    "insert": "INSERT",
    "update": "UPDATE OF operator_id, starts_at, ends_at, replaced_by_id",
}


def install_spans(apps, schema_editor):
    """Assignments and leaves."""
    if schema_editor.connection.vendor == "postgresql":
        # A trusted extension: the owner of the database may create it.
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for table, name, gone in SPANS:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(SPANS_POSTGRESQL.format(table=table, name=name, gone=gone))
        else:
            for event, when in SPANS_EVENTS.items():
                schema_editor.execute(
                    SPANS_SQLITE.format(
                        table=table, name=name, gone=gone, event=event, when=when.format(gone=gone)
                    )
                )


def remove_spans(apps, schema_editor):
    for table, name, _gone in SPANS:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        else:
            for event in SPANS_EVENTS:
                schema_editor.execute(f"DROP TRIGGER {name}_{event}")


def install_shifts(apps, schema_editor):
    """Shifts."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(SHIFTS_POSTGRESQL)
        return
    for event, when in SHIFTS_EVENTS.items():
        schema_editor.execute(SHIFTS_SQLITE.format(name=SHIFTS, event=event, when=when))


def remove_shifts(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE staffing_shift DROP CONSTRAINT {SHIFTS}")
        return
    for event in SHIFTS_EVENTS:
        schema_editor.execute(f"DROP TRIGGER {SHIFTS}_{event}")
