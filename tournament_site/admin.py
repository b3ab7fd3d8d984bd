"""The admin's frame; what is in it is registered by the apps."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse

from matchmaking.devices import remember_device

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

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The apps in the order of an organiser's day."""
        apps = super().get_app_list(request, app_label)
        place = {label: i for i, label in enumerate(APP_ORDER)}
        return sorted(apps, key=lambda app: place.get(app["app_label"], len(place)))
