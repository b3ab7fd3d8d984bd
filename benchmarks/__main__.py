"""Run the benchmarks and print tables in Markdown: `python -m benchmarks [part ...]`."""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from statistics import median
from typing import Any

from . import (
    arrival,
    attributes,
    brackets,
    dutch,
    growth,
    idle,
    keys,
    lobby,
    matchmaking,
    pairing,
    ratings,
    reads,
    rules,
    servers,
    watching,
    webhooks,
)
from .play import report as play
from .returning import report as returning
from .servers import (
    BARE_DAPHNE,
    BARE_UVICORN,
    MATCHPOINT_DAPHNE,
    MATCHPOINT_UVICORN,
    STOCK_DAPHNE,
    STOCK_UVICORN,
    THE_PROTOTYPE,
    Kind,
)

MANY = 2_000


def _prototype() -> list[Kind]:
    if shutil.which("ruby") and servers.PROTOTYPE.exists():
        return [THE_PROTOTYPE]
    print(
        f"The prototype is skipped: it needs ruby and {servers.PROTOTYPE.name} "
        "(set PROTOTYPE to its path).",
        file=sys.stderr,
    )
    return []


def _rounds(
    kinds: Sequence[Kind], runs: int, measure: Callable[[Kind], Any]
) -> dict[str, list[Any]]:
    """Measure the servers in turn, several times over, so that all meet the same load."""
    figures: dict[str, list[Any]] = {kind.name: [] for kind in kinds}
    for number in range(1, runs + 1):
        for kind in kinds:
            print(f"  run {number} of {runs}: {kind.name}", file=sys.stderr, flush=True)
            figures[kind.name].append(measure(kind))
    return figures


def _median(figures: Sequence[Any], field: str) -> float:
    return float(median(getattr(each, field) for each in figures))


def _ratio(figures: dict[str, list[Any]], name: str, other: str, field: str) -> str:
    if other not in figures:
        return "-"
    return f"{_median(figures[name], field) / _median(figures[other], field):.2f}"


def run_lobby(runs: int) -> None:
    """The lobby, with 200 sockets and with many."""
    every = [MATCHPOINT_UVICORN, BARE_UVICORN, STOCK_UVICORN]
    every += [MATCHPOINT_DAPHNE, BARE_DAPHNE, STOCK_DAPHNE]
    for sockets, kinds in ((200, every), (MANY, [k for k in every if "stock" not in k.name])):
        figures = _rounds([*_prototype(), *kinds], runs, partial(lobby.measure, sockets=sockets))
        print(f"\n{sockets} sockets, {lobby.MESSAGES} messages, {lobby.IN_FLIGHT} in flight\n")
        print("| server | CPU per delivery, us | x prototype | x bare | p50 ms | p99 ms ", end="")
        print("| KiB per socket | lost |\n|---|---|---|---|---|---|---|---|")
        for name, runs_of in figures.items():
            bare = f"bare {name.rsplit(' ', 1)[-1]}"
            cells = [
                name,
                f"{_median(runs_of, 'cpu_us'):.1f}",
                _ratio(figures, name, "prototype", "cpu_us"),
                _ratio(figures, name, bare, "cpu_us"),
                f"{_median(runs_of, 'p50_ms'):.0f}",
                f"{_median(runs_of, 'p99_ms'):.0f}",
                f"{_median(runs_of, 'memory_kib'):.0f}",
                str(sum(each.lost for each in runs_of)),
            ]
            print(f"| {' | '.join(cells)} |")


def run_queue(runs: int) -> None:
    """The queue over HTTP, and what limits it."""
    with matchmaking.from_memory() as bare:
        kinds = [*_prototype(), MATCHPOINT_UVICORN, MATCHPOINT_DAPHNE, *bare]
        figures = _rounds(kinds, runs, matchmaking.measure)
    print(f"\nPOST /matchmaking, {matchmaking.CONNECTIONS} connections\n")
    print(
        "| server | requests a second | x prototype | CPU per request, us | p50 ms | p99 ms ",
        end="",
    )
    print("| failed |\n|---|---|---|---|---|---|---|")
    for name, runs_of in figures.items():
        cells = [
            name,
            f"{_median(runs_of, 'per_second'):.0f}",
            _ratio(figures, name, "prototype", "per_second"),
            f"{_median(runs_of, 'cpu_us'):.0f}",
            f"{_median(runs_of, 'p50_ms'):.1f}",
            f"{_median(runs_of, 'p99_ms'):.1f}",
            str(sum(each.failed for each in runs_of)),
        ]
        print(f"| {' | '.join(cells)} |")
    print("\nRows that SQLite alone stores a second, by how many share a commit\n")
    print("| rows a commit | rows a second |\n|---|---|")
    for rows in (1, matchmaking.CONNECTIONS):
        stored = median(matchmaking.stored_a_second(rows) for _ in range(runs))
        print(f"| {rows} | {stored:,.0f} |")


