
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contract', '0003_wrong_days'),
    ]

    operations = [
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('name', models.CharField(max_length=20, primary_key=True, serialize=False, verbose_name='part')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'sign of life',
                'verbose_name_plural': 'signs of life',
                'ordering': ['name'],
            },
        ),
    ]
