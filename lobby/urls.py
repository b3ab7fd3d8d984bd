"""Addresses of this app: machines' routes, with and without a final slash, and pages."""

from django.urls import include, path, re_path

from . import api

urlpatterns = [
    re_path(r"^ws/?$", api.socket_only, name="ws"),
    re_path(r"^(?:tournaments|matches)/[0-9a-f-]{36}/ws/?$", api.socket_only),
    path("chat/<int:seq>/delete", api.delete, name="chat-delete"),
    path("chat/mute", api.mute, name="chat-mute"),
    path("", include("lobby.page_urls")),
]