def _report_lines_and_metrics(runs: int) -> None:
    """The queue, with a line for each request and with metrics, and without."""
    silent = {"LOG_REQUESTS_PER_SECOND": "0"}
    counted = {"METRICS_PORT": str(servers.free_port())}
    kinds = [
        replace(MATCHPOINT_UVICORN, name=name, env=MATCHPOINT_UVICORN.env | more)
        for name, more in (
            ("neither", silent),
            ("lines", {}),
            ("metrics", silent | counted),
            ("both", counted),
        )
    ]
    figures = _rounds(kinds, runs, matchmaking.measure)
    print("\n| | requests a second | x neither | CPU per request, us | x neither |")
    print("|---|---|---|---|---|")
    for name, runs_of in figures.items():
        rate, cpu = _median(runs_of, "per_second"), _median(runs_of, "cpu_us")
        ratios = [_ratio(figures, name, "neither", field) for field in ("per_second", "cpu_us")]
        print(f"| {name} | {rate:,.0f} | {ratios[0]} | {cpu:.0f} | {ratios[1]} |")


def run_idle(runs: int) -> None:
    """Twenty thousand idle sockets, or as many as there may be open files."""
    most = idle.raise_open_files()
    sockets = min(20_000, most - 250)
    figures = _rounds(
        [MATCHPOINT_UVICORN, MATCHPOINT_DAPHNE], runs, partial(idle.measure, sockets=sockets)
    )
    print(f"\n{sockets} idle sockets on one process\n")
    print("| server | KiB per socket | sent to all in ms | CPU to send to all, ms | lost |")
    print("|---|---|---|---|---|")
    for name, runs_of in figures.items():
        cells = [f"{_median(runs_of, f):.0f}" for f in ("memory_kib", "sent_to_all_ms", "cpu_ms")]
        print(f"| {name} | {' | '.join(cells)} | {sum(each.lost for each in runs_of)} |")


def run_growth(runs: int) -> None:
    """From 1,000 to 20,000 sockets: a delivery's cost, and when the last has a message."""
    growth.report(runs)


def run_returning(runs: int) -> None:
    """Five thousand sockets come back at once after a restart."""
    returning.report(runs)


def run_arrival(runs: int) -> None:
    """From arrival to match; the runs are pooled by their medians."""
    print("\nArrival to match on an idle server, while a suitable opponent waits\n")
    print("| server | response p50 ms | p99 ms | other notified p50 ms | p99 ms |")
    print("|---|---|---|---|---|")
    for kind in (MATCHPOINT_UVICORN, MATCHPOINT_DAPHNE):
        for pool in ("default", "rated"):
            figures = [arrival.measure(kind, pool) for _ in range(runs)]
            fields = ("response_p50", "response_p99", "notified_p50", "notified_p99")
            cells = [f"{_median(figures, field):.1f}" for field in fields]
            print(f"| {figures[0].name} | {' | '.join(cells)} |")


def run_pairing(runs: int) -> None:
    """The pairing engine alone: its speed and its quality, on one core."""
    pairing.report(runs)


def run_attributes(runs: int) -> None:
    """Attributes and roles: what they cost the pairing engine."""
    attributes.report(runs)


def run_dutch(runs: int) -> None:
    """Rounds of a Swiss by the Dutch system, from 50 to 10,000 players."""
    dutch.report(runs)


def run_brackets(runs: int) -> None:
    """Brackets: built, stored, advanced and shown."""
    brackets.report(runs)


def run_ratings(runs: int) -> None:
    """Ratings: how true they are, by simulated seasons."""
    ratings.report(runs)


def run_rules(runs: int) -> None:
    """The rematch pause and gathered arrivals, simulated."""
    rules.report()


def run_play(runs: int) -> None:
    """Rooms of Pong, beside Colyseus."""
    play.report(runs)


def run_webhooks(runs: int) -> None:
    """Print what a dead endpoint costs the others, and what a fact costs its commit."""
    webhooks.report(runs)


def run_watching(runs: int) -> None:
    """What it costs to be watched."""
    watching.report(runs)
    _report_lines_and_metrics(runs)


def run_reads(runs: int) -> None:
    """Reads of the API, beside the same bytes from memory."""
    reads.report(runs)


def run_reads_postgresql(runs: int) -> None:
    """The same with PostgreSQL."""
    reads.report_postgresql(runs)


def run_keys(runs: int) -> None:
    """Queueing by a key, and in batches."""
    keys.report(runs)


def run_several(runs: int) -> None:
    """Several processes behind nginx, and what the restart of one is like."""
    # A process of its own: the tests' servers, which it uses, have an environment of theirs.
    subprocess.run([sys.executable, "-m", "benchmarks.several", str(runs)], check=True)


PARTS = {
    "lobby": run_lobby,
    "queue": run_queue,
    "idle": run_idle,
    "growth": run_growth,
    "returning": run_returning,
    "arrival": run_arrival,
    "pairing": run_pairing,
    "attributes": run_attributes,
    "rules": run_rules,
    "dutch": run_dutch,
    "brackets": run_brackets,
    "ratings": run_ratings,
    "play": run_play,
    "reads": run_reads,
    "reads-postgresql": run_reads_postgresql,
    "keys": run_keys,
    "several": run_several,
    "watching": run_watching,
    "webhooks": run_webhooks,
}


def main() -> None:
    """Run the parts named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", default=[], help=f"of {', '.join(PARTS)}; all if none")
    parser.add_argument("--runs", type=int, default=3, help="of each server; medians are shown")
    asked = parser.parse_args()
    for part in asked.parts or PARTS:
        PARTS[part](asked.runs)


main()
