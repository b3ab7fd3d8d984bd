"""The log of a server that a test runs, as programs read it."""

import json
import time
from collections.abc import Callable
from typing import Any, TypeVar

from .server import MatchpointServer

Entry = dict[str, Any]
Found = TypeVar("Found")


def entries(site: MatchpointServer) -> list[Entry]:
    """What it has written with `LOG_FORMAT=json`."""
    return [json.loads(line) for line in site.log.splitlines() if line.startswith("{")]


def served(site: MatchpointServer) -> list[Entry]:
    """The lines of requests and sockets."""
    return [one for one in entries(site) if one["logger"] == "matchpoint.requests"]


def entry_of(site: MatchpointServer, request_id: str) -> Entry:
    """The one line of a request or socket; it is written after the answer."""
    [found] = until(lambda: [one for one in served(site) if one["request_id"] == request_id])
    return found


def until(look: Callable[[], list[Found]], seconds: float = 5.0) -> list[Found]:
    """What is found, as soon as there is something."""
    end = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < end:
        time.sleep(0.02)
    return found
