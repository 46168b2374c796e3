"""What all admin pages of the apps have in common: scope, history, services, read-only."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import helpers
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from simple_history.admin import SimpleHistoryAdmin
from simple_history.models import ModelChange, ModelDelta
from simple_history.template_utils import HistoricalRecordContextHelper
from unfold.admin import ModelAdmin

from contract.admin.display import column
from contract.choices import Route
from contract.models.base import MASKED_FIELDS, history_of, watched
from contract.selectors import usual_contract, visible_contracts
from kit import clock
from kit.database.fields import EncryptedTextField
from kit.errors import Conflict, RowErrors
from law.identity import mask_telephone

# A row's number has up to 18 digits and fits 64 bits.
MAX_DIGITS = 18


class PickedSelect(AutocompleteSelect):
    """A row picked from a list. Django's own breaks on what is no key, as in `add/?contract=x`."""

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        keys = [key for key in value if str(key).isdecimal() and len(str(key)) <= MAX_DIGITS]
        return super().optgroups(name, keys, attr)


class BoundedFormsMixin(ModelAdmin):
    """Rows below a form: as many as the page shows and ADDED_AT_ONCE more, whatever a body says of itself.

    Django makes 2,000 forms of a number that is sent, each with its lists of choices.
    """

    ADDED_AT_ONCE = 25

    def get_formsets_with_inlines(self, request: HttpRequest, obj: Any = None) -> Iterator[tuple[Any, Any]]:
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            if request.method == "POST":
                there = inline.get_queryset(request).filter(**{formset.fk.name: obj}).count() if obj else 0
                formset.max_num = formset.absolute_max = there + formset.extra + self.ADDED_AT_ONCE
            yield formset, inline


class BoundedPaginator(Paginator):
    """Counts no further than anybody turns pages, so that a list of millions costs what one of thousands does."""

    COUNTED = 100_000

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by().values("pk")[: self.COUNTED].count())

    @property
    def is_cut(self) -> bool:
        """Whether there may be more rows than are counted."""
        return self.count >= self.COUNTED


class ScopedAdmin(BoundedFormsMixin):
    """Rows of the contracts that the user's parties have signed, and no others.

    `contract_path` leads from the model to its contract: "" is the contract itself, None a
    model that belongs to no contract.
    """

    contract_path: str | None = "contract"
    list_per_page = 50
    list_max_show_all = 200
    paginator = BoundedPaginator
    list_filter_submit = True
    show_facets = admin.ShowFacets.NEVER  # each would count the whole table
    compressed_fields = True
    warn_unsaved_form = True

    @cached_property
    def readonly_preprocess_fields(self) -> dict[str, Callable[[str], str]]:
        """Amounts that are only shown are written as everywhere: 522,933.33."""
        return {f.name: grouped for f in self.opts.concrete_fields if isinstance(f, models.DecimalField)}

    contract_number = column(gettext_lazy("contract"), "contract__number")
    person = column(gettext_lazy("operator"), "operator", ordering="operator__employee_number")

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, *args: Any) -> HttpResponse:
        request.out_of_scope = True  # type: ignore[attr-defined]  # for the access log
        return super()._get_obj_does_not_exist_redirect(request, *args)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        if self.contract_path is None or request.user.is_superuser:
            return rows
        lookup = f"{self.contract_path}__in" if self.contract_path else "pk__in"
        return rows.filter(**{lookup: visible_contracts(request.user)})

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        if found.paginator.is_cut:  # its years and months are read from every row: after a filter
            found.date_hierarchy = None
        return found

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        # A number that no column holds breaks the query: answered like any unknown filter.
        for name, values in request.GET.lists():
            if name != "q" and any(v.isdigit() and len(v) > MAX_DIGITS for v in values):
                return redirect(f"{request.path}?e=1")
        return super().changelist_view(request, extra_context)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Back to the steps of setting up, where the form was opened from there (`setup.guide.listed`)."""
        pk = "_guide" in request.GET and getattr(obj, "contract_id", None)
        return redirect("admin:contract_contract_setup", pk) if pk else super().response_post_save_add(request, obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        # What the address gives as a key and is none is left out: the form opens without it.
        keys = {f.name for f in self.opts.get_fields() if isinstance(f, models.ForeignKey)}
        initial = super().get_changeform_initial_data(request)
        initial = {name: value for name, value in initial.items() if name not in keys or _is_key(str(value))}
        if "contract" in keys and "contract" not in initial:
            initial["contract"] = usual_contract(request.user, clock.today())
        return initial

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        # A key sent by hand is held to the same scope as the list that it is picked from.
        related = self.admin_site._registry.get(db_field.remote_field.model)
        if related is not None and "queryset" not in kwargs:
            kwargs["queryset"] = related.get_queryset(request)
        if "widget" not in kwargs and db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = PickedSelect(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


def grouped(text: str) -> str:
    """ "522933.33" → "522,933.33"; what is no number stays."""
    return f"{Decimal(text):,}" if re.fullmatch(r"-?\d+(\.\d+)?", text) else text


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS


class Part:
    """What a house above the core adds to the pages of one of its models."""

    def __init__(self, model_admin: Any) -> None:
        self.model_admin = model_admin

    def urls(self) -> list[URLPattern]:
        """Pages of its own below those of the model."""
        return []

    def actions(self, request: HttpRequest) -> dict[str, tuple[Any, str, Any]]:
        """What can be done with chosen rows, by name: function, name, description."""
        return {}

    def context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What the page of a row shows."""
        return {}


