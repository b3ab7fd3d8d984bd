"""Tournaments made before get a short address of their name too, the oldest first."""

from collections import Counter

from django.db import migrations
from django.utils.text import slugify

MAX_CHARS = 40


def assign(apps, schema_editor):
    """Give each tournament without one a free address."""
    tournaments = apps.get_model("tournaments", "Tournament")
    addresses = apps.get_model("tournaments", "ShortAddress")
    taken = set(addresses.objects.values_list("slug", flat=True))
    last = Counter()
    for tournament in tournaments.objects.filter(slug=None).order_by("created_at", "pk"):
        plain, full = slugify(tournament.name), slugify(tournament.name, allow_unicode=True)
        base = plain if len(plain) == len(full) else full
        base = base[: MAX_CHARS - 7].strip("-_") or "tournament"
        slug = base
        while slug in taken:
            last[base] = max(last[base], 1) + 1
            slug = f"{base}-{last[base]}"
        taken.add(slug)
        addresses.objects.create(slug=slug, tournament=tournament)
        tournaments.objects.filter(pk=tournament.pk).update(slug=slug)


class Migration(migrations.Migration):
    dependencies = [("tournaments", "0006_short_addresses")]

    operations = [migrations.RunPython(assign, migrations.RunPython.noop)]
