"""Tables made in one step are those that the single operations would make."""

import pytest
from django.db import connection, models
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, RemoveField
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from kit.database.schema import CreateTables


def operations() -> list[Operation]:
    """Two tables that refer to each other, with an index and constraints added later."""
    key = ("id", models.BigAutoField(primary_key=True))
    return [
        CreateModel("Author", [key, ("name", models.CharField(max_length=9))]),
        CreateModel("Book", [key, ("author", models.ForeignKey("contract.author", models.CASCADE))]),
        AddField("author", "best", models.ForeignKey("contract.book", models.CASCADE, null=True)),
        AddIndex("book", models.Index(fields=["author"], name="book_author")),
        AddConstraint("author", models.UniqueConstraint(fields=["best"], name="best_once")),
    ]


def apply(steps: list[Operation]) -> ProjectState:
    state = ProjectState()
    for step in steps:
        before = state.clone()
        step.state_forwards("contract", state)
        with connection.schema_editor() as editor:
            step.database_forwards("contract", editor, before, state)
    return state


def described() -> dict[str, object]:
    with connection.cursor() as cursor:
        tables = {}
        for table in ("contract_author", "contract_book"):
            columns = connection.introspection.get_table_description(cursor, table)
            constraints = connection.introspection.get_constraints(cursor, table)
            facts = sorted(
                (tuple(each["columns"]), bool(each["unique"]), each["foreign_key"] or ())
                for each in constraints.values()
            )
            tables[table] = (sorted((c.name, c.null_ok) for c in columns), facts)
        return tables


@pytest.mark.django_db(transaction=True)
def test_it_makes_the_tables_that_the_single_operations_make() -> None:
    described_by, states = [], []
    for steps in (operations(), [CreateTables(operations())]):
        state = apply(steps)
        states.append(state)
        described_by.append(described())
        with connection.schema_editor() as editor:
            CreateTables(operations()).database_backwards("contract", editor, state, ProjectState())
        assert "contract_book" not in connection.introspection.table_names()
    assert described_by[0] == described_by[1]
    assert states[0] == states[1]


def test_it_refuses_what_is_not_about_its_own_tables() -> None:
    with pytest.raises(ValueError, match="other"):
        CreateTables([*operations(), RemoveField("other", "field")])
