"""The long run: `python -m tests.faults [--seed N]`; some five minutes, two processors."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

import tests.command_line  # noqa: F401 - sets Django up for what comes after it

from . import crash, outages, rudeness

SERVERS = ("daphne", "uvicorn")


async def _crashes(seed: int) -> list[str]:
    print(crash.HEADER, flush=True)
    complaints = []
    for server in SERVERS:
        report = await crash.crash(server, kills=10, seed=seed)
        print(report.row(server), flush=True)
        complaints += [f"{server} killed: {c}" for c in report.complaints]
    return complaints


async def _outages(seed: int) -> list[str]:
    report = await outages.outages(
        seed=seed, redis_seconds=5.0, frozen_seconds=10.0, postgres_seconds=15.0
    )
    print("", outages.HEADER, *(phase.row() for phase in report.phases), sep="\n", flush=True)
    return report.complaints


async def _rudeness() -> list[str]:
    complaints = []
    for server in SERVERS:
        episodes = await rudeness.rudeness(server)
        print(f"\n{server}", rudeness.HEADER, *(e.row() for e in episodes), sep="\n", flush=True)
        complaints += [f"{server}, {e.name}: {c}" for e in episodes for c in e.complaints]
    return complaints


async def run(seed: int) -> list[str]:
    """Every scenario, in full; returns what was wrong."""
    return [*await _crashes(seed), *await _outages(seed), *await _rudeness()]


def main(arguments: Sequence[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    complaints = asyncio.run(run(parser.parse_args(arguments).seed))
    print("", *(complaints or ["Nothing was lost, nothing was sent twice."]), sep="\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
