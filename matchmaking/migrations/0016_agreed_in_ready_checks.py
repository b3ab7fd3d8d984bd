"""What was agreed on, and who takes which role, while a ready check lasts."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matchmaking', '0015_game_servers'),
    ]

    operations = [
        migrations.AddField(
            model_name='readyanswer',
            name='role',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
        migrations.AddField(
            model_name='readycheck',
            name='attributes',
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False),
        ),
    ]
