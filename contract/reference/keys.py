"""The words that a contract document may use, as tables in Markdown: figures, readings and checks."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from contract.choices import Side
from contract.registry import checks
from contract.terms import POLICIES, TERMS, Definition
from contract.terms.definition import WRITTEN_LIKE


def tables(needs: Mapping[str, Any]) -> str:
    """All three, in the reader's language; `needs` says of each check what it asks for."""
    figures = [(key, row.label, written(row), row.unit) for key, row in TERMS.items()]
    readings = [(key, row.label, written(row), row.display(row.default)) for key, row in POLICIES.items()]
    looked_at = [(key, row.title, Side(row.owed_by).label, needs.get(key, "")) for key, row in checks().items()]
    return "\n".join(
        [
            *_table(_("Figures (`terms`)"), (_("key"), _("meaning"), _("written like"), _("unit")), figures),
            *_table(_("Readings (`policies`)"), (_("key"), _("meaning"), _("written like"), _("default")), readings),
            *_table(_("Checks (`checks`)"), (_("key"), _("meaning"), _("owed by"), _("needs")), looked_at),
        ]
    )


def written(row: Definition) -> str:
    """How a value is written: its choices with their meaning, or an example of its kind."""
    if row.choices is not None:
        return "; ".join(f"`{value}` {label}" for value, label in row.choices.items())
    return f"`{WRITTEN_LIKE[row.kind]}`" if row.kind in WRITTEN_LIKE else _("text")


def _table(title: str, head: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    yield from (f"## {title}", "", f"| {' | '.join(head)} |", "|---" * len(head) + "|")
    for key, *cells in rows:
        yield f"| `{key}` | {' | '.join(str(cell).replace('|', '/') for cell in cells)} |"
    yield ""
