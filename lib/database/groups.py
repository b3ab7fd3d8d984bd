"""Groups of accounts with rights in the admin, kept up to date by `migrate`."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import AppConfig
from django.apps import apps as all_apps
from django.apps.registry import Apps
from django.db.models.signals import post_migrate

#: The codenames of permissions, by app.
Rights = Mapping[str, Sequence[str]]


def keep_group(name: str, rights: Rights) -> None:
    """From the next `migrate` on there is this group, with these rights; it grows as they come.

    Nothing is taken from it again: to grant fewer, make another group.
    """

    def grant(*, app_config: AppConfig, using: str, apps: Apps = all_apps, **kwargs: Any) -> None:
        """Grant an app's rights; `migrate` passes the `apps` of that point, `flush` does not."""
        codenames = rights.get(app_config.label)
        if not codenames:
            return
        try:
            group_model = apps.get_model("auth", "Group")
            permission_model = apps.get_model("auth", "Permission")
        except LookupError:
            return  # migrated to a state without accounts
        group, _ = group_model.objects.using(using).get_or_create(name=name)
        granted = permission_model.objects.using(using).filter(
            content_type__app_label=app_config.label, codename__in=codenames
        )
        group.permissions.add(*granted)

    post_migrate.connect(grant, weak=False, dispatch_uid=f"groups.{name}")
