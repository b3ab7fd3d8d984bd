"""The points of each game, of results and of reports; nobody has said any of those before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("matchmaking", "0007_ranks_and_guests"),)

    operations = (
        migrations.AddField(
            "match", "games", models.JSONField(blank=True, db_default=[], default=list)
        ),
        migrations.AddField(
            "report", "games", models.JSONField(blank=True, db_default=[], default=list)
        ),
    )
