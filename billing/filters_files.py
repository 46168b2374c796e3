"""Filters of the list of quarterly files."""

import django_filters

from billing.models import QuarterFile
from billing.states import FileStatus
from contract.filters import IdFilter


class QuarterFileFilter(django_filters.FilterSet):
    """Files by contract, instalment and state; `standing` leaves out the replaced ones."""

    contract = IdFilter(field_name="contract_id")
    instalment = IdFilter(field_name="instalment_id")
    status = django_filters.MultipleChoiceFilter(choices=FileStatus)
    standing = django_filters.BooleanFilter(field_name="replaced_by", lookup_expr="isnull")

    class Meta:
        model = QuarterFile
        fields: list[str] = []