class PartsMixin(ModelAdmin):
    """Pages that other houses add parts to: `SomeAdmin.parts.append(...)`, each class its own list."""

    parts: list[type[Part]]

    def get_urls(self) -> list[URLPattern]:
        return [url for part in self.parts for url in part(self).urls()] + super().get_urls()

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        for part in self.parts:
            actions |= part(self).actions(request)
        return actions

    def parts_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {k: v for part in self.parts for k, v in part(self).context(request, row).items()}


class ReadOnlyMixin:
    """Rows that only the program writes: nobody adds, changes or deletes them here.

    Their history is what the change log says of them.
    """

    def has_add_permission(self, *args: Any, **kwargs: Any) -> bool:
        return False

    def has_change_permission(self, *args: Any, **kwargs: Any) -> bool:
        return False

    def has_delete_permission(self, *args: Any, **kwargs: Any) -> bool:
        return False

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        label = self.model._meta.label  # type: ignore[attr-defined]
        logged = label in watched() and history_of(self.model) is None  # type: ignore[attr-defined]
        row = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if not (logged and row and request.user.has_perm("contract.view_changeentry")):
            return super().history_view(request, object_id, extra_context)  # type: ignore[misc]
        entries = reverse("admin:contract_changeentry_changelist")
        return redirect(f"{entries}?{urlencode({'label': label, 'row_pk': object_id})}")


class KeptMixin:
    """Rows that people correct but never delete: the history keeps what stood there."""

    def has_delete_permission(self, *args: Any, **kwargs: Any) -> bool:
        return False


class HistoryReader(HistoricalRecordContextHelper):
    """Changes as people read them: choices by their names, encrypted values never."""

    # What the program keeps for itself.
    TECHNICAL = ("updated_at", "created_at", "resident_id_index")

    def context_for_delta_changes(self, delta: ModelDelta) -> list[dict[str, Any]]:
        delta = replace(delta, changes=[c for c in delta.changes if c.field not in self.TECHNICAL])
        return super().context_for_delta_changes(delta)

    def prepare_delta_change_value(self, change: ModelChange, value: Any) -> Any:
        model_field = self.model._meta.get_field(change.field)
        if isinstance(model_field, EncryptedTextField):
            return "••••"
        if value is None:
            return ""
        if change.field in MASKED_FIELDS:
            return mask_telephone(str(value))
        if getattr(model_field, "choices", None):
            return dict(model_field.flatchoices).get(value, value)
        return super().prepare_delta_change_value(change, value)


