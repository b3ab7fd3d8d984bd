"""Webhooks: what a dead endpoint costs the others, and what a fact costs the commit that writes it.

Each measure runs in a process of its own, on a database of its own.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

EVENTS, LIVING = 1_000, 9
_BATCH, _BATCHES, _RESULTS = 64, 12, 60
ROOT = Path(__file__).resolve().parent.parent


def report(runs: int) -> None:
    """Both measures in turn; medians and their ratios."""
    print(f"\n{EVENTS:,} facts to {LIVING} endpoints, medians of {runs}, in turn\n")
    print("| beside them | seconds until they have everything | ratio |\n|---|---|---|")
    found: dict[str, list[float]] = {"nothing": [], "silent": [], "refused": []}
    for _ in range(runs):
        for kind, seconds in found.items():
            seconds.append(_child("delivery", kind)["seconds"])
    alone = median(found["nothing"])
    for kind, words in (("nothing", "nothing"), ("silent", "one that never answers"),
                        ("refused", "one whose port is closed")):  # fmt: skip
        print(f"| {words} | {median(found[kind]):.2f} | {median(found[kind]) / alone:.2f} |")
    costs = [_child("commit") for _ in range(runs)]
    print("\n| a commit, ms | without | with a webhook | ratio |\n|---|---|---|---|")
    for name in costs[0]:
        without, with_one = (median(cost[name][i] for cost in costs) for i in (0, 1))
        print(f"| {name} | {without:.2f} | {with_one:.2f} | {with_one / without:.3f} |")


def _child(*arguments: str) -> Any:
    """The figures of one measure, from a process with an empty database."""
    with tempfile.TemporaryDirectory(prefix="matchpoint-webhooks-") as folder:
        url = os.environ.get("WEBHOOKS_DATABASE_URL") or f"sqlite:///{folder}/db.sqlite3"
        settings = {
            "DATABASE_URL": url, "SECRET_KEY": "x" * 50, "RATE_LIMITS": "off",
            "STATIC_ROOT": folder, "WEBHOOK_ALLOWED_ADDRESSES": "127.0.0.1/32",
            "LOG_LEVEL": "ERROR",
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.webhooks", *arguments],
            check=True, capture_output=True, text=True, cwd=ROOT, env=os.environ | settings,
        )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


# Deliveries.


def _receive(port: int, came: Any) -> None:
    """A receiver that accepts everything, and counts."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]
            await reader.readexactly(int(length))
            came.value += 1
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    async def run() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", port)
        await server.serve_forever()

    asyncio.run(run())


@contextmanager
def _receiving() -> Iterator[tuple[int, Any]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    came = multiprocessing.Value("i", 0)
    process = multiprocessing.Process(target=_receive, args=(port, came), daemon=True)
    process.start()
    try:
        yield port, came
    finally:
        process.kill()
        process.join()


@contextmanager
def _beside(kind: str) -> Iterator[str]:
    """The address of an endpoint that is dead in some way; empty for none."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        if kind == "silent":
            listening.listen(16)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        yield "" if kind == "nothing" else address


async def _deliver(kind: str) -> float:
    from streams.relay import in_thread, stop_local_relay
    from webhooks.delivery.deliverer import Deliverer
    from webhooks.services.endpoints import EndpointWish, create_endpoint
    from webhooks.tests.receiving import write_now

    with _receiving() as (port, came), _beside(kind) as dead:
        urls = [f"http://127.0.0.1:{port}/{n}" for n in range(LIVING)] + [dead] * bool(dead)
        for url in urls:
            await in_thread(create_endpoint, EndpointWish("One", url))
        task = asyncio.create_task(Deliverer("benchmark").run())
        await asyncio.sleep(1.0)  # connected, and under way
        began = time.perf_counter()
        await in_thread(write_now, *range(EVENTS))
        while came.value < EVENTS * LIVING:  # noqa: ASYNC110 - it counts in another process
            await asyncio.sleep(0.005)
        seconds = time.perf_counter() - began
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await stop_local_relay()
    return seconds


# Commits.


def _commits() -> dict[str, tuple[float, float]]:
    from matchmaking.services.queue.joining import Join, join_pools
    from tournaments.services.progress.results import by_score
    from tournaments.tests.builders import match_of, started
    from tournaments.tests.builders import report as enter
    from webhooks.models import Endpoint, EndpointState

    hook = Endpoint.objects.create(name="One", url="https://one.example")
    names = iter(range(10**9))
    cups = [started(8) for _ in range(_RESULTS // 2 + 1)]
    # The first results of the two halves: a second one also makes the match that follows.
    open_ones = iter([(cup, f"W1.{n}") for cup in cups for n in (1, 3)])

    def join() -> None:
        join_pools([Join(f"Player {next(names)}") for _ in range(_BATCH)])

    def result() -> None:
        cup, key = next(open_ones)
        match_of(cup, key)
        enter(cup, key, by_score([1, 0]))

    def measured(work: Callable[[], None], times: int) -> tuple[float, float]:
        seconds: dict[bool, list[float]] = {False: [], True: []}
        for number in range(times + 2):
            is_on = number % 2 == 1
            state = EndpointState.ACTIVE if is_on else EndpointState.DISABLED
            Endpoint.objects.filter(pk=hook.pk).update(state=state)
            began = time.perf_counter()
            work()
            if number >= 2:  # the first of each warm up
                seconds[is_on].append(time.perf_counter() - began)
        return 1000 * median(seconds[False]), 1000 * median(seconds[True])

    return {
        f"a batch of {_BATCH} joins, {_BATCH // 2} matches": measured(join, 2 * _BATCHES),
        "a tournament's result": measured(result, _RESULTS - 2),
    }


def _main(measure: str, *arguments: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tournament_site.settings")
    import django

    django.setup(set_prefix=False)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("flush", verbosity=0, interactive=False)
    from matchmaking.models import Pool

    Pool.objects.get_or_create(slug=Pool.DEFAULT, defaults={"name": "Default"})
    if measure == "delivery":
        print(json.dumps({"seconds": asyncio.run(_deliver(*arguments))}))
    else:
        print(json.dumps(_commits()))


if __name__ == "__main__":
    _main(*sys.argv[1:])
