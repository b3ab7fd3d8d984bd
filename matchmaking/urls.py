"""Addresses of this app: machines' routes, with and without a final slash, and pages."""

from django.urls import include, path, re_path

from . import api

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

urlpatterns = [
    re_path(rf"^matchmaking/tickets/(?P<ticket_id>{_UUID})/?$", api.ticket, name="ticket"),
    re_path(r"^matchmaking/?$", api.matchmaking, name="matchmaking"),
    re_path(rf"^matches/(?P<match_id>{_UUID})/leave/?$", api.leave, name="leave-match"),
    path("", include("matchmaking.page_urls")),
]
