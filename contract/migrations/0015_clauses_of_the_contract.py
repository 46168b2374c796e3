"""A clause bears the article as the contract prints it, and whether it gives a right to terminate.

Until now the program knew the two duties whose clauses give one; their clauses are marked. Positions
stay: they are the order of the contract already.
"""

from django.db import migrations, models

AGREED = ("contract.subcontracting", "confidentiality.incident_response")


def mark(apps, schema_editor):
    obligations = apps.get_model("contract", "Obligation").objects.using(schema_editor.connection.alias)
    clauses = apps.get_model("contract", "Clause").objects.using(schema_editor.connection.alias)
    marked = obligations.filter(check_id__in=AGREED).values("clause_id")
    clauses.filter(pk__in=list(marked.values_list("clause_id", flat=True))).update(terminates=True)


class Migration(migrations.Migration):
    dependencies = [("contract", "0014_purchase_papers")]

    operations = [
        *(migrations.RemoveField(model, "article") for model in ("clause", "historicalclause")),
        *(
            migrations.AlterField(model, name, models.CharField(max_length=20, verbose_name="clause"))
            for model, name in (
                ("clause", "ref"),
                ("historicalclause", "ref"),
                ("assessment", "clause_ref"),
                ("alert", "clause_ref"),
            )
        ),
        *(
            migrations.AddField(
                model,
                "terminates",
                models.BooleanField(
                    default=False,
                    help_text="The clause itself lets the other side terminate (Civil Code article 562).",
                    verbose_name="gives a right to terminate",
                ),
            )
            for model in ("clause", "historicalclause")
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
