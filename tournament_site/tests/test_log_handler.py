"""Lines of requests are written together, and in order with all others."""

import asyncio
import io
import logging

from tournament_site.logs.handler import GATHER_SECONDS, MOST_GATHERED, GatheringHandler
from tournament_site.logs.lines import RequestLine


def line(number: int) -> logging.LogRecord:
    """The record of a request."""
    said = RequestLine(
        str(number), method="GET", route="lobby", status=number, duration_ms=1.0, bytes=1
    )
    return logging.LogRecord("requests", logging.INFO, "", 0, said, (), None)


def other(text: str) -> logging.LogRecord:
    return logging.LogRecord("other", logging.WARNING, "", 0, text, (), None)


def handler() -> tuple[GatheringHandler, io.StringIO]:
    made, stream = GatheringHandler(), io.StringIO()
    made.setStream(stream)
    return made, stream


async def test_lines_are_written_together_a_moment_later() -> None:
    made, stream = handler()
    made.handle(line(1))
    made.handle(line(2))
    assert stream.getvalue() == ""
    await asyncio.sleep(3 * GATHER_SECONDS)
    assert stream.getvalue() == "GET lobby 1\nGET lobby 2\n"


async def test_what_else_is_logged_comes_after_what_was_gathered() -> None:
    made, stream = handler()
    made.handle(line(1))
    made.handle(other("Redis is away"))
    made.handle(line(2))
    made.flush()
    assert stream.getvalue() == "GET lobby 1\nRedis is away\nGET lobby 2\n"


async def test_many_do_not_wait() -> None:
    made, stream = handler()
    for number in range(MOST_GATHERED + 1):
        made.handle(line(number))
    assert stream.getvalue().count("\n") == MOST_GATHERED


def test_without_a_loop_a_line_is_written_at_once() -> None:
    made, stream = handler()
    made.handle(line(1))
    assert stream.getvalue() == "GET lobby 1\n"
