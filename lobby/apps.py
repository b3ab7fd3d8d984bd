"""App configuration: connects the receivers."""

from django.apps import AppConfig

from lib.database.groups import keep_group

MODERATORS = "Moderators"
#: What the group's members may do in the admin, by app; the buttons in the lobby need the same.
RIGHTS = {
    "matchmaking": ("view_player",),
    "streams": ("view_event", "change_event"),
    "lobby": (
        "view_mute", "add_mute", "change_mute", "delete_mute",
        "view_chatsettings", "change_chatsettings",
    ),
}  # fmt: skip


class LobbyConfig(AppConfig):
    """The `lobby` app."""

    name = "lobby"

    def ready(self) -> None:
        """Listen to the facts of the apps below; and keep a group of moderators."""
        from streams.feeds import register_erasure
        from streams.lookouts import register_lookout

        from . import receivers  # noqa: F401 - importing connects
        from .moderation import DELETED
        from .presence import PresenceTracker
        from .stream_names import LOBBY

        register_lookout(LOBBY, PresenceTracker)
        register_erasure("chat_deleted", DELETED)
        keep_group(MODERATORS, RIGHTS)