class RecordAdmin(SimpleHistoryAdmin, ScopedAdmin):
    """Rows that people keep, with the history of each change, inside the same scope."""

    # By which way a version was written, as a column of a query. Given by the house of the log.
    route_of_version: Callable[[type[models.Model]], Any]
    # The column's heading is this name, translated.
    history_list_display = [gettext_noop("written by way of")]

    def get_history_queryset(self, *args: Any, **kwargs: Any) -> models.QuerySet[Any]:
        versions = super().get_history_queryset(*args, **kwargs)
        return versions.annotate(logged_route=self.route_of_version(self.model))

    def set_history_delta_changes(self, request: HttpRequest, page: Any) -> None:
        super().set_history_delta_changes(request, page)
        for version in page.object_list:
            route = version.logged_route
            setattr(version, self.history_list_display[0], Route(route).label if route else "–")
            version.history_change_reason = version.history_change_reason or "–"

    def get_historical_record_context_helper(self, request: HttpRequest, historical_record: Any) -> HistoryReader:
        return HistoryReader(self.model, historical_record)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        self._require_in_scope(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):  # the library saves the old version over the row
            return HttpResponseNotAllowed(["GET", "HEAD"])
        self._require_in_scope(request, object_id)
        request.shows_the_past = True  # type: ignore[attr-defined]
        return super().history_form_view(request, object_id, version_id, extra_context)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        past = getattr(request, "shows_the_past", False)
        return not past and bool(super().has_change_permission(request, obj))

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        # Django asks for the fields of a bare form by `fields=None`: that one stays whole.
        past = getattr(request, "shows_the_past", False) and "fields" not in kwargs
        return super().get_form(request, obj, change=change or past, **kwargs)

    def render_history_view(
        self, request: HttpRequest, template: str, context: dict[str, Any], **kwargs: Any
    ) -> HttpResponse:
        """An old version is read, not edited: every field as text."""
        if "adminform" in context:
            fieldsets = self.get_fieldsets(request, context["original"])
            context["adminform"] = helpers.AdminForm(
                context["adminform"].form, fieldsets, {}, flatten_fieldsets(fieldsets), self
            )
        return super().render_history_view(request, template, context, **kwargs)

    def _require_in_scope(self, request: HttpRequest, object_id: str) -> None:
        if self.get_object(request, object_id) is None:
            raise Http404


class ServiceMixin(ModelAdmin):
    """Forms that write through a service.

    `write` calls it. What the service refuses rolls everything back
    and stands in the form beside the field that it names, like any other mistake.
    """

    def write(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> models.Model:
        """Write what the form says and return the row that was written.

        A correction passes on `changed(form, …)` only: what the page has rounded for display (an
        instant to the minute) is not written back.
        """
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        written = self.write(request, obj, form, change)
        obj.__dict__.update(written.__dict__)  # the log and the redirect speak of the new row

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (ValidationError, Conflict, RowErrors) as error:
            # The transaction is rolled back; the same form once more, with what was refused.
            request.refused = error  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        error = getattr(request, "refused", None)
        return form if error is None else refusing(form, error)


class ServiceAdmin(ServiceMixin, RecordAdmin):
    """Rows with a history, written through a service."""


def changed(form: forms.ModelForm, fields: Collection[str]) -> dict[str, Any]:
    """The values of those of the named fields that the person has changed."""
    return {name: form.cleaned_data[name] for name in form.changed_data if name in fields}


def entered(form: forms.ModelForm, fields: Collection[str]) -> dict[str, Any]:
    """The values of those of the named fields that the form has."""
    return {name: form.cleaned_data[name] for name in fields if name in form.cleaned_data}


def refusing(form: type[forms.ModelForm], error: Exception) -> type[forms.ModelForm]:
    """The same form, which says what the service said."""

    class RefusingForm(form):  # type: ignore[misc, valid-type]
        def _post_clean(self) -> None:
            super()._post_clean()
            for field, messages in _by_field(error).items():
                if field in self.fields:
                    self.add_error(field, messages)
                else:
                    self.add_error(None, messages)

    return RefusingForm


def _by_field(error: Exception) -> Mapping[Any, list[str]]:
    if isinstance(error, ValidationError):
        if hasattr(error, "error_dict"):
            return dict(error.message_dict)
        return {None: error.messages}
    if isinstance(error, RowErrors):
        return {row.field: [str(row.message)] for row in error.errors}
    return {None: [str(error) or _("Somebody else changed this row meanwhile. Reload the page.")]}
