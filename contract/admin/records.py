"""The pages of kept records: entered, corrected and withdrawn through the one writer."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from contract import records
from contract.admin.base import KeptMixin, ServiceAdmin
from contract.admin.display import badge
from contract.models.base import STANDING
from kit import clock
from kit.errors import Conflict


class KeptAdmin(KeptMixin, ServiceAdmin):
    """Records that are entered and corrected, and never deleted; what they are about is chosen once."""

    list_filter: Any = [("contract", AutocompleteSelectFilter)]
    list_select_related: Any = ["contract"]
    autocomplete_fields: Any = ["contract"]
    writer: Any = records
    """Who writes: the writer of all records, or a service with the same words."""
    extra_readonly: tuple[str, ...] = ()
    """What is only shown, once the record stands."""

    def write(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> models.Model:
        written: models.Model = write(self.writer, obj, form)
        return written

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Parts of a record, written one by one; what is refused says which one it is."""
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        for part in formset.forms:
            if not part.has_changed():
                continue
            row, is_new = part.instance, part.instance._state.adding
            setattr(row, formset.fk.name, form.instance)
            with naming(row):
                written = write(records, row, part)
            if is_new:
                formset.new_objects.append(written)
            else:
                formset.changed_objects.append((written, part.changed_data))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fixed = [*self.model.FIXED, *self.extra_readonly] if obj else []
        return [*super().get_readonly_fields(request, obj), *fixed]


class PartInline(KeptMixin):
    """Parts of a record that stand. One that was entered by mistake is withdrawn with a reason."""

    extra = 0
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        return rows.filter(STANDING)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        fields: Sequence[Any] = super().get_fields(request, obj)  # type: ignore[misc]
        may = self.has_change_permission(request, obj)
        return fields if may else [name for name in fields if name != "withdraw"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may: bool = super().has_add_permission(request, obj)  # type: ignore[misc]
        return may and (obj is None or obj.stands)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may: bool = super().has_change_permission(request, obj)  # type: ignore[misc]
        return may and (obj is None or obj.stands)


class WithdrawForm(forms.ModelForm):
    """A form with one more field: a reason there withdraws the whole record."""

    withdraw = forms.CharField(
        label=_("reason of the withdrawal"),
        required=False,
        strip=True,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Fill in only to withdraw the record: it stays readable and counts no more."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("withdraw"):
            model: Any = type(self.instance)
            reason: Any = model._meta.get_field(model.WITHDRAWAL[1])
            field.widget.attrs["maxlength"] = reason.max_length
            field.validators.append(MaxLengthValidator(reason.max_length))


class StandingFilter(DropdownFilter):
    """Without a choice the records that stand; the withdrawn ones on demand."""

    title = _("state")
    parameter_name = "standing"
    all_option = None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("", _("standing")), ("withdrawn", _("withdrawn")), ("all", _("all"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        if self.value() == "withdrawn":
            return queryset.exclude(STANDING)
        return queryset.filter(STANDING)


UNDO = "_undo"
UNDO_WITHIN = timedelta(minutes=15)


class UndoMixin(ModelAdmin):
    """What a person has just entered by mistake is withdrawn by one press, while nobody else has touched it.

    What others already rely on, the service that withdraws refuses as ever.
    """

    def take_back(self, request: HttpRequest, row: Any, reason: str) -> Any:
        """Withdraw a record through its service."""
        raise NotImplementedError

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        response = super().response_add(request, obj, post_url_continue)
        if "_popup" not in request.POST and _is_fresh(obj, request.user):
            opts = self.opts
            form = (
                '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">{} '
                '<button class="o-button o-button-quiet o-button-small" name="{}" value="1">{}</button></form>'
            )
            page = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[obj.pk])
            said = gettext("Entered by mistake? It is withdrawn by one press within 15 minutes:")
            messages.info(
                request,
                format_html(form, page, get_token(request), said, UNDO, gettext("Withdraw what was just entered")),
            )
        return response

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if request.method == "POST" and UNDO in request.POST and object_id:
            return self._undo(request, object_id)
        return super().changeform_view(request, object_id, *args, **kwargs)

    def _undo(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        try:
            with transaction.atomic():
                if not _is_fresh(records.locked(row), request.user):
                    raise ValidationError(gettext("Too long ago, or changed since: withdraw it on its page."))
                self.take_back(request, row, gettext("Entered by mistake, undone at once."))
        except (ValidationError, Conflict) as error:
            messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
            return redirect(request.path)
        messages.success(request, gettext("%(row)s: withdrawn.") % {"row": row})
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")


def _is_fresh(row: Any, user: Any) -> bool:
    """Whether this person alone has written the record, not long ago."""
    versions = list(row.history.order_by("history_date", "history_id").values_list("history_user_id", "history_date"))
    return {who for who, _at in versions} == {user.pk} and versions[0][1] >= clock.now() - UNDO_WITHIN


class WithdrawableAdmin(UndoMixin, KeptAdmin):
    """Records that stand until they are withdrawn."""

    form = WithdrawForm
    entry: list[Any] = []
    """The sections of the form, without the one that withdraws."""

    def take_back(self, request: HttpRequest, row: Any, reason: str) -> Any:
        return self.writer.withdraw(row, on=clock.today(), reason=reason)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.entry
        may = self.has_change_permission(request, obj)
        return [*self.entry, (_("Withdrawal"), {"fields": ["withdraw" if may else "withdrawal"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), "withdrawal"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (obj is None or obj.stands) and bool(super().has_change_permission(request, obj))

    @display(description=_("withdrawal"))
    def withdrawal(self, row: Any) -> str:
        day, why = (getattr(row, name) for name in row.WITHDRAWAL)
        return f"{day or ''} {why}".strip() or "–"

    @display(description=_("state"))
    def standing(self, row: Any) -> SafeString:
        if row.stands:
            return badge("good", "check_circle", gettext("stands"))
        return badge("calm", "undo", gettext("withdrawn"))


class RowsAdmin(KeptAdmin):
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


def write(writer: Any, row: Any, form: Any) -> Any:
    """Write what a form says of a record: new, withdrawn or corrected."""
    at = {"today": clock.today(), "now": clock.now()}
    if row._state.adding:
        return writer.enter(row, **at)
    if reason := form.cleaned_data.get("withdraw"):
        return writer.withdraw(row, on=at["today"], reason=reason)
    names = records.correctable(row)
    return writer.correct(row, **at, **{name: form.cleaned_data[name] for name in form.changed_data if name in names})


@contextmanager
def naming(row: models.Model) -> Iterator[None]:
    """What is refused of one row of a page says which row it is."""
    try:
        yield
    except ValidationError as error:
        said = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        raise ValidationError(
            [f"{row} {_label(row, field)} {text}" for field, texts in said.items() for text in texts]
        ) from error


def _label(row: models.Model, field: str) -> str:
    try:
        return str(row._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return ""
