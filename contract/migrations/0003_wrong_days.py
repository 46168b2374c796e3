"""Up to which day each contract was evaluated; evaluations that were withdrawn; the digest's version."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

AT_ONCE = 5000


def cover(apps, schema_editor):
    """What runs took in before that was kept: those of the schedule all contracts there were, in
    the order of their numbers; a command, where it took in one, the one it wrote about."""
    Run = apps.get_model("contract", "EvaluationRun")
    Assessment = apps.get_model("contract", "Assessment")
    Through = Run.covers.through
    contracts = list(apps.get_model("contract", "Contract").objects.order_by("pk").values_list("pk", flat=True))
    found = []
    for run in Run.objects.filter(status__in=["succeeded", "partial"]).iterator():
        taken = contracts[: run.contracts]
        if run.contracts == 1 and len(contracts) > 1:
            wrote = Assessment.objects.filter(run=run).order_by().values_list("contract_id", flat=True).distinct()
            taken = list(wrote) or ([] if run.trigger == "command" else taken)
        found += [Through(evaluationrun_id=run.pk, contract_id=pk) for pk in taken]
        if len(found) >= AT_ONCE:
            Through.objects.bulk_create(found)
            found = []
    Through.objects.bulk_create(found)


class Migration(migrations.Migration):
    dependencies = [("contract", "0002_chain_algorithm"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField(
            model_name="changelink", name="version", field=models.PositiveSmallIntegerField(db_default=1, default=1)
        ),
        migrations.AddField(
            model_name="evaluationrun",
            name="covers",
            field=models.ManyToManyField(editable=False, related_name="evaluations", to="contract.contract"),
        ),
        migrations.AddField(
            model_name="evaluationrun",
            name="withdrawal_reason",
            field=models.TextField(blank=True, verbose_name="reason of the withdrawal"),
        ),
        migrations.AddField(
            model_name="evaluationrun",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at"),
        ),
        migrations.AddField(
            model_name="evaluationrun",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="withdrawn by",
            ),
        ),
        migrations.AlterField(
            model_name="alert",
            name="decided_as",
            field=models.CharField(
                blank=True,
                choices=[
                    ("open", "Open"),
                    ("notified", "Notified"),
                    ("answered", "Answered"),
                    ("silent", "No answer in time"),
                    ("proposed", "Awaiting second person"),
                    ("confirmed", "Breach confirmed"),
                    ("dismissed", "Dismissed"),
                    ("waived", "Waived"),
                    ("excused", "Excused"),
                    ("cured", "Cured"),
                    ("closed", "Closed"),
                    ("withdrawn", "Withdrawn"),
                ],
                max_length=12,
                verbose_name="standing decision",
            ),
        ),
        migrations.AlterField(
            model_name="alert",
            name="status",
            field=models.CharField(
                choices=[
                    ("open", "Open"),
                    ("notified", "Notified"),
                    ("answered", "Answered"),
                    ("silent", "No answer in time"),
                    ("proposed", "Awaiting second person"),
                    ("confirmed", "Breach confirmed"),
                    ("dismissed", "Dismissed"),
                    ("waived", "Waived"),
                    ("excused", "Excused"),
                    ("cured", "Cured"),
                    ("closed", "Closed"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="open",
                max_length=12,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            model_name="alertevent",
            name="from_status",
            field=models.CharField(
                blank=True,
                choices=[
                    ("open", "Open"),
                    ("notified", "Notified"),
                    ("answered", "Answered"),
                    ("silent", "No answer in time"),
                    ("proposed", "Awaiting second person"),
                    ("confirmed", "Breach confirmed"),
                    ("dismissed", "Dismissed"),
                    ("waived", "Waived"),
                    ("excused", "Excused"),
                    ("cured", "Cured"),
                    ("closed", "Closed"),
                    ("withdrawn", "Withdrawn"),
                ],
                max_length=12,
                verbose_name="from",
            ),
        ),
        migrations.AlterField(
            model_name="alertevent",
            name="to_status",
            field=models.CharField(
                choices=[
                    ("open", "Open"),
                    ("notified", "Notified"),
                    ("answered", "Answered"),
                    ("silent", "No answer in time"),
                    ("proposed", "Awaiting second person"),
                    ("confirmed", "Breach confirmed"),
                    ("dismissed", "Dismissed"),
                    ("waived", "Waived"),
                    ("excused", "Excused"),
                    ("cured", "Cured"),
                    ("closed", "Closed"),
                    ("withdrawn", "Withdrawn"),
                ],
                max_length=12,
                verbose_name="to",
            ),
        ),
        migrations.AlterField(
            model_name="evaluationrun",
            name="status",
            field=models.CharField(
                choices=[
                    ("running", "Running"),
                    ("succeeded", "Succeeded"),
                    ("partial", "Some checks failed"),
                    ("failed", "Failed"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="running",
                max_length=12,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            model_name="evaluationrun",
            name="trigger",
            field=models.CharField(
                choices=[
                    ("command", "Command"),
                    ("schedule", "Schedule"),
                    ("catch_up", "Catch-up"),
                    ("person", "Person"),
                    ("correction", "Correction"),
                ],
                max_length=12,
                verbose_name="trigger",
            ),
        ),
        migrations.RunPython(cover, migrations.RunPython.noop),
    ]
