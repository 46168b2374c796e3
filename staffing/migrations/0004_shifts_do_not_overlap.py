"""No two live shifts of a person overlap: held by the database itself, as for assignments (0002).

A later migration that rebuilds the table on SQLite must end with these operations again
(tests/staffing/test_overlap.py fails otherwise).
"""

from django.db import migrations

NAME = "shift_no_overlap"
POSTGRESQL = f"""
    ALTER TABLE staffing_shift ADD CONSTRAINT {NAME} EXCLUDE USING gist
    (operator_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (replaced_by_id IS NULL)
"""
SQLITE = """
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
EVENTS = {
    "insert": "INSERT",
    "update": "UPDATE OF operator_id, starts_at, ends_at, replaced_by_id",
}


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
        return
    for event, when in EVENTS.items():
        schema_editor.execute(SQLITE.format(name=NAME, event=event, when=when))


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE staffing_shift DROP CONSTRAINT {NAME}")
        return
    for event in EVENTS:
        schema_editor.execute(f"DROP TRIGGER {NAME}_{event}")


class Migration(migrations.Migration):
    dependencies = [("staffing", "0003_rota_and_labour")]
    operations = [migrations.RunPython(install, remove, elidable=False)]
