"""App configuration."""

from django.apps import AppConfig


class LibConfig(AppConfig):
    """What every app may use."""

    name = "lib"
