"""Who serves, and in which posts."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from contract.models import Contract, Party
from contract.models.base import Record
from kit.database.constraint_messages import recorded
from kit.database.fields import EncryptedTextField, blind_index
from law.identity import (
    is_resident_id,
    mask_resident_id,
    mask_telephone,
    normalise_resident_id,
    resident_id_birthday,
    resident_id_sex,
)
from staffing.choices import Education, Sex
from staffing.numbers import Numbers, is_a_day, written

RESIDENT_ID_PURPOSE = "staffing.operator.resident_id"


class Post(Record):
    """A kind of work on a contract, and how many people it is planned for."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="posts", verbose_name=_("contract"))
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name of the post"), max_length=40)
    planned_headcount = models.PositiveSmallIntegerField(_("planned headcount"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["contract", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "code"],
                name="post_code_once_per_contract",
                violation_error_message=_("This contract has a post with this code already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class PostSize(Record):
    """For how many people a post is planned from a day on; none: from then on the post is not asked for.

    Before the first such day `Post.planned_headcount` holds.
    """

    PART_OF = "post"
    FIXED = ("post",)

    post = models.ForeignKey(Post, models.PROTECT, related_name="sizes", verbose_name=_("post"))
    effective_from = models.DateField(_("in force from"))
    people = models.PositiveSmallIntegerField(_("planned headcount"))

    class Meta:
        verbose_name = _("planned headcount from a day on")
        verbose_name_plural = _("planned headcount from a day on")
        ordering = ["post", "effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["post", "effective_from"],
                name="post_size_once_per_day",
                violation_error_message=_("This post has a planned headcount from this day on already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.people} ({self.effective_from})"

    def clean(self) -> None:
        if self.post_id and self.effective_from:
            contract = self.post.contract
            if not contract.starts_on <= self.effective_from <= contract.ends_on:
                term = {"first": contract.starts_on, "last": contract.ends_on}
                raise ValidationError(
                    {"effective_from": _("The contract's term runs from %(first)s to %(last)s.") % term}
                )


class Operator(Record):
    """A person whom the vendor employs for the hotline. The vendor is the employer (13.2)."""

    vendor = models.ForeignKey(Party, models.PROTECT, related_name="operators", verbose_name=_("vendor"))
    employee_number = models.CharField(_("employee number"), max_length=20)
    name = models.CharField(_("full name"), max_length=40)
    sex = models.CharField(
        _("sex"),
        max_length=6,
        choices=Sex,
        blank=True,
        help_text=_("Left empty, it is taken from the resident ID number."),
    )
    resident_id = EncryptedTextField(_("resident ID number"), index=("resident_id_index", RESIDENT_ID_PURPOSE))
    resident_id_index = models.CharField(max_length=64, editable=False)
    phone = models.CharField(
        _("telephone"),
        max_length=20,
        blank=True,
        validators=[
            RegexValidator(r"^\+?[0-9][0-9 -]{4,18}$", _("A telephone number has digits, spaces and hyphens only."))
        ],
    )
    hired_on = models.DateField(_("hired on"))
    education = models.CharField(_("education"), max_length=10, choices=Education, blank=True)
    is_full_time_degree = models.BooleanField(
        _("degree of a full-time programme"),
        default=False,
        help_text=_("The hiring conditions ask for the full-time national programme."),
    )
    clean_record_proved_on = models.DateField(
        _("clean record proved on"),
        null=True,
        blank=True,
        help_text=_("The date of the certificate of no criminal record."),
    )

    FIXED = ("vendor",)
    LOCKED_BY = ()

    class Meta:
        verbose_name = _("operator")
        verbose_name_plural = _("operators")
        permissions = [("unmask_operator", _("Can see whole ID and telephone numbers, giving a reason"))]
        ordering = ["vendor", "employee_number"]
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "employee_number"],
                name="operator_number_once_per_vendor",
                violation_error_message=_("This vendor has an operator with this number already."),
            ),
            models.UniqueConstraint(
                fields=["vendor", "resident_id_index"],
                name="operator_id_once_per_vendor",
                violation_error_message=_("This vendor has an operator with this resident ID number already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.employee_number})"

    @property
    def phone_masked(self) -> str:
        """The telephone number for display, in part."""
        return mask_telephone(self.phone)

    @property
    def resident_id_masked(self) -> str:
        """The ID number for display: three digits, stars, the last four characters."""
        return mask_resident_id(self.resident_id)

    @property
    def born_on(self) -> date:
        """The date of birth, from the ID number."""
        return resident_id_birthday(self.resident_id)

    def clean(self) -> None:
        self.name = self.name.strip()
        self.employee_number = written(self.employee_number)
        self.resident_id = normalise_resident_id(self.resident_id or "")
        if not is_resident_id(self.resident_id):
            raise ValidationError(
                {
                    "resident_id": _(
                        "This is no valid resident ID number: 18 characters with a real date of "
                        "birth and a right check digit. Compare it with the identity card."
                    )
                }
            )
        self.sex = self.sex or resident_id_sex(self.resident_id)
        problems: dict[str, Any] = {}
        if self.sex != resident_id_sex(self.resident_id):
            problems["sex"] = _("The sex does not fit the resident ID number.")
        if self.hired_on and self.hired_on < self.born_on:
            problems["hired_on"] = _("The day of hire lies before the date of birth.")
        self.resident_id_index = blind_index(self.resident_id, RESIDENT_ID_PURPOSE)
        same = Operator.objects.filter(vendor_id=self.vendor_id, resident_id_index=self.resident_id_index).exclude(
            pk=self.pk
        )
        if same.exists():
            text = str(_("This vendor has an operator with this resident ID number already."))
            text += recorded(self, ("vendor", "resident_id_index"))
            problems["resident_id"] = ValidationError(text, code="unique")
        problems |= self._number_problem()
        if problems:
            raise ValidationError(problems)

    def _number_problem(self) -> dict[str, Any]:
        """Numbers that one would take for each other are one number too many."""
        others = Operator.objects.filter(vendor_id=self.vendor_id).exclude(pk=self.pk)
        known = Numbers((number, number) for number in others.values_list("employee_number", flat=True))
        number = self.employee_number
        if (same := known.find(number)) and same != number:
            text = _("This vendor has an operator with this number already.")
            return {"employee_number": ValidationError(text, code="unique")}
        if alike := known.alike(number):
            message = _(
                "%(number)s collides with %(known)s. Write the number as text, with its zeros, or use another one."
            )
            return {"employee_number": message % {"number": number, "known": alike}}
        if is_a_day(number) and not Operator.objects.filter(pk=self.pk, employee_number=number).exists():
            message = _("“%(number)s” is a date: has a program changed the number? Write it as text.")
            return {"employee_number": message % {"number": number}}
        return {}

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Each fault once, at its field: `clean` has looked for the ID number already."""
        try:
            super().validate_constraints({*(exclude or ()), "resident_id_index"})
        except ValidationError as error:
            raise ValidationError({"employee_number": error.error_dict[NON_FIELD_ERRORS]}) from error
