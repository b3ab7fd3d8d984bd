"""A lobby in bare ASGI that keeps its messages in memory, and sends who comes back what is missing.

Each message is encoded once, and sent to every socket in turn; nothing is stored.
"""

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs

_EPOCH = "bare"
_ANSWER = json.dumps([{"slug": "default", "text": "x" * 480}]).encode()

_sockets: set[Any] = set()
_sending = asyncio.Lock()
_messages: list[str] = []


def _add(text: str) -> str:
    fields = {"type": "chat", "stream": "lobby", "epoch": _EPOCH, "seq": len(_messages) + 1}
    data = {"player": None, "name": "anonymous-0000", "text": text}
    _messages.append(json.dumps(fields | {"at": "2026-01-01T12:00:00.000Z", "text": text, **data}))
    return _messages[-1]


for _ in range(1_000):
    _add("x" * 60)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serve one request or socket."""
    if scope["type"] == "http":
        headers = [(b"content-length", str(len(_ANSWER)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": _ANSWER})
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await _serve(scope, receive, send)


async def _serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
    place = int(parse_qs(scope["query_string"].decode()).get("since", [str(len(_messages))])[0])
    welcome = {"type": "welcome", "stream": "lobby", "epoch": _EPOCH, "seq": len(_messages)}
    await send({"type": "websocket.send", "text": json.dumps(welcome)})
    while place < len(_messages):
        await send({"type": "websocket.send", "text": _messages[place]})
        place += 1
    _sockets.add(send)
    try:
        while (message := await receive())["type"] != "websocket.disconnect":
            async with _sending:
                text = _add(json.loads(message["text"])["text"])
                for each in tuple(_sockets):
                    await each({"type": "websocket.send", "text": text})
    finally:
        _sockets.discard(send)
