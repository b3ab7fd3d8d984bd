"""How whoever changes an endpoint has the deliverer of this process see it at once."""

from collections.abc import Callable

_sleepers: set[Callable[[], None]] = set()


def sleep_until(wake: Callable[[], None]) -> None:
    """Have `wake` called, from any thread, when endpoints have changed."""
    _sleepers.add(wake)


def sleep_no_more(wake: Callable[[], None]) -> None:
    """End that."""
    _sleepers.discard(wake)


def wake_deliverers() -> None:
    """Have this process's deliverer see what has changed; other processes find it by looking."""
    for wake in tuple(_sleepers):
        wake()
