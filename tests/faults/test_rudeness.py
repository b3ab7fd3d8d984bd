"""Misbehaviour towards one server: the right end for whoever misbehaves, no harm to others."""

import asyncio

from .rudeness import rudeness


async def test_rude_clients_meet_their_end_and_harm_nobody() -> None:
    for episodes in await asyncio.gather(rudeness("daphne"), rudeness("uvicorn")):
        assert {e.name: e.complaints for e in episodes if e.complaints} == {}
