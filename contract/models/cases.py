"""What the two sides say to each other about an alert: told, answered, given more time."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contract.choices import NotificationMeans, Outcome, PartySide, ResponseMeans
from contract.models.base import AppendOnly, Kept
from contract.models.evaluation import Alert, Assessment
from kit.files.uploads import ScanPath, validate_scan


class Notification(AppendOnly):
    """The other side was told of an alert; its time to answer runs from the arrival.

    Once in a round. What it was told stays: the finding, and until when it could answer. A record that was
    wrong is corrected by another one that names it; both stay readable.
    """

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="notifications", verbose_name=_("alert"))
    round = models.PositiveSmallIntegerField(_("round"))
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+", verbose_name=_("finding told"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    means = models.CharField(_("means"), max_length=12, choices=NotificationMeans)
    recipient = models.CharField(_("recipient"), max_length=120, blank=True)
    document = models.CharField(_("document"), max_length=120, blank=True)
    # The row of another app or model that carried it, e.g. a numbered notice.
    source_label = models.CharField(max_length=60, blank=True)
    source_pk = models.BigIntegerField(null=True, blank=True)
    arrived_on = models.DateField(_("arrived on"))
    answer_nominal_due_on = models.DateField(_("answer due (nominal)"))
    answer_due_on = models.DateField(_("answer due on"))
    note = models.TextField(_("note"), max_length=2000, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by", verbose_name=_("corrects")
    )
    correction_reason = models.CharField(_("reason of the correction"), max_length=300, blank=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alert", "round"],
                condition=Q(corrects__isnull=True),
                name="notification_once_in_a_round",
                violation_error_message=_("The other side was told in this round already."),
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | ~Q(correction_reason=""),
                name="notification_correction_has_a_reason",
                violation_error_message=_("A correction names its reason."),
            ),
            models.CheckConstraint(
                condition=Q(answer_due_on__gte=F("arrived_on")), name="notification_due_after_arrival"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_means_display()} {self.arrived_on}"


class Response(AppendOnly):
    """What a side says to an alert about its duty (陈述). One that comes late is kept too."""

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="responses", verbose_name=_("alert"))
    round = models.PositiveSmallIntegerField(_("round"))
    side = models.CharField(_("side"), max_length=8, choices=PartySide, default=PartySide.VENDOR)
    statement = models.TextField(_("statement"), max_length=4000)
    means = models.CharField(_("means"), max_length=8, choices=ResponseMeans, default=ResponseMeans.SYSTEM)
    document = models.CharField(_("document"), max_length=120, blank=True)
    arrived_on = models.DateField(_("arrived on"))
    due_on = models.DateField(_("answer due on"), null=True, blank=True)
    is_late = models.BooleanField(_("late"), default=False)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    given_at = models.DateTimeField(_("entered at"))

    class Meta(AppendOnly.Meta):
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.arrived_on}"


class ResponseFile(AppendOnly):
    """A file handed in with an answer; what it is, is told by its content."""

    response = models.ForeignKey(Response, models.PROTECT, related_name="files", verbose_name=_("answer"))
    name = models.CharField(_("name"), max_length=120)
    file = models.FileField(_("file"), upload_to=ScanPath("responses"), max_length=200, validators=[validate_scan])
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta(AppendOnly.Meta):
        verbose_name = _("file of an answer")
        verbose_name_plural = _("files of an answer")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def contract_id(self) -> int:
        """The contract in whose folder the file lies."""
        return int(self.response.alert.contract_id)


class TimeExtension(Kept):
    """A side asks for more time to answer; the office grants or refuses it with a reason.

    Until it is decided the time to answer rests.
    """

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="extensions", verbose_name=_("alert"))
    round = models.PositiveSmallIntegerField(_("round"))
    asked_on = models.DateField(_("asked on"))
    until_on = models.DateField(_("asked until"))
    reason = models.TextField(_("reason"), max_length=2000)
    due_before = models.DateField(_("answer due before"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    is_granted = models.BooleanField(_("granted"), null=True, blank=True)
    due_after = models.DateField(_("answer due after"), null=True, blank=True)
    decision_reason = models.TextField(_("reason of the decision"), max_length=2000, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta(Kept.Meta):
        verbose_name = _("request for more time")
        verbose_name_plural = _("requests for more time")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alert", "round"], condition=Q(is_granted__isnull=True), name="extension_one_open"
            ),
            models.CheckConstraint(
                condition=Q(
                    is_granted__isnull=True, decided_on__isnull=True, decided_by__isnull=True, due_after__isnull=True
                )
                | Q(
                    is_granted__isnull=False,
                    decided_on__isnull=False,
                    decided_by__isnull=False,
                    due_after__isnull=False,
                ),
                name="extension_decided_or_open",
            ),
            models.CheckConstraint(
                condition=Q(until_on__gt=F("due_before")),
                name="extension_is_longer",
                violation_error_message=_("This is no more time than there is."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_on} → {self.until_on}"

    def clean(self) -> None:
        if self.is_granted is False and not self.decision_reason.strip():
            raise ValidationError({"decision_reason": _("Give the reason of the refusal.")})

    @property
    def is_open(self) -> bool:
        return self.is_granted is None

    def as_dict(self) -> dict[str, Any]:
        """The request as other documents quote it."""
        return {
            "asked_on": self.asked_on.isoformat(),
            "until_on": self.until_on.isoformat(),
            "reason": self.reason,
            "granted": self.is_granted,
            "due_after": self.due_after and self.due_after.isoformat(),
            "decision_reason": self.decision_reason,
        }
