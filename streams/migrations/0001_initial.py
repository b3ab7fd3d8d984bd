import django.db.models.deletion
import django.utils.timezone
import streams.models
from django.db import migrations, models


def _rename(apps, schema_editor, old, new):
    content_types = apps.get_model('contenttypes', 'ContentType').objects.using(schema_editor.connection.alias)
    content_types.filter(app_label=old, model__in=('stream', 'event')).update(app_label=new)


def move_content_types(apps, schema_editor):
    """Keep the rights that people were given."""
    _rename(apps, schema_editor, 'lobby', 'streams')


def move_content_types_back(apps, schema_editor):
    """Undo the move."""
    _rename(apps, schema_editor, 'streams', 'lobby')


class Migration(migrations.Migration):
    """The tables are those that `lobby` made; only the models have moved, and the rights to them."""

    initial = True

    dependencies = [
        ('lobby', '0002_move_log_to_streams'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='Stream',
                    fields=[
                        ('name', models.CharField(max_length=64, primary_key=True, serialize=False)),
                        ('epoch', models.CharField(default=streams.models.new_epoch, max_length=16)),
                        ('seq', models.PositiveBigIntegerField(default=0)),
                    ],
                    options={
                        'db_table': 'lobby_stream',
                    },
                ),
                migrations.CreateModel(
                    name='Event',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('seq', models.PositiveBigIntegerField()),
                        ('type', models.CharField(max_length=20)),
                        ('text', models.TextField()),
                        ('data', models.JSONField(default=dict)),
                        ('at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('stream', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='streams.stream')),
                    ],
                    options={
                        'db_table': 'lobby_event',
                        'ordering': ('stream', 'seq'),
                        'indexes': [models.Index(fields=['stream', 'at'], name='event_by_age')],
                        'constraints': [models.UniqueConstraint(fields=('stream', 'seq'), name='one_event_per_seq')],
                    },
                ),
            ]
        ),
        migrations.RunPython(move_content_types, move_content_types_back),
    ]
