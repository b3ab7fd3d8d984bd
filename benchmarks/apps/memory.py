"""Answers from memory in bare ASGI: what reading them costs where nothing has to be looked up."""

import json
import os
from pathlib import Path
from typing import Any

#: The bodies by path, from the file that the environment names.
_answers = {
    path: body.encode()
    for path, body in json.loads(Path(os.environ["ANSWERS"]).read_text()).items()
}


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serve one request."""
    if scope["type"] != "http":
        return
    body = _answers.get(scope["path"], b"")
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    status = 200 if body else 404
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
