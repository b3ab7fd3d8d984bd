"""New ids begin with the time; a default of Django's own, of which the database knows nothing."""

from django.db import migrations, models

import lib.database.ids


class Migration(migrations.Migration):
    dependencies = [("tournaments", "0016_has_draw")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="pairing",
                    name="id",
                    field=models.UUIDField(
                        default=lib.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ]
        )
    ]
