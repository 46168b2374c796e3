"""What the checks found, what it raised, and what people decided."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contract import registry
from contract.choices import AlertStatus, Decision, Outcome, RunStatus, RunTrigger, Side
from contract.findings import Message
from contract.models.agreement import REF_LENGTH, Contract
from contract.models.base import AppendOnly, Kept, by_two_people


class RulesVersion(AppendOnly):
    """The rules that an evaluation was made by: every source file with its fingerprint."""

    code = models.CharField(_("version of the rules"), max_length=60, unique=True)
    files = models.JSONField(_("source files"), default=dict)
    first_used_at = models.DateTimeField(_("first used at"))

    class Meta(AppendOnly.Meta):
        verbose_name = _("version of the rules")
        verbose_name_plural = _("versions of the rules")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.code


class EvaluationRun(Kept):
    """One evaluation as of a day: the heartbeat of the system."""

    as_of = models.DateField(_("as of"), db_index=True)
    trigger = models.CharField(_("trigger"), max_length=12, choices=RunTrigger)
    status = models.CharField(_("status"), max_length=12, choices=RunStatus, default=RunStatus.RUNNING)
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    contracts = models.PositiveIntegerField(_("contracts"), default=0)
    # Each one joins in the transaction in which its findings are recorded, however the run ends.
    covers = models.ManyToManyField(Contract, related_name="evaluations", editable=False)
    counts = models.JSONField(_("findings by outcome"), default=dict, blank=True)
    written = models.PositiveIntegerField(_("new assessments"), default=0)
    error = models.TextField(_("error"), blank=True)
    rules = models.ForeignKey(
        RulesVersion, models.PROTECT, null=True, blank=True, related_name="runs", verbose_name=_("version of the rules")
    )
    # An evaluation of a day that had not come is withdrawn by a person: it stays, and counts for nothing.
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("withdrawn by"),
    )
    withdrawal_reason = models.TextField(_("reason of the withdrawal"), blank=True)

    class Meta:
        verbose_name = _("evaluation run")
        verbose_name_plural = _("evaluation runs")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.as_of} ({self.get_status_display()})"


class EvaluationBatch(models.Model):
    """Contracts of a run that one job evaluates, wherever its worker runs; the last one closes the run.

    `contracts` are their numbers, `errors` [contract, check, cause] of what crashed. A message may be lost or come
    twice: `sent_at` tells when to send it again, and a batch that is finished is not begun.
    """

    run = models.ForeignKey(EvaluationRun, models.CASCADE, related_name="batches", verbose_name=_("run"))
    contracts = models.JSONField(_("contracts"))
    sent_at = models.DateTimeField(_("sent at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    counts = models.JSONField(_("findings by outcome"), default=dict)
    errors = models.JSONField(_("error"), default=list)

    class Meta:
        verbose_name = _("batch of an evaluation")
        verbose_name_plural = _("batches of an evaluation")
        indexes = [models.Index(fields=["run"], condition=Q(finished_at=None), name="batch_open")]

    def __str__(self) -> str:
        return f"{self.run}: {len(self.contracts)}"


class Standing(models.Model):
    """How far what the checks found of a contract stands, since its newest evaluation (docs/decisions/0047).

    `seen` has how many entries of the log there were by record type when the facts were read, of the contract
    (`own`) and of no contract (`shared`). `checks` has by check the last day on which its findings stand (`until`,
    null: as long as nothing is written), the record types that they rest on (`reads`; "*": of any) and how many
    there are by outcome (`counts`). A check that is not in it is looked at.

    The columns behind it say the same of all checks at once, so that a night asks one question about all contracts:
    until when all of them stand (null: as long as nothing is written), up to which link of the chain the log was
    known, which record types of the evaluation's own they rest on, and how many findings there are.
    """

    contract = models.OneToOneField(Contract, models.CASCADE, primary_key=True, related_name="standing")
    as_of = models.DateField(_("as of"))
    rules = models.CharField(_("version of the rules"), max_length=120)
    seen = models.JSONField(default=dict)
    checks = models.JSONField(default=dict)
    until = models.DateField(null=True)
    sealed = models.BigIntegerField(default=-1)
    own_reads = models.JSONField(default=list)
    counts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("standing of an evaluation")
        verbose_name_plural = _("standings of evaluations")

    def __str__(self) -> str:
        return f"{self.contract_id} ({self.as_of})"


class MonthMemo(models.Model):
    """What a check worked out of a month that is over, with a digest of the facts that it was worked out from.

    Another digest, and it is worked out anew: what is kept here decides nothing.
    """

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="+", db_index=False)
    check_id = models.CharField(max_length=60)
    month = models.DateField()
    facts = models.CharField(max_length=64)
    value = models.JSONField()

    class Meta:
        verbose_name = _("month worked out")
        verbose_name_plural = _("months worked out")
        constraints = [models.UniqueConstraint(fields=["contract", "check_id", "month"], name="memo_of_a_month")]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.check_id} {self.month}"


class Assessment(AppendOnly):
    """What a check found about a subject and period. Append-only.

    A new row is written only where the outcome or a figure changed; the old one stays and is
    marked as superseded. `is_withdrawn` means that the facts behind the finding are gone.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="assessments", verbose_name=_("contract"))
    run = models.ForeignKey(EvaluationRun, models.PROTECT, related_name="assessments", verbose_name=_("run"))
    check_id = models.CharField(_("check"), max_length=60)
    clause_ref = models.CharField(_("clause"), max_length=REF_LENGTH)
    owed_by = models.CharField(_("owed by"), max_length=8, choices=Side)
    key = models.CharField(max_length=120)
    as_of = models.DateField(_("as of"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    subject_label = models.CharField(max_length=60)
    subject_pk = models.BigIntegerField()
    subject_name = models.CharField(_("subject"), max_length=120, blank=True)
    period_start = models.DateField(_("from"), null=True, blank=True)
    period_end = models.DateField(_("to"), null=True, blank=True)
    nominal_due_on = models.DateField(_("nominal due date"), null=True, blank=True)
    legal_due_on = models.DateField(_("legal due date"), null=True, blank=True)
    measured = models.CharField(_("measured"), max_length=120, blank=True)
    required = models.CharField(_("required"), max_length=120, blank=True)
    figures = models.JSONField(_("figures"), default=dict)
    message_id = models.TextField()
    message_params = models.JSONField(default=dict)
    evidence = models.JSONField(_("evidence"), default=list)
    fingerprint = models.CharField(max_length=64)
    is_current = models.BooleanField(_("current"), default=True)
    is_withdrawn = models.BooleanField(_("withdrawn"), default=False)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name=_("supersedes")
    )
    created_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "check_id", "key"], condition=Q(is_current=True), name="assessment_one_current"
            )
        ]
        indexes = [models.Index(fields=["contract", "check_id", "key", "-id"], name="assessment_series")]

    def __str__(self) -> str:
        return f"{registry.title(self.check_id)} {self.subject_name} {self.get_outcome_display()}"

    @property
    def message(self) -> Message:
        return Message(self.message_id, **self.message_params)

    @property
    def explanation(self) -> str:
        """The finding's sentence in the reader's language."""
        return str(self.message)

    def days_late(self, today: date) -> int | None:
        """By how many days a duty that is still open is late today; None where nothing grows."""
        since = self.figures.get("late_since")
        return (today - date.fromisoformat(since)).days if since and self.is_current else None


