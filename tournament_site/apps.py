"""The composition root as an app, for its commands; and the admin, configured."""

from django.apps import AppConfig
from django.contrib.admin import apps


class SiteConfig(AppConfig):
    """Holds the management commands of the whole site."""

    name = "tournament_site"
    default = True

    def ready(self) -> None:
        """Whoever may not talk in the lobby may not talk in a room either."""
        from lobby.chat import refusal_to_speak
        from play.rooms.talk import register_speech_rule

        register_speech_rule(refusal_to_speak)


class MatchpointAdminConfig(apps.AdminConfig):
    """Django's admin under the project's own site object."""

    default = False
    default_site = "tournament_site.admin.MatchpointAdminSite"
