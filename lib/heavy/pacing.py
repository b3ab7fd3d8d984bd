"""Work that is spread over a time, so that what follows from it does not come all at once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

T = TypeVar("T")

#: What is due within so long is done together.
_TOGETHER_SECONDS = 0.01


async def evenly(items: Sequence[T], seconds: float) -> AsyncIterator[T]:
    """The items one after another, the last one after `seconds`; at once if they are late."""
    loop = asyncio.get_running_loop()
    begin = loop.time()
    for number, item in enumerate(items, start=1):
        ahead = begin + seconds * number / len(items) - loop.time()
        if ahead > _TOGETHER_SECONDS:
            await asyncio.sleep(ahead)
        yield item
