"""A migration operation that makes an app's first tables in one step."""

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class CreateTables(Operation):
    """Tables in their final form, from the operations that `makemigrations` writes for new models.

    One after the other, each of those operations makes Django build all related models anew:
    with a hundred models that were 24 of the 25 seconds of an empty database, at every start of
    the tests. Here the models are built once; every table is created with all of its columns,
    indexes and constraints. Wrap them by hand: `operations = [CreateTables([...])]`.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations
        created = {each.name_lower for each in self.creations}
        for operation in operations:
            of = getattr(operation, "model_name_lower", None) or getattr(operation, "name_lower", "")
            if of not in created:
                raise ValueError(f"not about a table created here: {operation.describe()}")

    @property
    def creations(self) -> list[CreateModel]:
        return [each for each in self.operations if isinstance(each, CreateModel)]

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        vars(state).pop("apps", None)  # built again when it is next asked for
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for creation in self.creations:
            creation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for creation in reversed(self.creations):
            creation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Create {len(self.creations)} tables"
