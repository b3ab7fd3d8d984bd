"""App configuration: registers the host of matches, and names what organisers may do."""

from django.apps import AppConfig

from lib.database.groups import keep_group

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
        """Host matches; and keep a group of organisers."""
        from matchmaking.ports.match_host import register_host

        from .match_host import TournamentHost

        register_host(TournamentHost())
        keep_group(ORGANISERS, RIGHTS)
