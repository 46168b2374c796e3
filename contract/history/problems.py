"""What a comparison with the log can find, in words that say what to do."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Fault(models.TextChoices):
    ROW_CHANGED = "row_changed", gettext_lazy("changed behind the program's back")
    ROW_GONE = "row_gone", gettext_lazy("removed behind the program's back")
    ROW_ADDED = "row_added", gettext_lazy("added behind the program's back (no entry in the log)")
    ROW_BACK = "row_back", gettext_lazy("removed by the program, and there again")
    VERSION_CHANGED = "version_changed", gettext_lazy("a version in its history was changed")
    VERSION_GONE = "version_gone", gettext_lazy("a version in its history was removed")
    VERSION_ADDED = "version_added", gettext_lazy("a version in its history was added")
    ENTRY_CHANGED = "entry_changed", gettext_lazy("the log's entry was changed")
    ENTRY_GONE = "entry_gone", gettext_lazy("the log's entry was removed")
    LINK_CHANGED = "link_changed", gettext_lazy("the chain is broken at this link")
    LINKS_GONE = "links_gone", gettext_lazy("links of the chain are missing from here")
    HEAD_CHANGED = "head_changed", gettext_lazy("the chain does not end in its head")
    OTHER_CHAIN = ("other_chain", gettext_lazy("the chain does not lead through the head kept outside"))
    UNSEALED = "unsealed", gettext_lazy("the log's entry has not been sealed in time")
    TABLE_GONE = "table_gone", gettext_lazy("the log speaks of a table that the program has not")


@dataclass(frozen=True)
class Problem:
    """One thing that does not agree. `about` says which one, where the number does not."""

    fault: Fault
    label: str
    pk: int
    field: str = ""
    expected: str = ""
    found: str = ""
    about: str = ""

    def __str__(self) -> str:
        parts = [f"{self.table} {self.pk or ''}".strip(), self.about, str(self.fault.label)]
        if self.field:
            parts.append(
                _("“%(field)s” should be “%(expected)s”, is “%(found)s”")
                % {"field": self.field, "expected": self.expected, "found": self.found}
            )
        return _(", ").join(part for part in parts if part)

    @property
    def table(self) -> str:
        try:
            return f"{apps.get_model(self.label)._meta.verbose_name} {self.label}"
        except (LookupError, ValueError):
            return self.label

    def as_dict(self) -> dict[str, Any]:
        return {
            "fault": self.fault.value,
            "label": self.label,
            "pk": self.pk,
            "field": self.field,
            "expected": self.expected,
            "found": self.found,
            "about": self.about,
        }
