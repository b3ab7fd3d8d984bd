"""A new site has something to play at once; whoever does not want it deletes it."""

from django.db import migrations


def add_pong(apps, schema_editor):
    """Add a pool that plays Pong, unless somebody has been here already."""
    pools = apps.get_model("matchmaking", "Pool")
    is_new = not apps.get_model("matchmaking", "Player").objects.exists()
    if is_new and not pools.objects.filter(slug="pong").exists():
        pools.objects.create(slug="pong", name="Pong", game="Pong", plays="pong")


class Migration(migrations.Migration):
    dependencies = [
        ("play", "0001_initial"),
        ("matchmaking", "0009_games_played_here"),
    ]

    operations = [migrations.RunPython(add_pong, migrations.RunPython.noop)]
