"""What the API of all apps shares: a person sees the contracts of their parties, no others.

Forms refuse a field, and lists a filter, that they do not know.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NoReturn

import django_filters
from django import forms
from django.db import models
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import mixins, serializers, status
from rest_framework.exceptions import ErrorDetail
from rest_framework.fields import empty
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.validators import UniqueTogetherValidator
from rest_framework.viewsets import GenericViewSet

from contract import records
from contract.models import Contract
from contract.selectors import visible_contracts
from kit.api.changes import SINCE
from kit.api.idempotency import IdempotentMixin
from kit.api.problems import Problem
from kit.api.reading import ReadingMixin
from kit.api.trial import given_twice
from kit.api.versions import VersionedMixin

# Parameters of every list, beside its filters.
LIST_PARAMETERS = frozenset({"page", "page_size", "ordering"})
MAX_ID = 2**63 - 1
# Of the members of one object that do not exist, so many are told.
UNKNOWN_TOLD = 20


class InstantField(serializers.DateTimeField):
    """An instant: a day with a time. DRF takes a day alone, even a week, for the midnight at its beginning, and raises
    OverflowError for an instant that UTC cannot hold, such as 0001-01-01.
    """

    default_error_messages = {
        "no_time": gettext_lazy("“{text}” names no time of day. Write it as 2025-06-30T08:00:00+08:00.")
    }

    def to_internal_value(self, value: Any) -> Any:
        if isinstance(value, str) and not {"T", "t", " "} & set(value.strip()):
            self.fail("no_time", text=value[:40])
        return super().to_internal_value(value)

    def enforce_timezone(self, value: Any) -> Any:
        try:
            return super().enforce_timezone(value)
        except OverflowError:
            self.fail("overflow")


class KeyField(serializers.PrimaryKeyRelatedField):
    """The id of a row. DRF asks the database for whatever it is sent, as for 1e999: OverflowError."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, float):
            self.fail("incorrect_type", data_type=type(data).__name__)
        return super().to_internal_value(data)

    def fail(self, key: str, **kwargs: Any) -> NoReturn:
        if key == "does_not_exist" and "request" in self.context:
            self.context["request"]._request.out_of_scope = True  # for the access log
        super().fail(key, **kwargs)


class VisibleField(KeyField):
    """A reference to a row of a visible contract; another row "does not exist"."""

    def __init__(self, contract_path: str = "", **kwargs: Any) -> None:
        self.contract_path = contract_path
        super().__init__(**kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        queryset: Any = super().get_queryset()
        request: Request | None = self.context.get("request")
        if request is None:
            return queryset.none()
        lookup = f"{self.contract_path}__in" if self.contract_path else "pk__in"
        return queryset.filter(**{lookup: visible_contracts(request.user)})


class StrictSerializer(ReadingMixin):
    """Refuses members that it does not know (a typing error), and changes of what is fixed.

    `Meta.fixed` names fields that are given when the row is made and never changed.
    """

    serializer_related_field: Any = KeyField
    # For a model serializer. DRF has only an English sentence for what is no big integer.
    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.DateTimeField: InstantField,
        models.BigIntegerField: serializers.IntegerField,
    }

    def get_validators(self) -> Any:
        """Duplicates are the model's to name: it says who was first, and when."""
        return [one for one in super().get_validators() if not isinstance(one, UniqueTogetherValidator)]

    def run_validation(self, data: Any = empty) -> Any:
        if data is None and self.parent is None:  # DRF has only an English sentence for it
            message = self.error_messages["invalid"].format(datatype="null")
            raise serializers.ValidationError({"non_field_errors": [message]}, code="invalid")
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := sorted(set(data) - set(self.fields))):
            message = _("There is no such field.")
            raise serializers.ValidationError(
                {str(name)[:80]: [ErrorDetail(message, "unknown_field")] for name in unknown[:UNKNOWN_TOLD]}
            )
        return super().to_internal_value(data)

    def validate(self, attrs: Any) -> Any:
        fixed = getattr(getattr(self, "Meta", None), "fixed", ())
        if self.instance is None:
            return attrs
        for name in set(fixed) & set(attrs):
            if attrs.pop(name) != getattr(self.instance, name):
                raise serializers.ValidationError({name: _("This cannot be changed any more. Make a new record.")})
        return attrs


class ReasonSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=200)


class IdFilter(django_filters.Filter):
    """The id of another row. One that does not exist, or is not visible, gives an empty list."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(min_value=1, max_value=MAX_ID)
        super().__init__(*args, **kwargs)


class OfContractFilter(django_filters.FilterSet):
    """Records of a contract."""

    contract = IdFilter(field_name="contract_id")


class ScopedMixin(VersionedMixin):
    """The rows of visible contracts only; any other row is answered with 404, as if it were not.

    `contract_path` leads from the model to its contract ("" on the contract itself). A view whose
    rows are reached otherwise overrides `scope`.
    """

    contract_path = "contract"
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Any]:
        queryset = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return queryset.none()
        return self.scope(queryset)

    def scope(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        path = self.contract_path
        return queryset.filter(**{f"{path}__in" if path else "pk__in": self.visible()})

    def hold(self, row: Any) -> None:
        records.lock(row)

    def last_change(self, row: Any) -> tuple[str, datetime]:
        history = row.history.select_related("history_user").order_by("-history_id") if hasattr(row, "history") else []
        user = next((version.history_user for version in history[:1]), None)
        return (user.get_full_name() or user.username) if user else _("The program"), row.updated_at

    def visible(self) -> QuerySet[Contract]:
        return visible_contracts(self.request.user)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filters a list; a filter that does not exist (a typing error) is refused, not ignored."""
        if self.lookup_field in self.kwargs:  # one row: what it is found by stands in the path
            return queryset
        self._refuse_unknown_parameters()
        return super().filter_queryset(queryset)

    def _refuse_unknown_parameters(self) -> None:
        filterset = getattr(self, "filterset_class", None)
        known = LIST_PARAMETERS | set(filterset.base_filters if filterset else ()) | ({SINCE} if self.stamp else set())
        orderings = set(getattr(self, "ordering_fields", ()))
        asked = self.request.query_params.get("ordering", "").split(",")
        unordered = {part.strip().lstrip("-") for part in asked} - orderings - {""}
        errors = [
            _no_such(name, _("There is no such filter. There are: %(known)s."), known)
            for name in sorted(set(self.request.query_params) - known)
        ]
        if unordered:
            message = _("The list cannot be ordered so. Order it by: %(known)s.")
            errors.append(_no_such("ordering", message, orderings))
        several = {
            name for name, one in (filterset.base_filters if filterset else {}).items() if hasattr(one, "conjoined")
        }
        errors += [
            {"field": name, "message": message, "code": "given_twice"}
            for name, message in given_twice(self.request).items()
            if name not in several
        ]
        if errors:
            raise Problem(status.HTTP_400_BAD_REQUEST, "invalid", errors=errors)


def _no_such(name: str, message: str, known: set[str] | frozenset[str]) -> dict[str, Any]:
    text = message % {"known": ", ".join(sorted(known))}
    return {"field": name[:80], "message": text, "code": "unknown_parameter"}


class OnContractMixin(ScopedMixin):
    """Rows of the one contract in the path (`contract_id`)."""

    def contract(self) -> Contract:
        return get_object_or_404(self.visible(), pk=self.kwargs["contract_id"])

    def scope(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(contract=self.contract())


class AddableViewSet(
    IdempotentMixin,
    ScopedMixin,
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.ListModelMixin,
    GenericViewSet,
):
    """Rows that are added (`perform_create` names the service) and read."""


class WritableViewSet(AddableViewSet):
    """Rows that are created and corrected field by field (PATCH), never deleted.

    A view names the services in `perform_create` and `perform_update`, which set the
    serializer's instance.
    """

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = self.get_serializer(self.get_object(), data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        self.perform_update(serializer)
        return Response(self.get_serializer(serializer.instance).data)

    def perform_update(self, serializer: Any) -> None:
        raise NotImplementedError
