"""The contract as data: parties, term, clauses, dated figures and readings."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from contract import registry
from contract.choices import Side
from contract.models.base import Record
from contract.terms import POLICIES, TERMS, Definition
from contract.wording import article_label, heading
from law.identity import is_credit_code, normalise_credit_code


class Party(Record):
    """A legal person that signs contracts: the office, or a vendor."""

    name = models.CharField(_("name"), max_length=120)
    credit_code = models.CharField(
        _("unified social credit code"),
        max_length=18,
        unique=True,
        error_messages={"unique": _("A party with this credit code exists already.")},
    )
    is_small_enterprise = models.BooleanField(
        _("small or medium enterprise"),
        default=False,
        help_text=_(
            "As it is today. What it stated when it signed is kept, dated, among the readings of the contract."
        ),
    )
    legal_representative = models.CharField(_("legal representative"), max_length=60, blank=True)
    address = models.CharField(_("registered address"), max_length=200, blank=True)
    telephone = models.CharField(_("telephone"), max_length=40, blank=True)
    region = models.CharField(
        _("region"),
        max_length=60,
        blank=True,
        db_index=True,
        help_text=_(
            "The administrative division of an office, from the largest on, as the overview of many contracts is to "
            "group by it: 某省某市. Write it in the same way for all offices of a region."
        ),
    )
    short_name = models.CharField(
        _("name above the menu"),
        max_length=16,
        blank=True,
        help_text=_("Of an office: what stands above the menu of its people. Left empty: the program's name."),
    )
    # A picture of at most a few kilobytes as a data URL: it is part of every page, so no file has to be handed out.
    logo = models.TextField(_("logo"), blank=True, editable=False)
    bank_name = models.CharField(_("bank"), max_length=120, blank=True)
    bank_account = models.CharField(_("bank account"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.credit_code = normalise_credit_code(self.credit_code)
        if not is_credit_code(self.credit_code):
            raise ValidationError(
                {
                    "credit_code": _(
                        "This is no valid unified social credit code: 18 characters of which the "
                        "last is a check character. Compare it with the business licence."
                    )
                }
            )


class Contract(Record):
    """One signed contract between an office and a vendor, for one term."""

    number = models.CharField(_("contract number"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=120)
    office = models.ForeignKey(Party, models.PROTECT, related_name="contracts_as_office", verbose_name=_("office"))
    vendor = models.ForeignKey(Party, models.PROTECT, related_name="contracts_as_vendor", verbose_name=_("vendor"))
    signed_on = models.DateField(_("signed on"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    terminated_on = models.DateField(
        _("terminated on"),
        null=True,
        blank=True,
        help_text=_("The last day in force, where the contract ended before its term."),
    )
    tender_starts_on = models.DateField(
        _("first day under the tender"), null=True, blank=True, help_text=_("The tender's years are counted from here.")
    )
    in_use_from = models.DateField(
        _("judged from"),
        null=True,
        blank=True,
        help_text=_(
            "Where this program came into use in mid-term: nothing before this day is judged. Empty: from the "
            "first day. What was settled before stands among the opening facts."
        ),
    )
    predecessor = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="successor",
        verbose_name=_("contract that it continues"),
    )
    place_of_service = models.CharField(_("place of service"), max_length=200, blank=True)
    arbitration_body = models.CharField(_("arbitration commission"), max_length=120, blank=True)
    office_agent = models.CharField(_("agent of the office"), max_length=60, blank=True)
    vendor_agent = models.CharField(_("agent of the vendor"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering = ["-starts_on", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="contract_ends_after_start",
                violation_error_message=_("The last day lies before the first day."),
            ),
            models.CheckConstraint(
                condition=~Q(office=F("vendor")),
                name="contract_two_parties",
                violation_error_message=_("Office and vendor must be two parties."),
            ),
            models.CheckConstraint(
                condition=Q(terminated_on__isnull=True) | Q(terminated_on__gte=F("starts_on")),
                name="contract_terminated_after_start",
                violation_error_message=_("The termination lies before the first day."),
            ),
            models.CheckConstraint(
                condition=Q(in_use_from__isnull=True)
                | (Q(in_use_from__gte=F("starts_on")) & Q(in_use_from__lte=F("ends_on"))),
                name="contract_in_use_within_term",
                violation_error_message=_("The day from which it is judged lies outside the term."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def last_day(self) -> date:
        """The last day in force."""
        return min(self.ends_on, self.terminated_on or self.ends_on)


REF_LENGTH = 20
"""The longest article of a contract, in characters, as it is printed."""


class Clause(Record):
    """One duty of a contract, summarised in our own words; the signed text is a scan.

    `ref` is the article as the contract prints it: "7", "13.4", "5.3.1", "二、（一）2", "附件2-3".
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="clauses", verbose_name=_("contract"))
    ref = models.CharField(_("clause"), max_length=REF_LENGTH)
    position = models.PositiveSmallIntegerField(_("position"))
    owed_by = models.CharField(_("owed by"), max_length=8, choices=Side)
    title = models.CharField(_("title"), max_length=80)
    title_en = models.CharField(_("title (English)"), max_length=120, blank=True)
    summary = models.TextField(_("summary"))
    summary_en = models.TextField(_("summary (English)"), blank=True)
    terminates = models.BooleanField(
        _("gives a right to terminate"),
        default=False,
        help_text=_("The clause itself lets the other side terminate (Civil Code article 562)."),
    )
    exemption = models.TextField(
        _("exemption"), blank=True, help_text=_("Why no check is needed, where there is none.")
    )
    exemption_en = models.TextField(_("exemption (English)"), blank=True)

    class Meta:
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        ordering = ["contract", "position"]
        constraints = [models.UniqueConstraint(fields=["contract", "ref"], name="clause_once_per_contract")]

    def __str__(self) -> str:
        return f"{article_label(self.ref)} {self.local_title}"

    @property
    def article(self) -> str:
        """The heading under which a board puts it: "13" of "13.4", "附件2" of "附件2-3"."""
        return heading(self.ref)

    @property
    def local_title(self) -> str:
        return in_language(self.title, self.title_en)

    @property
    def local_summary(self) -> str:
        return in_language(self.summary, self.summary_en)

    @property
    def local_exemption(self) -> str:
        return in_language(self.exemption, self.exemption_en)


