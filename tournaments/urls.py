"""Addresses of this app: machines' routes, with and without a final slash, and pages."""

from django.urls import include, path

from . import api

urlpatterns = [
    *api.urlpatterns,
    path("", include("tournaments.pages.urls")),
]
