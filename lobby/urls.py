"""Addresses of this app: machines' routes, with and without a final slash, and pages."""

from django.urls import path, re_path

from lib.endpoints import socket_only

from . import api, pages

urlpatterns = [
    re_path(r"^ws/?$", socket_only, name="ws"),
    re_path(r"^(?:tournaments|matches)/[0-9a-f-]{36}/ws/?$", socket_only),
    path("chat/<int:seq>/delete", api.delete, name="chat-delete"),
    path("chat/mute", api.mute, name="chat-mute"),
    path("", pages.lobby, name="lobby"),
]
