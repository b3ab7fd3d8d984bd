"""Addresses of this app's sockets, with and without a final slash."""

from django.urls import re_path

from .consumers import LobbyConsumer, TournamentConsumer
from .queue import QueueConsumer

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

websocket_urlpatterns = [
    re_path(r"^ws/?$", LobbyConsumer.as_asgi()),
    re_path(r"^matchmaking/?$", QueueConsumer.as_asgi()),
    re_path(rf"^tournaments/(?P<pk>{_UUID})/ws/?$", TournamentConsumer.as_asgi()),
]
