"""A match has the id of its pairing; those that were made before get it, with all that names them."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def take_ids(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Foreign keys are looked at when the migration is committed, so the order does not matter."""
    match_model: Any = apps.get_model("matchmaking", "Match")
    pairings = apps.get_model("tournaments", "Pairing").objects.exclude(match=F("id"))
    ids = dict(pairings.filter(match__isnull=False).values_list("match", "id"))
    for old, new in ids.items():
        for relation in match_model._meta.related_objects:
            column = relation.field.attname
            relation.related_model.objects.filter(**{column: old}).update(**{column: new})
        match_model.objects.filter(pk=old).update(id=new)
    _rename_in_records(apps, {str(old): str(new) for old, new in ids.items()})


def _rename_in_records(apps: Apps, ids: dict[str, str]) -> None:
    actions = apps.get_model("tournaments", "Action").objects
    for action in actions.filter(data__has_key="match").iterator():
        if action.data["match"] in ids:
            action.data["match"] = ids[action.data["match"]]
            action.save(update_fields=("data",))


class Migration(migrations.Migration):
    dependencies = [
        ("matchmaking", "0001_initial"),
        ("tournaments", "0002_stage_planned"),
    ]

    operations = [
        migrations.RunPython(take_ids, migrations.RunPython.noop),
    ]
