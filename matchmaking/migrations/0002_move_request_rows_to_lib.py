from django.db import migrations


class Migration(migrations.Migration):
    """The tables stay; from now on the models of `lib` describe them."""

    dependencies = [("matchmaking", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel("Answered"),
                migrations.DeleteModel("Lease"),
            ]
        )
    ]
