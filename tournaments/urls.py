"""Addresses of this app: machines' routes, with and without a final slash, and pages."""

from django.urls import include, path, re_path

from . import api

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_TOURNAMENT = rf"^api/tournaments/(?P<tournament_id>{_UUID})"

urlpatterns = [
    re_path(r"^tournament/?$", api.create, name="create-tournament"),
    re_path(rf"{_TOURNAMENT}/?$", api.show, name="api-tournament"),
    re_path(
        rf"{_TOURNAMENT}/matches/(?P<match_id>{_UUID})/result/?$", api.result, name="api-result"
    ),
    path("", include("tournaments.page_urls")),
]
