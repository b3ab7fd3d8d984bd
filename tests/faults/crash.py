"""The one server is killed in the middle of load and started again, several times."""

import asyncio
import time
from dataclasses import dataclass
from random import Random

from . import checker, ledger
from .clients import Crowd, comes_true
from .site import Site

LISTENERS = 8
_LEASE_SECONDS = 10.0  # as `lobby.presence` has it
_SLACK_SECONDS = 10.0


@dataclass
class CrashReport:
    """What a run saw; it went well when `complaints` is empty."""

    kills: int
    complaints: list[str]
    events: int = 0
    answered: int = 0
    retried: int = 0
    ghosts_seconds: float = 0.0

    def row(self, server: str) -> str:
        """The run as a line of a table."""
        return (
            f"{server:8} {self.kills:5} {self.events:6} {self.answered:8} {self.retried:7}"
            f" {self.ghosts_seconds:8.1f}"
        )


HEADER = f"{'killed':8} {'kills':>5} {'events':>6} {'answered':>8} {'retried':>7} {'ghosts s':>8}"


async def crash(server: str, *, kills: int, seed: int, seconds: float = 1.5) -> CrashReport:
    """Kill and start one process `kills` times, `seconds` of load apart."""
    rng = Random(seed)
    with Site(server=server) as site:
        crowd = Crowd([site.port], rng, listeners=LISTENERS)
        await crowd.gather()
        crowd.begin()
        for _ in range(kills):
            await asyncio.sleep(rng.uniform(0.6, 1.0) * seconds)
            site.kill()
            killed = time.monotonic()
            await asyncio.to_thread(site.start)
        await crowd.end()
        await crowd.settle(ledger.lobby_head(site.database_url))
        ghosts = await _until_no_ghosts(crowd, killed)
        await crowd.leave()
        site.kill()
        return _report(crowd, site, kills, ghosts)


async def _until_no_ghosts(crowd: Crowd, killed: float) -> float:
    """How long after the last kill the lobby counted only those who were there."""

    def only_the_living() -> bool:
        presences = [who.last("presence") for who in crowd.listeners]
        return all(t and t["online"]["count"] == len(crowd.listeners) for t in presences)

    left = killed + _LEASE_SECONDS + _SLACK_SECONDS - time.monotonic()
    if not await comes_true(only_the_living, left):
        return float("inf")
    return time.monotonic() - killed


def _report(crowd: Crowd, site: Site, kills: int, ghosts: float) -> CrashReport:
    stored = ledger.read(site.database_url)
    found = checker.complaints(crowd, stored)
    if (verdict := ledger.integrity(site.database_url)) != "ok":
        found.append(f"integrity_check: {verdict}")
    if ghosts == float("inf"):
        found.append("The lobby still counts the killed server's people.")
    return CrashReport(
        kills,
        found,
        events=stored.streams["lobby"].seq,
        answered=sum(1 for asked in crowd.requests if asked.answers),
        retried=sum(1 for asked in crowd.requests if len(asked.tries) > 1),
        ghosts_seconds=ghosts,
    )
