"""New ids begin with the time; a default of Django's own, of which the database knows nothing."""

from django.db import migrations, models

import lib.database.ids


class Migration(migrations.Migration):
    dependencies = [("matchmaking", "0018_matches_by_age")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="player",
                    name="id",
                    field=models.UUIDField(
                        default=lib.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                migrations.AlterField(
                    model_name="match",
                    name="id",
                    field=models.UUIDField(
                        default=lib.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                migrations.AlterField(
                    model_name="ticket",
                    name="id",
                    field=models.UUIDField(
                        default=lib.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                migrations.AlterField(
                    model_name="readycheck",
                    name="id",
                    field=models.UUIDField(
                        default=lib.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                migrations.AlterField(
                    model_name="report",
                    name="id",
                    field=models.UUIDField(
                        default=lib.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ]
        )
    ]
