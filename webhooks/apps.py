"""App configuration: connects the receivers, and keeps what is not delivered yet."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """The `webhooks` app."""

    name = "webhooks"

    def ready(self) -> None:
        """Listen to the facts of the apps below, and keep those that somebody still awaits."""
        from streams.log import register_reader
        from streams.lookouts import register_lookout

        from . import receivers  # noqa: F401 - importing connects
        from .facts import FACTS_STREAM
        from .selectors import reached_by_all
        from .sockets import KeyLookout

        register_reader(FACTS_STREAM, reached_by_all)
        register_lookout(FACTS_STREAM, KeyLookout)
