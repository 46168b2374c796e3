"""What the API tells of the core, to read only: the office keeps contracts in the admin."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.fields import empty

from contract import clock, registry
from contract.dated import Book, DatedValue
from contract.models import Alert, AlertEvent, Assessment, Clause, Contract, Party, Policy
from contract.terms import POLICIES, TERMS, Definition


class InstantField(serializers.DateTimeField):
    """An instant. DRF raises OverflowError for one that UTC cannot hold, such as 0001-01-01."""

    def enforce_timezone(self, value: Any) -> Any:
        try:
            return super().enforce_timezone(value)
        except OverflowError:
            self.fail("overflow")


class StrictSerializer(serializers.Serializer):
    """Refuses members that it does not know (a typing error), and changes of what is fixed.

    `Meta.fixed` names fields that are given when the row is made and never changed.
    """

    # For a model serializer. DRF has only an English sentence for what is no big integer.
    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.DateTimeField: InstantField,
        models.BigIntegerField: serializers.IntegerField,
    }

    def run_validation(self, data: Any = empty) -> Any:
        if data is None and self.parent is None:  # DRF has only an English sentence for it
            message = self.error_messages["invalid"].format(datatype="null")
            raise serializers.ValidationError({"non_field_errors": [message]}, code="invalid")
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := sorted(set(data) - set(self.fields))):
            message = _("There is no such field.")
            raise serializers.ValidationError(
                {str(name)[:80]: [ErrorDetail(message, "unknown_field")] for name in unknown}
            )
        return super().to_internal_value(data)

    def validate(self, attrs: Any) -> Any:
        fixed = getattr(getattr(self, "Meta", None), "fixed", ())
        if self.instance is None:
            return attrs
        for name in set(fixed) & set(attrs):
            if attrs.pop(name) != getattr(self.instance, name):
                raise serializers.ValidationError(
                    {name: _("This cannot be changed any more. Make a new record.")}
                )
        return attrs


class ReasonSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=200)


class LoginSerializer(StrictSerializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(
        max_length=1024, trim_whitespace=False, write_only=True, style={"input_type": "password"}
    )


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField(help_text="Send it as `Authorization: Token <token>`.")
    expires_at = serializers.DateTimeField()


class PartySerializer(serializers.ModelSerializer):
    class Meta:
        model = Party
        fields = ["id", "name", "credit_code"]
        read_only_fields = fields


class PersonSerializer(serializers.ModelSerializer):
    """Who the token speaks for, and what it may do."""

    name = serializers.SerializerMethodField()
    parties = serializers.SerializerMethodField()
    permissions = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["username", "name", "parties", "permissions"]
        read_only_fields = fields

    def get_name(self, user: User) -> str:
        """Family name first, as Chinese names are written; the username where there is none."""
        return f"{user.last_name}{user.first_name}" or user.username

    @extend_schema_field(PartySerializer(many=True))
    def get_parties(self, user: User) -> Any:
        parties = Party.objects.filter(memberships__user=user)
        return PartySerializer(parties, many=True).data

    def get_permissions(self, user: User) -> list[str]:
        return sorted(user.get_all_permissions())


class DatedValueSerializer(serializers.Serializer):
    """A figure of the contract, or a reading of it, as it is in force."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    clause = serializers.CharField()
    value = serializers.CharField(help_text="As it is written: `45`, `2091733.33`, `true`.")
    display = serializers.CharField(help_text="For people, with its unit.")
    effective_from = serializers.DateField(allow_null=True)


class PolicySerializer(DatedValueSerializer):
    is_default = serializers.BooleanField(help_text="Nothing is recorded: the program's default.")
    confirmed_on = serializers.DateField(
        allow_null=True, help_text="The day on which both sides confirmed it in writing."
    )


class ContractSerializer(serializers.ModelSerializer):
    """A contract with its terms in force today (or on its last day, or its first)."""

    office = PartySerializer(read_only=True)
    vendor = PartySerializer(read_only=True)
    last_day = serializers.DateField(
        read_only=True, help_text="The last day in force: the end, or an earlier termination."
    )
    terms_on = serializers.SerializerMethodField(help_text="The day whose terms are shown.")
    terms = serializers.SerializerMethodField()

    class Meta:
        model = Contract
        fields = [
            "id", "number", "title", "office", "vendor", "signed_on", "starts_on", "ends_on",
            "terminated_on", "last_day", "place_of_service", "terms_on", "terms",
        ]  # fmt: skip
        read_only_fields = fields

    def get_terms_on(self, contract: Contract) -> date:
        return day_of(contract)

    @extend_schema_field(DatedValueSerializer(many=True))
    def get_terms(self, contract: Contract) -> Any:
        day = day_of(contract)
        book = Book(TERMS, [_dated(row) for row in contract.term_rows.all()])
        rows = ((definition, book.row(day, key)) for key, definition in TERMS.items())
        return DatedValueSerializer(
            [_written(definition, row) for definition, row in rows if row is not None], many=True
        ).data


