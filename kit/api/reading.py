"""Rows as JSON, without asking each field anew for each row.

DRF goes through all fields of each row by a path that any field may bend. What a field does with a row of a list is
the same for all of them: it is settled once per serializer, and the ordinary case (an attribute, given as it stands)
is read directly. Whatever is not ordinary goes DRF's way, so the answer is the same.
"""

from collections.abc import Callable, Mapping
from datetime import date
from operator import attrgetter
from typing import Any

from django.utils.functional import cached_property
from rest_framework import ISO_8601, serializers
from rest_framework.fields import SkipField
from rest_framework.relations import PKOnlyObject
from rest_framework.settings import api_settings

Reader = Callable[[Any], Any]
Field = serializers.Field
Key = serializers.PrimaryKeyRelatedField


class ReadingMixin(serializers.Serializer):
    """For serializers of lists, before the class of DRF that they extend."""

    def to_representation(self, instance: Any) -> Any:
        if isinstance(instance, Mapping):
            return super().to_representation(instance)
        found = {}
        for name, read in self._readers:
            try:
                found[name] = read(instance)
            except SkipField:
                continue
        return found

    @cached_property
    def _readers(self) -> list[tuple[str, Reader]]:
        fields: Any = self._readable_fields
        return [(field.field_name, self._reader(field)) for field in fields]

    def _reader(self, field: Any) -> Reader:
        own = type(field)
        if own is serializers.SerializerMethodField:
            of_row: Reader = getattr(self, field.method_name)
            return of_row
        plain = _plain(field)
        if plain is None or field.source == "*":
            return _by_drf(field)
        if own.get_attribute is Key.get_attribute and field.pk_field is None:
            return _direct(field, f"{field.source}_id", *plain)
        if own.get_attribute is Field.get_attribute:
            return _direct(field, field.source, *plain)
        return _by_drf(field)


def _plain(field: Any) -> tuple[type, Reader | None] | None:
    """The type of value that a field gives back by a known way, and that way (None: as it stands)."""
    by = type(field).to_representation
    if by is serializers.CharField.to_representation:
        return str, None
    if by in (serializers.IntegerField.to_representation, Key.to_representation):
        return int, None
    if by is serializers.BooleanField.to_representation:
        return bool, None
    if by is serializers.ChoiceField.to_representation:
        known = field.choice_strings_to_values
        return str, lambda value: known.get(value, value)
    iso = getattr(field, "format", api_settings.DATE_FORMAT) == ISO_8601
    if by is serializers.DateField.to_representation and iso:
        return date, date.isoformat
    return None


def _direct(field: Any, path: str, kind: type, written: Reader | None) -> Reader:
    get, otherwise = attrgetter(path), _by_drf(field)

    def read(row: Any) -> Any:
        try:
            value = get(row)
        except Exception:  # a default, or an error that says more: DRF knows
            return otherwise(row)
        if value is None:
            return None
        if type(value) is not kind:
            return otherwise(row)
        return written(value) if written else value

    return read


def _by_drf(field: Any) -> Reader:
    def read(row: Any) -> Any:
        value = field.get_attribute(row)
        if (value.pk if isinstance(value, PKOnlyObject) else value) is None:
            return None
        return field.to_representation(value)

    return read
