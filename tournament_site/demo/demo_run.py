"""What the whole demo counts, shared by all its players."""

import asyncio
from dataclasses import dataclass, field
from random import Random

from tournament_site.clients.site import Site

from .expected_events import ExpectedEvents


@dataclass(slots=True)
class DemoRun:
    """One run of the demo: the site, chance, the clock, and what is counted.

    `pace` shortens every pause of a short demo; 1 is for a minute or more.
    """

    site: Site
    chance: Random
    pace: float
    ends_at: float
    events: ExpectedEvents = field(default_factory=ExpectedEvents)
    cast: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    joins_by_http: int = 0
    joins_by_socket: int = 0
    left_queue: int = 0

    @property
    def seconds_left(self) -> float:
        """Until the players go home."""
        return self.ends_at - asyncio.get_running_loop().time()

    async def pause(self, shortest: float, longest: float) -> None:
        """Wait as people do, by the demo's pace, but not past its end."""
        seconds = self.chance.uniform(shortest, longest) * self.pace
        await asyncio.sleep(max(0.0, min(seconds, self.seconds_left)))
