"""The form of a contract document as JSON Schema (draft 2020-12), made from the readers.

It says shapes, names and patterns, for editors and other programs. Sums, days and references are looked at by
`load_contract` alone.
"""

from typing import Any

from contract.reference.readers import Group, Reader, Rows
from contract.reference.sections import sections


def schema() -> dict[str, Any]:
    """The schema of a whole document."""
    known = sections()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Contract document",
        "type": "object",
        "additionalProperties": False,
        "required": [name for name, section in known.items() if section.required],
        "properties": {name: of(section.kind) for name, section in known.items()},
    }


def of(kind: Reader | Group | Rows) -> dict[str, Any]:
    """The schema of one value."""
    if isinstance(kind, Reader):
        return dict(kind.schema() if callable(kind.schema) else kind.schema)
    if isinstance(kind, Rows):
        return {"type": "array", "items": of(kind.of)} | ({"minItems": kind.least} if kind.least else {})
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [name for name, field in kind.fields.items() if field.required],
        "properties": {name: of(field.kind) for name, field in kind.fields.items()},
    }
