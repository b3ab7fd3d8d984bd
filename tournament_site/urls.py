"""Addresses. Machines' routes answer with and without a final slash."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from . import api
from .health import health
from .personal_data.pages import own_data, own_export

urlpatterns = [
    path("account/data", own_data, name="own-data"),
    path("account/data/export", own_export, name="own-export"),
    path("", include("play.urls")),
    path("", include("matchmaking.urls")),
    path("", include("tournaments.urls")),
    path("", include("lobby.urls")),
    path("", include("webhooks.urls")),
    re_path(r"^api/openapi\.json/?$", api.openapi, name="openapi"),
    re_path(r"^api/events\.json/?$", api.events, name="events-schema"),
    re_path(r"^api/asyncapi\.json/?$", api.sockets, name="asyncapi"),
    re_path(r"^api/docs/?$", api.docs, name="api-docs"),
    re_path(r"^health/?$", health, name="health"),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    # The log's rows were the lobby's once.
    re_path(
        r"^admin/lobby/(?P<rest>(?:event|stream)/.*)$",
        RedirectView.as_view(url="/admin/streams/%(rest)s", query_string=True),
    ),
    path("admin/", admin.site.urls),
]

handler400 = "tournament_site.middleware.bad_request"
handler404 = "tournament_site.middleware.not_found"
handler500 = "tournament_site.middleware.fault"
