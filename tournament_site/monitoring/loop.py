"""How late the event loop is: whatever keeps it busy delays every socket of the process."""

import asyncio

from lib.metrics.registry import histogram

_EVERY_SECONDS = 0.25

loop_late = histogram(
    "loop_late_seconds",
    "By how much the event loop was late for a timer.",
    buckets=(0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0),
)


async def watch_loop() -> None:
    """Measure the running loop until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + _EVERY_SECONDS
        await asyncio.sleep(_EVERY_SECONDS)
        loop_late.observe(max(0.0, loop.time() - due))
