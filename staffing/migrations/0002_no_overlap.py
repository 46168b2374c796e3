"""No two assignments of a person overlap, nor two live leaves: held by the database itself.

PostgreSQL has exclusion constraints; SQLite gets triggers that say the same. SQLite drops the
triggers of a table that a later migration rebuilds: such a migration must end with these
operations again (tests/staffing/test_overlap.py fails otherwise).
"""

from django.db import migrations

# table, constraint, and the column that takes a row out of the comparison
RULES = [
    ("staffing_assignment", "assignment_no_overlap", "withdrawn_on"),
    ("staffing_leave", "leave_no_overlap", "cancelled_on"),
]

POSTGRESQL = """
    ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist
    (operator_id WITH =, daterange(starts_on, ends_on, '[]') WITH &&) WHERE ({gone} IS NULL)
"""
SQLITE = """
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
EVENTS = {"insert": "INSERT", "update": "UPDATE OF operator_id, starts_on, ends_on, {gone}"}


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        # A trusted extension: the owner of the database may create it.
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for table, name, gone in RULES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(POSTGRESQL.format(table=table, name=name, gone=gone))
        else:
            for event, when in EVENTS.items():
                schema_editor.execute(
                    SQLITE.format(
                        table=table, name=name, gone=gone, event=event, when=when.format(gone=gone)
                    )
                )


def remove(apps, schema_editor):
    for table, name, _gone in RULES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        else:
            for event in EVENTS:
                schema_editor.execute(f"DROP TRIGGER {name}_{event}")


class Migration(migrations.Migration):
    dependencies = [("staffing", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
