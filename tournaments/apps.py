"""App configuration: registers the host of matches, and names what organisers may do."""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as all_apps
from django.apps.registry import Apps
from django.db.models.signals import post_migrate

ORGANISERS = "Organisers"
#: What the group's members may do in the admin, by app.
RIGHTS = {
    "matchmaking": (
        "view_player", "view_ticket", "change_ticket", "view_match", "change_match",
        "view_pool", "add_pool", "change_pool", "delete_pool",
        "view_report", "change_report", "view_rating", "view_season", "change_season",
    ),
    "tournaments": (
        "view_tournament", "add_tournament", "change_tournament", "delete_tournament",
    ),
    "streams": ("view_event", "change_event", "view_stream"),
    "lobby": (
        "view_mute", "add_mute", "change_mute", "delete_mute",
    ),
}  # fmt: skip


class TournamentsConfig(AppConfig):
    """The `tournaments` app."""

    name = "tournaments"

    def ready(self) -> None:
        """Host matches; and keep a group of organisers, which grows as permissions come."""
        from matchmaking.ports.match_host import register_host

        from .match_host import TournamentHost

        register_host(TournamentHost())
        post_migrate.connect(grant_organisers, dispatch_uid="tournaments.grant_organisers")


def grant_organisers(
    *, app_config: AppConfig, using: str, apps: Apps = all_apps, **kwargs: Any
) -> None:
    """Grant the group an app's rights; to grant fewer, make another group.

    `migrate` passes the `apps` of that point, `flush` does not.
    """
    codenames = RIGHTS.get(app_config.label)
    if not codenames:
        return
    try:
        group_model = apps.get_model("auth", "Group")
        permission_model = apps.get_model("auth", "Permission")
    except LookupError:
        return  # migrated to a state without accounts
    group, _ = group_model.objects.using(using).get_or_create(name=ORGANISERS)
    rights = permission_model.objects.using(using).filter(
        content_type__app_label=app_config.label, codename__in=codenames
    )
    group.permissions.add(*rights)
