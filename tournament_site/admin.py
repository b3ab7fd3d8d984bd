"""The admin's frame; what is in it is registered by the apps."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.template.response import TemplateResponse

from matchmaking.identity import browser_player
from matchmaking.pages.access.sign_in import has_shown_factor, next_page
from matchmaking.services.access.second_factor import acts_as_staff, has_second_factor
from matchmaking.services.sign_outs import close_sockets_of

#: What an organiser works with comes first, accounts last.
APP_ORDER = ("tournaments", "matchmaking", "lobby", "webhooks")
_MAY_ENTER = "_matchpoint_may_enter_admin"


class MatchpointAdminSite(AdminSite):
    """Django's stock admin with the project's name."""

    site_header = "Matchpoint"
    site_title = "Matchpoint admin"
    index_title = "Organise"

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether somebody is staff, and has shown their second factor where there is one."""
        known = vars(request).get(_MAY_ENTER)
        if known is None:  # a page asks several times
            user = request.user
            known = acts_as_staff(user) and (
                has_shown_factor(request) or not has_second_factor(user)
            )
            vars(request)[_MAY_ENTER] = known
        return bool(known)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is one place to sign in, which knows of second factors; or say what is missing."""
        user = request.user
        target = next_page(request, default="admin:index")
        if not user.is_authenticated:
            return redirect_to_login(resolve_url(target), resolve_url("sign-in"))
        if self.has_permission(request):
            return redirect(target)
        if not user.is_staff:
            context = {"title": "For staff", "message": "Your account is not one of staff's."}
            return render(request, "error.html", context, status=403)
        if has_second_factor(user):  # a session from before it was turned on, by whatever way
            logout(request)
            return redirect_to_login(resolve_url(target), resolve_url("sign-in"))
        messages.warning(request, "Staff need a second factor here. Turn it on to go on.")
        return redirect("second-factor")

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
