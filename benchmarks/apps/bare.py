"""A lobby in bare ASGI: each message is sent to every socket, nothing is stored."""

from typing import Any

sockets: set[Any] = set()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serve one socket."""
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    sockets.add(send)
    try:
        while (message := await receive())["type"] != "websocket.disconnect":
            for each in tuple(sockets):
                await each({"type": "websocket.send", "text": message["text"]})
    finally:
        sockets.discard(send)
