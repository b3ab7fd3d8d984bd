"""Kill -9 in the middle of load: nothing answered is lost, nothing is sent twice."""

import asyncio

from .crash import crash


async def test_a_killed_server_loses_and_repeats_nothing() -> None:
    reports = await asyncio.gather(
        crash("daphne", kills=3, seed=1), crash("uvicorn", kills=3, seed=2)
    )
    for report in reports:
        assert report.complaints == []
        assert report.answered > 20 and report.retried > 0