class Alert(Kept):
    """A machine's claim that a person should look at: one for each duty, subject and period."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="alerts", verbose_name=_("contract"))
    check_id = models.CharField(_("check"), max_length=60)
    clause_ref = models.CharField(_("clause"), max_length=REF_LENGTH)
    owed_by = models.CharField(_("owed by"), max_length=8, choices=Side)
    key = models.CharField(max_length=120)
    status = models.CharField(_("status"), max_length=12, choices=AlertStatus, default=AlertStatus.OPEN)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+", verbose_name=_("latest assessment"))
    raised_on = models.DateField(_("raised on"))
    # A case that opens again after it was cured or decided is heard anew: another round.
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    notified_on = models.DateField(_("notified on"), null=True, blank=True)
    answer_due_on = models.DateField(_("answer due on"), null=True, blank=True)
    heard_on = models.DateField(_("answered or silence recorded on"), null=True, blank=True)
    decided_as = models.CharField(_("standing decision"), max_length=12, choices=AlertStatus, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-raised_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["contract", "check_id", "key"], name="alert_once_per_case")]
        indexes = [
            models.Index(fields=["contract", "status"], name="alert_open"),
            models.Index(fields=["status", "answer_due_on"], name="alert_answer_due"),
        ]

    def __str__(self) -> str:
        return f"{registry.title(self.check_id)} {self.assessment.subject_name}".strip()

    @property
    def standing(self) -> str:
        """The status, or for a closed case the decision with which it was closed."""
        return self.decided_as if self.status == AlertStatus.CLOSED else self.status


class AlertEvent(AppendOnly):
    """A change of an alert's state, dated to the day it speaks of; never changed itself."""

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="events", verbose_name=_("alert"))
    at = models.DateTimeField(_("at"))
    as_of = models.DateField(_("as of"))
    from_status = models.CharField(_("from"), max_length=12, choices=AlertStatus, blank=True)
    to_status = models.CharField(_("to"), max_length=12, choices=AlertStatus)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+", verbose_name=_("assessment"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("alert event")
        verbose_name_plural = _("alert events")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.alert_id}: {self.from_status} → {self.to_status}"


class Review(Kept):
    """What a person proposes about an alert, and what a second person makes of it.

    Nothing takes effect before the second person; nobody seconds their own proposal.
    A review is corrected by another review.
    """

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="reviews", verbose_name=_("alert"))
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+", verbose_name=_("assessment looked at"))
    decision = models.CharField(_("decision"), max_length=8, choices=Decision)
    reason = models.TextField(_("reason"), max_length=2000)
    document = models.CharField(
        _("document"),
        max_length=120,
        blank=True,
        help_text=_("A waiver names its writing; an excuse may name what proves it."),
    )
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

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alert"], condition=Q(decided_by__isnull=True), name="review_one_open_proposal"
            ),
            *by_two_people("review"),
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} ({self.proposed_by})"

    @property
    def is_open(self) -> bool:
        return self.decided_by_id is None

    def as_dict(self) -> dict[str, Any]:
        """The decision as other documents quote it."""
        return {
            "decision": self.decision,
            "reason": self.reason,
            "document": self.document,
            "approved": self.is_approved,
            "decided_at": self.decided_at and self.decided_at.isoformat(),
        }
