"""What rooms count: matches that this process runs, and how late its clock is."""

from collections import Counter

from lib.metrics.registry import by_one_label, counts, gauges, histogram

#: By the slugs of the games that are installed.
rooms_open: Counter[str] = Counter()
games_ended: Counter[str] = Counter()
gauges(
    "rooms_open",
    "Matches that this process runs, by game.",
    ("game",),
    lambda: by_one_label(rooms_open),
)
counts(
    "games_ended", "Games that were played to an end.", ("game",), lambda: by_one_label(games_ended)
)
step_late = histogram(
    "step_late_seconds",
    "How late a round of steps of the games that move by themselves was; one is due every 17 ms.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.0167, 0.033, 0.1, 0.5),
)
