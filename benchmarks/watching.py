"""What it costs to be watched: metrics that are scraped, and a log line for each request."""

import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from statistics import median
from typing import Any

from . import lobby, matchmaking
from .servers import MATCHPOINT_UVICORN, Kind, free_port

#: Prometheus asks every 15 s; here a run is over by then.
_SCRAPE_SECONDS = 2.0
SOCKETS = 1_000


def _kind(name: str, **env: str) -> Kind:
    return replace(MATCHPOINT_UVICORN, name=name, env=MATCHPOINT_UVICORN.env | env)


OFF = _kind("neither", LOG_REQUESTS_PER_SECOND="0")
LINES = _kind("lines as JSON", LOG_FORMAT="json")
ON = _kind("lines and metrics", LOG_FORMAT="json", METRICS_PORT=str(free_port()))
KINDS = (OFF, LINES, ON)


@contextmanager
def _scraped(kind: Kind) -> Iterator[None]:
    """Somebody reads the metrics meanwhile, where there are any."""
    port, over = kind.env.get("METRICS_PORT"), threading.Event()

    def scrape() -> None:
        while port and not over.wait(_SCRAPE_SECONDS):
            with suppress(OSError):  # it may not have started, or ended
                urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5).close()

    thread = threading.Thread(target=scrape)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _measure(measure: Callable[[Kind], Any], kind: Kind) -> Any:
    with _scraped(kind):
        return measure(kind)


def report(runs: int) -> None:
    """All in turn, in another order each time; the ratios of the medians."""
    print(f"\nWatched against not watched, medians of {runs}, in turn\n")
    print("| | without | lines | ratio | lines and metrics | ratio |\n|---|---|---|---|---|---|")
    deliver = _rounds(runs, partial(lobby.measure, sockets=SOCKETS))
    _print(f"lobby of {SOCKETS} sockets: CPU per delivery, us", deliver, "cpu_us")
    join = _rounds(runs, matchmaking.measure)
    _print("`POST /matchmaking`: requests a second", join, "per_second")
    _print("`POST /matchmaking`: CPU per request, us", join, "cpu_us")


def _rounds(runs: int, measure: Callable[[Kind], Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {kind.name: [] for kind in KINDS}
    for number in range(runs):
        for place in range(len(KINDS)):
            kind = KINDS[(number + place) % len(KINDS)]
            found[kind.name].append(_measure(measure, kind))
    return found


def _print(text: str, found: dict[str, list[Any]], field: str) -> None:
    off, lines, on = (median(getattr(each, field) for each in found[kind.name]) for kind in KINDS)
    cells = [f"{off:.2f}", f"{lines:.2f}", f"{lines / off:.3f}", f"{on:.2f}", f"{on / off:.3f}"]
    print(f"| {text} | {' | '.join(cells)} |", flush=True)
