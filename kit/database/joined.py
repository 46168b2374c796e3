"""Many rows as one: what a column has in the rows of a group, joined into a text by the database."""

from typing import Any

from django.db.models import Aggregate, TextField


class Joined(Aggregate):
    """The values of a group with commas, in no order: a row a group where there would be one for each value.

    For whole numbers only: a text may have commas of its own. `numbers` takes them apart.
    """

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "%(function)s(CAST(%(expressions)s AS text), ',')"
        return self.as_sql(compiler, connection, function="STRING_AGG", template=template, **context)


def numbers(joined: str) -> list[int]:
    return [int(number) for number in joined.split(",")]
