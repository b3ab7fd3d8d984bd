"""The composition root as an app, for its commands; and the admin, configured."""

from django.apps import AppConfig
from django.contrib.admin import apps


class SiteConfig(AppConfig):
    """Holds the management commands of the whole site."""

    name = "tournament_site"
    default = True

    def ready(self) -> None:
        """Connect lobby and play, which do not know each other; and count queries for the log.

        The lobby shows the matches that are played, and whoever may not talk there may not talk in
        a room either.
        """
        from django.db.backends.signals import connection_created

        from lib.tracing.queries import count_queries
        from lobby.chat import refusal_to_speak
        from lobby.stream_names import LOBBY
        from play.live import LiveMatches
        from play.rooms.talk import register_speech_rule
        from streams.lookouts import register_lookout

        from .personal_data.admin import add_action

        add_action()
        register_speech_rule(refusal_to_speak)
        register_lookout(LOBBY, LiveMatches)
        connection_created.connect(count_queries)


class MatchpointAdminConfig(apps.AdminConfig):
    """Django's admin under the project's own site object."""

    default = False
    default_site = "tournament_site.admin.MatchpointAdminSite"
