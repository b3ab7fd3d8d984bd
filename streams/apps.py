"""App configuration."""

from django.apps import AppConfig


class StreamsConfig(AppConfig):
    """Ordered logs of events, and their way to sockets."""

    name = "streams"
