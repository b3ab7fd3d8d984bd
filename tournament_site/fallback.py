"""Sockets on addresses that have none: refused with 403, not with a traceback."""

from typing import Any

from channels.routing import URLRouter


class NoSuchSocket:
    """A router that closes what it cannot route."""

    def __init__(self, router: URLRouter) -> None:
        self._router = router

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Route a socket, or refuse its handshake."""
        path = scope["path"].lstrip("/")
        if any(route.pattern.match(path) for route in self._router.routes):
            await self._router(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 4404})
