"""Those who come to the lobby in a test."""

from lobby.sockets.routing import websocket_urlpatterns
from streams.tests import visitors
from streams.tests.visitors import HERE, Closed, Json, comes_true

__all__ = ("HERE", "Closed", "Json", "Visitor", "comes_true")


class Visitor(visitors.Visitor):
    """A socket of this app."""

    routes = websocket_urlpatterns