class ClauseSerializer(serializers.ModelSerializer):
    """A duty in our own words, in the reader's language, and the checks that watch it."""

    title = serializers.CharField(source="local_title", read_only=True)
    summary = serializers.CharField(source="local_summary", read_only=True)
    exemption = serializers.CharField(source="local_exemption", read_only=True)
    checks = serializers.SerializerMethodField()

    class Meta:
        model = Clause
        fields = [
            "id", "contract", "ref", "article", "owed_by", "title", "summary", "exemption",
            "checks",
        ]  # fmt: skip
        read_only_fields = fields

    def get_checks(self, clause: Clause) -> list[str]:
        return sorted(obligation.check_id for obligation in clause.obligations.all())


class AssessmentSerializer(serializers.ModelSerializer):
    """What a check found, as of a day. Never altered: a later one supersedes it."""

    explanation = serializers.CharField(read_only=True)

    class Meta:
        model = Assessment
        fields = [
            "id", "as_of", "outcome", "subject_label", "subject_pk", "subject_name",
            "period_start", "period_end", "nominal_due_on", "legal_due_on", "measured", "required",
            "explanation", "figures", "evidence", "is_current", "is_withdrawn", "supersedes",
            "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class AlertSerializer(serializers.ModelSerializer):
    """Something that a person should look at: not a breach before two people have reviewed it."""

    contract_number = serializers.CharField(source="contract.number", read_only=True)
    clause = serializers.CharField(source="clause_ref", read_only=True)
    clause_title = serializers.SerializerMethodField()
    check_title = serializers.SerializerMethodField()
    subject = serializers.CharField(source="assessment.subject_name", read_only=True)
    period_start = serializers.DateField(source="assessment.period_start", read_only=True)
    period_end = serializers.DateField(source="assessment.period_end", read_only=True)
    nominal_due_on = serializers.DateField(source="assessment.nominal_due_on", read_only=True)
    legal_due_on = serializers.DateField(source="assessment.legal_due_on", read_only=True)
    measured = serializers.CharField(source="assessment.measured", read_only=True)
    required = serializers.CharField(  # type: ignore[assignment]
        source="assessment.required", read_only=True
    )
    explanation = serializers.CharField(source="assessment.explanation", read_only=True)
    as_of = serializers.DateField(source="assessment.as_of", read_only=True)
    days_late = serializers.SerializerMethodField()

    class Meta:
        model = Alert
        fields = [
            "id", "contract", "contract_number", "check_id", "check_title", "clause",
            "clause_title", "owed_by", "status", "outcome", "subject", "period_start",
            "period_end", "nominal_due_on", "legal_due_on", "measured", "required", "explanation",
            "days_late", "as_of", "raised_on",
        ]  # fmt: skip
        read_only_fields = fields

    def get_days_late(self, alert: Alert) -> int | None:
        """By how many days what is still open is late today; null where nothing grows."""
        return alert.assessment.days_late(clock.today())

    def get_clause_title(self, alert: Alert) -> str:
        zh, en = getattr(alert, "clause_title_zh", ""), getattr(alert, "clause_title_en", "")
        return Clause(title=zh or "", title_en=en or "").local_title

    def get_check_title(self, alert: Alert) -> str:
        check = registry.checks().get(alert.check_id)
        return str(check.title) if check else alert.check_id


class AlertEventSerializer(serializers.ModelSerializer):
    """A change of an alert's state. Who in the office acted, and their notes, stay inside."""

    class Meta:
        model = AlertEvent
        fields = ["at", "as_of", "from_status", "to_status", "outcome"]
        read_only_fields = fields


class AlertDetailSerializer(AlertSerializer):
    assessment = AssessmentSerializer(read_only=True)
    events = AlertEventSerializer(many=True, read_only=True)

    class Meta(AlertSerializer.Meta):
        fields = [*AlertSerializer.Meta.fields, "assessment", "events"]
        read_only_fields = fields


def day_of(contract: Contract) -> date:
    """Today, or the day of the contract that is nearest to it."""
    return min(max(clock.today(), contract.starts_on), contract.last_day)


def policies_in_force(contract: Contract, rows: list[Policy]) -> Any:
    """Every policy of the program, with the value in force or its default."""
    day = day_of(contract)
    book = Book(POLICIES, [_dated(row) for row in rows])
    confirmed = {(row.key, row.effective_from): row.confirmed_on for row in rows}
    values = []
    for key, definition in POLICIES.items():
        row = book.row(day, key)
        values.append(
            _written(definition, row)
            | {
                "is_default": row is None,
                "confirmed_on": confirmed[key, row.effective_from] if row else None,
            }
        )
    return PolicySerializer(values, many=True).data


def _dated(row: Any) -> DatedValue:
    return DatedValue(row.key, row.effective_from, row.typed)


def _written(definition: Definition, row: DatedValue | None) -> dict[str, Any]:
    value = row.value if row else definition.default
    return {
        "key": definition.key,
        "label": str(definition.label),
        "clause": definition.clause,
        "value": definition.write(value),
        "display": definition.display(value),
        "effective_from": row.effective_from if row else None,
    }
