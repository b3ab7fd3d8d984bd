"""Floods from one address, and how long somebody at another waits meanwhile.

    python -m tests.faults.floods [--seconds 5]

One server of uvicorn with the limits as shipped. The first line is without a flood.
"""

import argparse
import asyncio
import itertools
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import tests.command_line  # noqa: F401 - sets Django up for what comes after it
from tests.server import MatchpointServer

from .wire import RawSocket, request

FLOOD, BYSTANDER = "127.0.0.5", "127.0.0.2"
WORKERS = 16
NUMBER = itertools.count()
LARGE = {"players": [f"P{n}" for n in range(1024)]}
Step = Callable[[int], Awaitable[None]]


async def _connects(port: int) -> None:
    one = await RawSocket.open(port, source=FLOOD)
    one.abort()


async def _chat(port: int) -> None:
    one = await RawSocket.open(port, source=FLOOD)
    for _ in range(100):
        one.say("flood")
    await one.drain()
    await one.ending(2)
    one.abort()


async def _joins(port: int) -> None:
    body = {"username": f"Flood {next(NUMBER)}"}
    await request(port, "POST", "/matchmaking", body, source=FLOOD)


async def _passwords(port: int) -> None:
    csrf = "c" * 32
    form = f"username=boss&password=wrong&csrfmiddlewaretoken={csrf}"
    one = await RawSocket.connect(port, source=FLOOD)
    head = (
        "POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Cookie: csrftoken={csrf}\r\nContent-Length: {len(form)}\r\n\r\n"
    )
    one.send(head.encode() + form.encode())
    await one.read_status()
    one.abort()


async def _half(port: int) -> None:
    one = await RawSocket.connect(port, source=FLOOD)
    one.send(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
    await asyncio.sleep(0.5)
    one.abort()


async def _bodies(port: int) -> None:
    await request(port, "POST", "/matchmaking", "x" * 600_000, source=FLOOD)


async def _tournaments(port: int) -> None:
    await request(port, "POST", "/tournament", LARGE, source=FLOOD)


async def _nothing(port: int) -> None:
    await asyncio.sleep(1)


FLOODS: dict[str, Step] = {
    "none": _nothing,
    "sockets opened": _connects,
    "lines of chat": _chat,
    "joins under new names": _joins,
    "wrong passwords": _passwords,
    "half-sent requests": _half,
    "bodies of 600 KB": _bodies,
    "tournaments of 1,024": _tournaments,
}


async def _flood(step: Step, port: int, until: float) -> int:
    done = 0
    while time.monotonic() < until:
        with suppress(OSError, asyncio.IncompleteReadError):
            await step(port)
            done += 1
    return done


async def _waits(port: int, path: str, until: float) -> list[float]:
    waits = []
    while time.monotonic() < until:
        began = time.monotonic()
        answer = await request(port, "GET", path, source=BYSTANDER)
        assert answer.status == 200, answer
        waits.append((time.monotonic() - began) * 1000)
        await asyncio.sleep(0.05)
    return waits


async def measure(port: int, seconds: float) -> None:
    """Print a line for each flood, and one for the reads of a large tournament."""
    made = await request(port, "POST", "/tournament", LARGE, source="127.0.0.9")
    large = f"/api/tournaments/{made.json['tournament']['id']}"

    async def reads(port: int) -> None:
        await request(port, "GET", large, source=FLOOD)

    print("| flood | tried a second | page, ms: median | p95 | API, ms: median | p95 |")
    print("|---|---|---|---|---|---|")
    for name, step in {**FLOODS, "reads of a tournament of 1,024": reads}.items():
        until = time.monotonic() + seconds
        workers = [_flood(step, port, until) for _ in range(WORKERS)]
        page, api, done = await asyncio.gather(
            _waits(port, "/", until),
            _waits(port, "/api/pools", until),
            asyncio.gather(*workers),
        )
        numbers = [
            f"{value:.0f}"
            for waits in (page, api)
            for value in (statistics.median(waits), statistics.quantiles(waits, n=20)[-1])
        ]
        print(f"| {name} | {sum(done) / seconds:,.0f} | {' | '.join(numbers)} |", flush=True)
        await asyncio.sleep(1)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    seconds = parser.parse_args().seconds
    with MatchpointServer(server="uvicorn", RATE_LIMITS="on") as site:
        asyncio.run(measure(site.port, seconds))


if __name__ == "__main__":
    main()
