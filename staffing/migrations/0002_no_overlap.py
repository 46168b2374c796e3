from django.db import migrations

from staffing.migrations import _overlap


class Migration(migrations.Migration):
    dependencies = [("staffing", "0001_initial")]
    operations = [migrations.RunPython(_overlap.install_spans, _overlap.remove_spans)]