class Obligation(Record):
    """A clause of a contract carries a check: only contracts with this row are checked for it."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="obligations", verbose_name=_("contract"))
    clause = models.ForeignKey(Clause, models.PROTECT, related_name="obligations", verbose_name=_("clause"))
    check_id = models.CharField(_("check"), max_length=60)

    class Meta:
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")
        ordering = ["contract", "clause__position", "check_id"]
        constraints = [models.UniqueConstraint(fields=["contract", "check_id"], name="obligation_once_per_contract")]

    def __str__(self) -> str:
        return registry.title(self.check_id)


class DatedRow(Record):
    """A value in force from a day on. What was in force before stays as it was."""

    DEFINITIONS: dict[str, Definition] = {}

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="%(class)s_rows", verbose_name=_("contract"))
    key = models.CharField(_("key"), max_length=40)
    effective_from = models.DateField(_("in force from"))
    value = models.CharField(_("value"), max_length=500)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        abstract = True
        ordering = ["contract", "key", "effective_from"]

    def __str__(self) -> str:
        if self.key not in self.DEFINITIONS:
            return f"{self.key}：{self.value} ({self.effective_from})"
        return f"{self.definition.label}：{self.definition.display(self.typed)} ({self.effective_from})"

    @property
    def definition(self) -> Definition:
        return self.DEFINITIONS[self.key]

    @property
    def typed(self) -> Any:
        return self.definition.parse(self.value)

    def clean(self) -> None:
        if self.key not in self.DEFINITIONS:
            raise ValidationError({"key": _("This key is not known to the program.")})
        try:
            self.value = self.definition.write(self.definition.parse(self.value))
        except ValueError as error:
            raise ValidationError({"value": str(error)}) from error


class Term(DatedRow):
    """A figure that the contract gives, from a day on."""

    DEFINITIONS = TERMS

    amendment = models.ForeignKey(
        "contract.Amendment",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="terms",
        verbose_name=_("amendment"),
    )
    headcount_order = models.ForeignKey(
        "contract.HeadcountOrder",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="terms",
        verbose_name=_("headcount order"),
    )

    class Meta(DatedRow.Meta):
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        constraints = [models.UniqueConstraint(fields=["contract", "key", "effective_from"], name="term_once_per_day")]


class Policy(DatedRow):
    """A reading that the contract leaves open; unconfirmed until both sides wrote it down."""

    DEFINITIONS = POLICIES

    confirmed_on = models.DateField(
        _("confirmed by both sides on"),
        null=True,
        blank=True,
        help_text=_("The day of the written confirmation by both sides."),
    )
    confirmation = models.CharField(_("written confirmation"), max_length=120, blank=True)

    class Meta(DatedRow.Meta):
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        constraints = [
            models.UniqueConstraint(fields=["contract", "key", "effective_from"], name="policy_once_per_day")
        ]

    def clean(self) -> None:
        super().clean()
        if self.definition.kind != "days_by_check":
            return
        unknown = sorted(set(self.typed) - set(registry.checks()) - {"*"})
        if unknown:
            raise ValidationError({"value": _("There is no such check: %(ids)s.") % {"ids": ", ".join(unknown)}})


def in_language(zh: str, en: str) -> str:
    """A text of the contract as the reader knows it; without a translation as it stands in the contract."""
    return zh if (get_language() or "zh-hans").startswith("zh") else en or zh
