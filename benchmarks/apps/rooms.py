"""Matchpoint as it is, and two addresses beside it that say how its rooms keep time.

`python -m benchmarks.apps.rooms SERVER` serves; `... matches COUNT` makes matches of Pong and
prints their addresses and their players' tokens.
"""

import json
import os
import sys
from statistics import quantiles
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tournament_site.settings")

import django

django.setup()

from django.core.management import call_command

from matchmaking.models import Pool
from matchmaking.services.queue.joining import Join, Joined, join_pools
from play.rooms import real_time
from play.rooms.process import process_rooms
from tournament_site import asgi

_TOGETHER = 40
_site = asgi.application


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The site, but for the benchmark's own address."""
    if scope["type"] != "http" or scope["path"] != "/bench/lateness":
        await _site(scope, receive, send)
        return
    body = json.dumps(_lateness((await process_rooms()).clock.lateness)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _lateness(samples: Any) -> dict[str, float]:
    """How late steps were since the last time, in milliseconds."""
    late = [1000 * each for each in samples]
    samples.clear()
    cuts = quantiles(late, n=100) if len(late) > 1 else [0.0] * 99
    return {"count": len(late), "p50": cuts[49], "p99": cuts[98], "most": max(late, default=0.0)}


def _make_matches(count: int) -> None:
    """Pairs of new players who meet in long matches of Pong."""
    Pool.objects.update_or_create(
        slug="bench", name="Bench", plays="pong", play_settings={"points": 21}, best_of=99
    )
    for first in range(0, count, _TOGETHER):
        numbers = range(2 * first, 2 * min(first + _TOGETHER, count))
        joined = join_pools([Join(f"B{n}", pool="bench") for n in numbers])
        for one, other in zip(joined[::2], joined[1::2], strict=True):
            assert isinstance(one, Joined) and isinstance(other, Joined) and other.match
            path = f"/matches/{other.match.pk}/ws"
            print(json.dumps([[path, one.token], [path, other.token]]))


def main() -> None:
    """Serve, or make matches."""
    if sys.argv[1] == "matches":
        _make_matches(int(sys.argv[2]))
        return
    if quiet_steps := os.environ.get("QUIET_STEPS"):
        _send_full_states(int(quiet_steps))
    asgi.application = application
    call_command("serve", server=sys.argv[1])


def _send_full_states(quiet_steps: int) -> None:
    """States at a steady rate instead of at what happens, to compare the two."""
    real_time.QUIET_STEPS = quiet_steps
    publish = real_time.RealTimeRoom._publish

    def publish_in_time(self: real_time.RealTimeRoom) -> None:
        if self.length - self._sent_at >= quiet_steps or not self.length:
            publish(self)

    real_time.RealTimeRoom._publish = publish_in_time  # type: ignore[method-assign]


main()
