"""The admin's frame; what is in it is registered by the apps."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from matchmaking.devices import remember_device
from matchmaking.identity import browser_player
from matchmaking.services.sign_outs import close_sockets_of

#: What an organiser works with comes first, accounts last.
APP_ORDER = ("tournaments", "matchmaking", "lobby")


class MatchpointAdminSite(AdminSite):
    """Django's stock admin with the project's name."""

    site_header = "Matchpoint"
    site_title = "Matchpoint admin"
    index_title = "Organise"

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Sign in; the device is known from now on."""
        response = super().login(request, extra_context)
        if request.method == "POST" and request.user.is_authenticated:
            remember_device(request, response, request.user)
        return response

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Sign out; the account's open sockets are closed, as at the site's own sign-out."""
        player = browser_player(request)
        response = super().logout(request, extra_context)
        if player is not None:
            close_sockets_of(player.pk)
        return response

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The apps in the order of an organiser's day."""
        apps = super().get_app_list(request, app_label)
        place = {label: i for i, label in enumerate(APP_ORDER)}
        return sorted(apps, key=lambda app: place.get(app["app_label"], len(place)))
