"""App configuration: connects the receivers, and registers the games."""

from django.apps import AppConfig


class PlayConfig(AppConfig):
    """The `play` app."""

    name = "play"

    def ready(self) -> None:
        """Listen to the facts of matches, and offer the games to pools and tournaments."""
        from matchmaking.ports.game_host import register_game_host

        from . import receivers  # noqa: F401 - importing connects
        from .game_host import InstalledGames

        register_game_host(InstalledGames())
