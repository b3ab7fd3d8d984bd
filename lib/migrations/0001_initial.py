import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """The tables are those that `matchmaking` made; only the models have moved."""

    initial = True

    dependencies = [
        ('matchmaking', '0002_move_request_rows_to_lib'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='Lease',
                    fields=[
                        ('duty', models.CharField(max_length=40, primary_key=True, serialize=False)),
                        ('holder', models.CharField(max_length=64)),
                        ('expires_at', models.DateTimeField()),
                    ],
                    options={
                        'db_table': 'matchmaking_lease',
                    },
                ),
                migrations.CreateModel(
                    name='StoredResponse',
                    fields=[
                        ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                        ('body_sha256', models.CharField(max_length=64)),
                        ('status', models.PositiveSmallIntegerField()),
                        ('answer', models.JSONField()),
                        ('sealed_token', models.CharField(default='', editable=False, max_length=128)),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        'verbose_name': 'answered request',
                        'db_table': 'matchmaking_answered',
                        'indexes': [models.Index(fields=['created_at'], name='answered_by_age')],
                    },
                ),
            ]
        ),
    ]
