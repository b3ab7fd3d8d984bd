"""App configuration."""

from django.apps import AppConfig


class PlayConfig(AppConfig):
    """The `play` app."""

    name = "play"
