"""The ledger as both parties read it."""

from rest_framework import serializers


class Money(serializers.DecimalField):
    def __init__(self, **kwargs: object) -> None:
        super().__init__(max_digits=20, decimal_places=2, **kwargs)  # type: ignore[arg-type]


class FiguresSerializer(serializers.Serializer):
    """Sums in yuan. `remaining` is neither paid nor set off; `payable` is not withheld either."""

    amount = Money()
    invoiced = Money()
    accepted = Money()
    paid = Money()
    deducted = Money()
    withheld = Money()
    remaining = Money()
    payable = Money()


class LedgerRowSerializer(FiguresSerializer):
    """One instalment."""

    instalment = serializers.IntegerField(source="pk")
    sequence = serializers.IntegerField()
    is_supplement = serializers.BooleanField()
    period_start = serializers.DateField(source="start")
    period_end = serializers.DateField(source="end")
    invoice_number = serializers.CharField()
    accepted_on = serializers.DateField(allow_null=True)
    paid_on = serializers.DateField(allow_null=True)


class LedgerSerializer(serializers.Serializer):
    """The ledger of a contract."""

    contract = serializers.IntegerField(source="contract.pk")
    contract_number = serializers.CharField(source="contract.number")
    rows = LedgerRowSerializer(many=True)
    totals = FiguresSerializer()
