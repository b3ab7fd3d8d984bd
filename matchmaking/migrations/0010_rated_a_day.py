"""How many matches against the same opponent are rated on one day: all in pools that are there."""

from django.db import migrations, models

HELP = (
    "How many matches against the same opponent are rated on one day (UTC). Those of tournaments "
    "always are. 0: all."
)


class Migration(migrations.Migration):
    dependencies = (("matchmaking", "0009_games_played_here"),)

    operations = (
        # On SQLite the rows that are there are given `default`, not `db_default`.
        migrations.AddField(
            "pool",
            "rated_a_day",
            models.PositiveSmallIntegerField(db_default=0, default=0, help_text=HELP),
        ),
        migrations.AlterField(
            "pool",
            "rated_a_day",
            models.PositiveSmallIntegerField(db_default=0, default=10, help_text=HELP),
        ),
    )
