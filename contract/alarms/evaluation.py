"""The evaluation: failed, behind, or ahead of the day."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext_noop as _

from contract.alarms import Alarm, register
from contract.choices import RunStatus
from contract.findings import Message
from contract.models import EvaluationRun
from contract.selectors.evaluation import ahead, crashes, evaluated_to, lagging
from law.periods import BEIJING

# The night comes at 00:20 and the watch every quarter of an hour: by now one of them has been.
DONE_BY = time(0, 50)
# What was found of contracts concerns who works on them, and who keeps the jobs running.
READERS = ("contract.view_alert", "contract.view_evaluationrun")
# Until then a new contract may wait for its first evaluation.
NEW = timedelta(hours=1)

AHEAD = _(
    "An evaluation as of %(day)s is on record, and today is %(today)s: the clock was wrong. What it says holds for "
    "no day. The administrator takes it back with “manage.py withdraw_evaluation”."
)
BEHIND = _("%(count)d contracts were not evaluated as of %(owed)s; the oldest stands at %(day)s.")
FAILED = _("The last evaluation, as of %(day)s, failed (%(error)s). What the pages show may be out of date.")
PARTIAL = _(
    "Checks crashed in the last evaluation of their contracts (%(checks)s), %(count)d times: what they would have "
    "found is not known. The administrator finds the cause under evaluation runs."
)


@register
def evaluation(now: datetime, today: date) -> Iterable[Alarm]:
    """What is wrong with the evaluation of the contracts (four queries, five where it is behind)."""
    furthest = ahead(today).order_by("as_of").last()
    if furthest is not None:
        yield Alarm("evaluation_ahead", Message(AHEAD, day=furthest.as_of, today=today), READERS)
    owed = today if now.astimezone(BEIJING).time() >= DONE_BY else today - timedelta(days=1)
    behind = list(lagging(owed).filter(created_at__lt=now - NEW).values_list("pk", flat=True))
    if behind:
        days = evaluated_to(behind).values()
        oldest = "–" if None in days else min(day for day in days if day is not None)
        yield Alarm("evaluation_behind", Message(BEHIND, count=len(behind), owed=owed, day=oldest), READERS)
    newest = EvaluationRun.objects.exclude(status__in=[RunStatus.RUNNING, RunStatus.WITHDRAWN]).order_by("-pk").first()
    if newest is not None and newest.status == RunStatus.FAILED:
        kind = newest.error.partition(":")[0][:60]  # the rest may name people
        yield Alarm("evaluation_failed", Message(FAILED, day=newest.as_of, error=kind), READERS)
    crashed = list(crashes().values_list("check_id", flat=True))
    if crashed:
        yield Alarm(
            "evaluation_partial", Message(PARTIAL, checks=", ".join(sorted(set(crashed))), count=len(crashed)), READERS
        )
