"""`lot` is called `shuffle_seed` in Python; its column keeps its name, so no table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("tournaments", "0004_match_has_pairings_id"),)
    operations = (
        migrations.SeparateDatabaseAndState(
            state_operations=(
                migrations.RenameField("tournament", "lot", "shuffle_seed"),
                migrations.AlterField(
                    "tournament",
                    "shuffle_seed",
                    models.BigIntegerField(
                        null=True,
                        blank=True,
                        editable=False,
                        db_column="lot",
                        help_text="Repeats the shuffle.",
                    ),
                ),
                migrations.AlterField(
                    "tournament",
                    "entry",
                    models.CharField(
                        choices=(
                            ("organiser", "the organiser enters them"),
                            ("open", "anybody"),
                            ("code", "anybody with the code"),
                            ("approval", "the organiser approves each"),
                        ),
                        default="organiser",
                        max_length=10,
                    ),
                ),
                migrations.AlterField(
                    "group",
                    "first_colour",
                    models.CharField(
                        choices=(("w", "White"), ("b", "Black")),
                        default="w",
                        help_text="The colour drawn for the top seed in the first round.",
                        max_length=1,
                    ),
                ),
            ),
        ),
    )
