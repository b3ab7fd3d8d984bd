"""One namespace for everything that signs in.

Players get their names first, since other people see those. A staff account whose name clashes with
a player's gets none: it goes on signing in by its exact name.
"""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lib.names import account_name


def _claim_names(apps: Any, schema_editor: Any) -> None:
    sign_in_name = apps.get_model("matchmaking", "SignInName")
    players = apps.get_model("matchmaking", "Player").objects.filter(user__isnull=False)
    others = apps.get_model("auth", "User").objects.filter(player__isnull=True)
    names = [
        *players.values_list("user", "name_key", "skeleton"),
        *(
            (pk, *account_name(username)[1:])
            for pk, username in others.order_by("pk").values_list("pk", "username")
        ),
    ]
    rows = [sign_in_name(user_id=pk, name_key=key, skeleton=alike) for pk, key, alike in names]
    sign_in_name.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


class Migration(migrations.Migration):
    dependencies = (
        ("auth", "0012_alter_user_first_name_max_length"),
        ("matchmaking", "0002_move_request_rows_to_lib"),
    )

    operations = (
        migrations.CreateModel(
            name="SignInName",
            fields=(
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("name_key", models.TextField(unique=True)),
                ("skeleton", models.TextField(unique=True)),
            ),
        ),
        migrations.RunPython(_claim_names, migrations.RunPython.noop),
    )
