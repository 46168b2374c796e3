from django.db import migrations

from staffing.migrations import _overlap


class Migration(migrations.Migration):
    dependencies = [("staffing", "0003_rota_and_labour")]
    operations = [migrations.RunPython(_overlap.install_shifts, _overlap.remove_shifts)]
