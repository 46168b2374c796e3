"""Filters of the lists about money."""

import django_filters

from billing.choices import InvoiceStatus
from billing.models import Instalment, Invoice, Payment, Statement
from contract.filters import IdFilter


class InstalmentFilter(django_filters.FilterSet):
    """Instalments by contract, number, and a day inside the period."""

    contract = IdFilter(field_name="contract_id")
    sequence = django_filters.NumberFilter(min_value=1, max_value=32767)
    from_day = django_filters.DateFilter(field_name="period_end", lookup_expr="gte")
    to_day = django_filters.DateFilter(field_name="period_start", lookup_expr="lte")

    class Meta:
        model = Instalment
        fields: list[str] = []


class InvoiceFilter(django_filters.FilterSet):
    """Invoices by contract, instalment, state, number and day of receipt."""

    contract = IdFilter(field_name="instalment__contract_id")
    instalment = IdFilter(field_name="instalment_id")
    status = django_filters.MultipleChoiceFilter(choices=InvoiceStatus)
    number = django_filters.CharFilter()
    received_from = django_filters.DateFilter(field_name="received_on", lookup_expr="gte")
    received_to = django_filters.DateFilter(field_name="received_on", lookup_expr="lte")

    class Meta:
        model = Invoice
        fields: list[str] = []


class PaymentFilter(django_filters.FilterSet):
    """Payments by contract, instalment and day."""

    contract = IdFilter(field_name="instalment__contract_id")
    instalment = IdFilter(field_name="instalment_id")
    paid_from = django_filters.DateFilter(field_name="paid_on", lookup_expr="gte")
    paid_to = django_filters.DateFilter(field_name="paid_on", lookup_expr="lte")

    class Meta:
        model = Payment
        fields: list[str] = []


class StatementFilter(django_filters.FilterSet):
    """Statements by contract, instalment and number; `standing` leaves out the replaced ones."""

    contract = IdFilter(field_name="contract_id")
    instalment = IdFilter(field_name="instalment_id")
    number = django_filters.CharFilter()
    standing = django_filters.BooleanFilter(field_name="corrected_by", lookup_expr="isnull")

    class Meta:
        model = Statement
        fields: list[str] = []
