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
_SCRAPE_SECONDS = 5.0
SOCKETS = 1_000

_PORT = free_port()
OFF = replace(
    MATCHPOINT_UVICORN,
    name="not watched",
    env=MATCHPOINT_UVICORN.env | {"LOG_REQUESTS_PER_SECOND": "0"},
)
ON = replace(
    MATCHPOINT_UVICORN,
    name="watched",
    env=MATCHPOINT_UVICORN.env | {"METRICS_PORT": str(_PORT)},
)


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
    """Both in turn, each first in every other run; the ratios of the medians."""
    print(f"\nWatched against not watched, medians of {runs}, in turn\n")
    print("| | not watched | watched | ratio |\n|---|---|---|---|")
    measures: tuple[tuple[str, str, Callable[[Kind], Any]], ...] = (
        (
            f"lobby of {SOCKETS} sockets: CPU per delivery, us",
            "cpu_us",
            partial(lobby.measure, sockets=SOCKETS),
        ),
        ("`POST /matchmaking`: requests a second", "per_second", matchmaking.measure),
        ("`POST /matchmaking`: CPU per request, us", "cpu_us", matchmaking.measure),
    )
    found: dict[Callable[[Kind], Any], dict[str, list[Any]]] = {}
    for text, field, measure in measures:
        if measure not in found:
            found[measure] = {OFF.name: [], ON.name: []}
            for number in range(runs):
                for kind in (OFF, ON) if number % 2 else (ON, OFF):
                    found[measure][kind.name].append(_measure(measure, kind))
        off, on = (
            median(getattr(each, field) for each in found[measure][kind.name]) for kind in (OFF, ON)
        )
        print(f"| {text} | {off:.1f} | {on:.1f} | {on / off:.3f} |", flush=True)
