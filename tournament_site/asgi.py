"""The ASGI application: HTTP to Django, sockets to their consumers, and the periodic duties."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tournament_site.settings")

import django

django.setup(set_prefix=False)  # before anything that imports models

from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import re_path

from lib.tracing.trace import current
from lobby.sockets.routing import websocket_urlpatterns as lobby_sockets
from play.sockets import websocket_urlpatterns as play_sockets
from webhooks.sockets import websocket_urlpatterns as feed_sockets

from .duties import duties
from .fast import FastPath
from .incoming.proxies import Incoming
from .incoming.web_origins import WebOrigins
from .logs.requests import NamedRoutes, RequestLog
from .monitoring import exposition
from .monitoring.http import HttpMetrics
from .monitoring.probes import Probes
from .monitoring.proxy_echo import ProxyEcho
from .stopping import stopping


async def _no_such_socket(scope: dict[str, Any], receive: Any, send: Any) -> Any:
    """Refuse a socket on an address that has none, with 403 and without a traceback."""
    await receive()
    if (trace := current.get()) is not None:
        trace.close_code = 4404
    await send({"type": "websocket.close", "code": 4404})


_sockets = URLRouter([*lobby_sockets, *play_sockets, *feed_sockets, re_path("", _no_such_socket)])
_django = FastPath(NamedRoutes())
_http = HttpMetrics(_django) if exposition.is_open() else _django
_both = ProtocolTypeRouter({"http": _http, "websocket": _sockets})
_site = Incoming(RequestLog(WebOrigins(_both)))
_router = ProxyEcho(Probes(stopping.around(_site)))


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serve one connection; the first one starts the duties on this loop."""
    if scope["type"] == "lifespan":
        await duties.lifespan(receive, send)
        return
    duties.start()
    await _router(scope, receive, send)
