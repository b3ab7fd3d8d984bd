from django.db import migrations


class Migration(migrations.Migration):
    """The tables stay; from now on the models of `streams` describe them."""

    dependencies = [("lobby", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel("Event"),
                migrations.DeleteModel("Stream"),
            ]
        )
    ]
