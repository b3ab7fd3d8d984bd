"""Addresses. Machines' routes answer with and without a final slash."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", include("lobby.urls")),
    path("", include("matchmaking.urls")),
    path("", include("tournaments.urls")),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
]

handler404 = "tournament_site.middleware.not_found"
handler500 = "tournament_site.middleware.fault"
