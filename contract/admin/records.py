"""What the admin pages of the contract's own duties share."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from contract.admin.base import KeptMixin, ServiceAdmin
from contract.records import keep
from contract.selectors import visible_contracts


class DutyAdmin(KeptMixin, ServiceAdmin):
    """Records that are created and corrected through a service, and never deleted."""

    list_filter: Any = [("contract", AutocompleteSelectFilter)]
    list_select_related: Any = ["contract"]
    autocomplete_fields: Any = ["contract"]
    fixed: tuple[str, ...] = ("contract",)
    """What a record is about: chosen once."""

    def write(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> models.Model:
        row: models.Model = keep(row=obj)
        return row

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for row in formset.save(commit=False):
            named(row, keep)
        formset.save_m2m()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """With a single contract there is nothing to choose."""
        initial = super().get_changeform_initial_data(request)
        contracts = list(visible_contracts(request.user).values_list("pk", flat=True)[:2])
        return {"contract": contracts[0], **initial} if len(contracts) == 1 else initial

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), *(self.fixed if obj else ())]

    @display(description=_("contract"), ordering="contract__number")
    def contract_number(self, row: Any) -> str:
        return str(row.contract.number)


class RowsAdmin(DutyAdmin):
    """A record that is written together with its rows, by one service."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The rows are not known yet: see `save_related`."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        rows = []
        for formset in formsets:
            formset.save(commit=False)  # fills in what the log of changes asks for
            rows += [
                row.cleaned_data for row in formset.forms if row.cleaned_data and not row.cleaned_data.get("DELETE")
            ]
        self.write_with_rows(form.instance, rows if formsets else None)

    def write_with_rows(self, row: Any, rows: list[dict[str, Any]] | None) -> None:
        """Write the record and all its rows; None where the page shows no rows."""
        raise NotImplementedError


class RowsFormSet(BaseInlineFormSet):
    """Says by its name on the page, not in the program, what stands twice."""

    def get_unique_error_message(self, unique_check: Sequence[str]) -> str:
        model: Any = self.model
        own = [name for name in unique_check if name != self.fk.name]
        names = [str(model._meta.get_field(name).verbose_name) for name in own]
        return str(super().get_unique_error_message(names))


class RowsInline(TabularInline):
    """The rows of a record, on its page."""

    formset = RowsFormSet
    extra = 0
    can_delete = True


class KeptRowsInline(KeptMixin, TabularInline):
    """Rows that are corrected, never deleted."""

    formset = RowsFormSet
    extra = 0
    show_change_link = True


def named(row: models.Model, write: Any) -> None:
    """Write a row of another record's page; what is refused says which row it is."""
    try:
        write(row=row)
    except ValidationError as error:
        said = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        raise ValidationError(
            [f"{row} {_label(row, field)} {text}" for field, texts in said.items() for text in texts]
        ) from error


def _label(row: models.Model, field: str) -> str:
    try:
        return str(row._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
    except Exception:
        return ""
