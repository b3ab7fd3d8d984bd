"""App configuration: connects the receivers."""

from django.apps import AppConfig


class LobbyConfig(AppConfig):
    """The `lobby` app."""

    name = "lobby"

    def ready(self) -> None:
        """Listen to the facts of the apps below."""
        from streams.lookouts import register_lookout
        from streams.relay import register_erasure

        from . import receivers  # noqa: F401 - importing connects
        from .moderation import DELETED
        from .presence import PresenceTracker
        from .stream_names import LOBBY

        register_lookout(LOBBY, PresenceTracker)
        register_erasure("chat_deleted", DELETED)
