"""Claims (索赔): by a person, on a confirmed breach or an agreed tariff, answered by the vendor, decided by two."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.models.base import money, not_negative
from billing.models.instalment import Instalment
from billing.states import AGREED, STANDING_CLAIMS, ClaimKind, ClaimStatus, ClaimStepKind, LineAnswer
from contract.choices import PartySide
from contract.models import Alert, Contract, Review
from contract.models.base import AppendOnly, Kept, Record, by_two_people
from kit.files.uploads import validate_scan

ZERO = Decimal("0.00")


class Claim(Record, Kept):
    """What the office asks of the vendor for one confirmed breach, or by the contract's own tariff for a period.

    Its lines add up to `amount`. Where it names an instalment, what it still asks for waits there
    while it is open; the rest of the instalment is payable. Only what the vendor accepted, or both
    settled in writing, is ever set off.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="claims", verbose_name=_("contract"))
    number = models.CharField(_("document number"), max_length=80, unique=True, editable=False)
    kind = models.CharField(_("kind of claim"), max_length=10, choices=ClaimKind, default=ClaimKind.DEDUCTION)
    breach = models.ForeignKey(
        Alert, models.PROTECT, null=True, blank=True, related_name="claims", verbose_name=_("confirmed breach")
    )
    review = models.ForeignKey(
        Review,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("confirming review"),
    )
    sheet = models.ForeignKey(
        "billing.AcceptanceSheet",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="deductions",
        verbose_name=_("acceptance sheet"),
        help_text=_("Of an agreed deduction: the sheet that proposed it."),
    )
    article = models.CharField(
        _("basis in the contract"), max_length=40, help_text=_("The article as the contract prints it.")
    )
    grounds = models.TextField(
        _("grounds"), max_length=2000, help_text=_("Why this amount is owed for the breach: the vendor reads it.")
    )
    instalment = models.ForeignKey(
        Instalment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
        verbose_name=_("withheld from"),
        help_text=_("The instalment in which the claimed amount waits. Empty: nothing waits."),
    )
    status = models.CharField(
        _("status"), max_length=10, choices=ClaimStatus, default=ClaimStatus.DRAFT, editable=False
    )
    amount = money(_("amount (yuan)"), default=ZERO, editable=False)
    cap = money(_("cap (yuan)"), null=True, editable=False)
    cap_basis = models.CharField(_("basis of the cap"), max_length=40, blank=True, editable=False)
    accepted_amount = money(_("accepted by the vendor (yuan)"), default=ZERO, editable=False)
    settled_amount = money(_("settled (yuan)"), null=True, editable=False)
    recovered_amount = money(_("set off or received (yuan)"), default=ZERO, editable=False)
    issued_on = models.DateField(_("put forward on"), null=True, editable=False)
    answer_due_on = models.DateField(_("answer due on"), null=True, editable=False)
    answered_on = models.DateField(_("answered on"), null=True, editable=False)
    answer = models.TextField(_("vendor's statement"), max_length=4000, blank=True, editable=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("opened by"),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["-pk"]
        permissions = [("answer_claim", _("Can answer claims for the vendor"))]
        constraints = [
            *not_negative("claim", "amount", "accepted_amount", "recovered_amount"),
            models.CheckConstraint(condition=Q(accepted_amount__lte=F("amount")), name="claim_accepted_within_amount"),
            models.CheckConstraint(
                condition=Q(recovered_amount__lte=F("amount")),
                name="claim_recovered_within_amount",
                violation_error_message=_("More than the claim cannot be set off or received."),
            ),
            models.CheckConstraint(
                condition=Q(settled_amount__isnull=True) | Q(settled_amount__gte=0, settled_amount__lte=F("amount")),
                name="claim_settled_within_amount",
                violation_error_message=_("A settlement is at most what was claimed."),
            ),
            models.CheckConstraint(
                condition=Q(status=ClaimStatus.DRAFT)
                | Q(status=ClaimStatus.WITHDRAWN)
                | Q(issued_on__isnull=False, answer_due_on__isnull=False, amount__gt=0),
                name="claim_issued_with_amount",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(AGREED), sheet__isnull=False, breach=None, review=None)
                | (~Q(kind__in=sorted(AGREED)) & Q(sheet=None, breach__isnull=False, review__isnull=False)),
                name="claim_on_breach_or_tariff",
                violation_error_message=_(
                    "A claim rests on a confirmed breach, or on the agreed deductions of a sheet."
                ),
            ),
            models.UniqueConstraint(
                fields=["sheet", "kind"],
                condition=~Q(status=ClaimStatus.WITHDRAWN),
                name="claim_once_per_sheet",
                violation_error_message=_("The agreed deductions of this sheet are drafted already."),
            ),
            models.UniqueConstraint(
                fields=["breach", "kind"],
                condition=~Q(status=ClaimStatus.WITHDRAWN),
                name="claim_once_per_breach",
                violation_error_message=_("There is a claim of this kind on this breach already."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def agreed_amount(self) -> Decimal:
        """What may be set off: accepted line by line, or settled in writing."""
        return self.accepted_amount if self.settled_amount is None else self.settled_amount

    @property
    def claimed_amount(self) -> Decimal:
        """What the claim amounts to now: a settlement takes the place of the first figure."""
        return self.amount if self.settled_amount is None else self.settled_amount

    @property
    def remaining(self) -> Decimal:
        """What it still asks for."""
        return self.claimed_amount - self.recovered_amount

    @property
    def withheld(self) -> Decimal:
        """What waits for it in its instalment."""
        standing = self.status in STANDING_CLAIMS and self.instalment_id is not None
        return self.remaining if standing else ZERO

    @property
    def deductible(self) -> Decimal:
        """What may be set off now."""
        return self.agreed_amount - self.recovered_amount


class ClaimLine(Record):
    """One line of the calculation: so many units at so much; the vendor answers each by itself."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="lines", verbose_name=_("claim"))
    title = models.CharField(_("item"), max_length=160)
    quantity = models.DecimalField(
        _("quantity"), max_digits=12, decimal_places=4, validators=[MinValueValidator(Decimal("0.0001"))]
    )
    unit = models.CharField(_("unit of quantity"), max_length=20, blank=True)
    unit_price = models.DecimalField(
        _("price of a unit (yuan)"),
        max_digits=16,
        decimal_places=6,
        validators=[MinValueValidator(Decimal("0.000001"))],
    )
    calculation = models.CharField(
        _("calculation"), max_length=300, blank=True, help_text=_("Where quantity and price come from.")
    )
    amount = money(_("amount (yuan)"), editable=False)
    answer = models.CharField(_("vendor's answer"), max_length=10, choices=LineAnswer, blank=True, editable=False)
    answer_reason = models.CharField(_("reason of the dispute"), max_length=1000, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("line of a claim")
        verbose_name_plural = _("lines of a claim")
        ordering = ["claim", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(answer=LineAnswer.DISPUTED) | ~Q(answer_reason=""), name="claim_line_disputed_with_reason"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="claim_line_positive"),
        ]

    def __str__(self) -> str:
        return self.title


class ClaimStep(Kept):
    """What one person of the office proposes about a claim, and a second one decides."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="steps", verbose_name=_("claim"))
    kind = models.CharField(_("step"), max_length=10, choices=ClaimStepKind)
    amount = money(_("amount (yuan)"), null=True, blank=True)
    instalment = models.ForeignKey(
        Instalment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("instalment")
    )
    deposit = models.ForeignKey(
        "billing.Deposit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="draws",
        verbose_name=_("deposit or guarantee"),
    )
    document = models.CharField(_("written document"), max_length=120, blank=True)
    reason = models.TextField(_("reason"), max_length=2000)
    version = models.PositiveIntegerField(editable=False)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    is_approved = models.BooleanField(_("approved"), null=True, blank=True)
    second_reason = models.TextField(_("second person's reason"), max_length=2000, blank=True)

    class Meta(Kept.Meta):
        verbose_name = _("step of a claim")
        verbose_name_plural = _("steps of a claim")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["claim"], condition=Q(decided_by__isnull=True), name="claim_step_one_open"),
            *by_two_people("claim_step"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.proposed_by})"


class ClaimEvent(AppendOnly):
    """What happened to a claim, each step a row of its own.

    `withheld` and `deducted` say how the claim stands to its instalment after the event: what waits
    there, and what was set off in all. Payment clocks read them as of any day.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="events", verbose_name=_("claim"))
    kind = models.CharField(_("event"), max_length=12)
    on = models.DateField(_("day"))
    at = models.DateTimeField(_("recorded at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    from_status = models.CharField(_("before"), max_length=10, choices=ClaimStatus, blank=True)
    to_status = models.CharField(_("after"), max_length=10, choices=ClaimStatus)
    amount = money(_("amount (yuan)"), null=True)
    instalment = models.ForeignKey(
        Instalment, models.PROTECT, null=True, related_name="claim_events", verbose_name=_("instalment")
    )
    withheld = money(_("waits in the instalment (yuan)"), default=ZERO)
    deducted = money(_("set off against the instalment (yuan)"), default=ZERO)
    note = models.CharField(_("note"), max_length=2000, blank=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("event of a claim")
        verbose_name_plural = _("events of a claim")
        ordering = ["claim", "pk"]

    def __str__(self) -> str:
        return f"{self.claim} {self.on} {self.get_to_status_display()}"


def claim_path(row: "ClaimFile", _filename: str) -> str:
    return f"claims/{row.claim.contract_id}/{row.claim_id}-{row.sha256[:32]}"


class ClaimFile(AppendOnly):
    """A document that one side puts to a claim: evidence of the office, an answer's annex."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="files", verbose_name=_("claim"))
    side = models.CharField(_("handed in by"), max_length=8, choices=PartySide)
    title = models.CharField(_("title"), max_length=120)
    file = models.FileField(_("file"), upload_to=claim_path, max_length=200, validators=[validate_scan])
    sha256 = models.CharField(_("hash of the file (SHA-256)"), max_length=64, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("added by"),
    )
    added_at = models.DateTimeField(_("added at"), editable=False)

    class Meta(AppendOnly.Meta):
        verbose_name = _("document of a claim")
        verbose_name_plural = _("documents of a claim")
        ordering = ["claim", "pk"]
        constraints = [models.UniqueConstraint(fields=["claim", "sha256"], name="claim_file_once")]

    def __str__(self) -> str:
        return self.title
