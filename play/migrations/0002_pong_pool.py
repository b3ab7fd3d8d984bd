"""A new site has something to play at once; whoever does not want it deletes it."""

from django.db import migrations


def add_pong(apps, schema_editor):
    """Add a pool that plays Pong, unless there is one of its name."""
    pools = apps.get_model("matchmaking", "Pool")
    if not pools.objects.filter(slug="pong").exists():
        pools.objects.create(slug="pong", name="Pong", game="Pong", plays="pong")


class Migration(migrations.Migration):
    dependencies = [
        ("play", "0001_initial"),
        ("matchmaking", "0009_games_played_here"),
    ]

    operations = [migrations.RunPython(add_pong, migrations.RunPython.noop)]
