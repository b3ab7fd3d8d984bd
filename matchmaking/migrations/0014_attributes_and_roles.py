"""What players want of a match, and the roles in a team."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matchmaking', '0013_invitations'),
    ]

    operations = [
        migrations.AddField(
            model_name='match',
            name='attributes',
            field=models.JSONField(blank=True, db_default={}, default=dict, help_text='What its players have in common.'),
        ),
        migrations.AddField(
            model_name='partymember',
            name='attributes',
            field=models.JSONField(blank=True, db_default={}, default=dict, help_text="The member's own, for the next wait."),
        ),
        migrations.AddField(
            model_name='partymember',
            name='roles',
            field=models.JSONField(blank=True, db_default=[], default=list, help_text='What the member can be, best first.'),
        ),
        migrations.AddField(
            model_name='pool',
            name='attributes',
            field=models.JSONField(blank=True, db_default=[], default=list, help_text='What players say of the match they want, and how it is matched.'),
        ),
        migrations.AddField(
            model_name='pool',
            name='roles',
            field=models.JSONField(blank=True, db_default={}, default=dict, help_text='How many of each role a team has, such as {"keeper": 1, "any": 2}. Empty: there are no roles.'),
        ),
        migrations.AddField(
            model_name='seat',
            name='role',
            field=models.CharField(blank=True, db_default='', default='', help_text='In the team.', max_length=40),
        ),
        migrations.AddField(
            model_name='ticket',
            name='attributes',
            field=models.JSONField(blank=True, db_default={}, default=dict, help_text="The player's values, by attribute."),
        ),
        migrations.AddField(
            model_name='ticket',
            name='roles',
            field=models.JSONField(blank=True, db_default=[], default=list, help_text='What the player can be, best first.'),
        ),
    ]
