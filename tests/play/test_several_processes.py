"""A match on two processes with PostgreSQL and Redis, which are killed, stopped and frozen."""

import asyncio
import time

import pytest

from tests.clients import open_socket

from .site import Site, room_of
from .table import until

#: What is taken over is noticed after six seconds; a busy machine adds some.
TAKEN_SECONDS = 12.0
ABSENT_SECONDS = 9.0


async def test_players_in_two_processes_play_a_match_and_a_spectator_in_a_third_way(
    site: Site,
) -> None:
    async with site.match(step=1) as table:
        path = f"/matches/{table.match}/ws"
        async with open_socket(site.there.socket_url + path) as spectator:
            assert (await room_of(spectator, phase="playing"))["spectators"] == 1
            await spectator.next("state")
            await spectator.send({"type": "input", "move": "up"})
            assert (await spectator.next("error"))["code"] == "forbidden"
            await spectator.next("game_over", within=40)
            await room_of(spectator, phase="over")


async def test_a_player_whose_process_is_killed_has_left_the_room(site: Site) -> None:
    async with site.match(step=1, points=9, ends=False) as table:
        path = f"/matches/{table.match}/ws"
        async with open_socket(site.here.socket_url + path) as spectator:
            await room_of(spectator, phase="playing")
            site.there.freeze()  # silent, as a machine without a network
            began = time.monotonic()
            paused = await room_of(spectator, phase="paused")
            assert time.monotonic() - began < ABSENT_SECONDS
            print(f"gone after {time.monotonic() - began:.1f} s")
            assert [side["here"] for side in paused["sides"]].count(False) == 1
            site.there.kill()
            await room_of(spectator, phase="playing")


@pytest.mark.parametrize("ending", ["kill", "stop"])
async def test_the_other_process_takes_over_a_match(site: Site, ending: str) -> None:
    async with site.match(step=60, points=2) as table:
        _, fence, *_ = table.stored()
        began = time.monotonic()
        await asyncio.to_thread(site.here.kill if ending == "kill" else site.here.stop)
        await until(lambda: table.stored()[1] > fence)
        seconds = time.monotonic() - began
        length = table.stored()[2]
        assert seconds < (TAKEN_SECONDS if ending == "kill" else 5)
        await table.reaches(length + 1)
        print(f"{ending}: taken over {seconds:.1f} s later, goes on {time.monotonic() - began:.1f}")


async def test_a_frozen_process_stores_nothing_after_its_match_was_taken_over(site: Site) -> None:
    async with site.match(step=60, points=9) as table:
        host, fence, *_ = table.stored()
        path = f"/matches/{table.match}/ws"
        async with open_socket(site.here.socket_url + path) as spectator:
            await room_of(spectator, phase="playing")
            site.here.freeze()
            began = time.monotonic()
            await until(lambda: table.stored()[1] > fence)
            print(f"frozen: taken over {time.monotonic() - began:.1f} s later")
            await asyncio.sleep(max(0.0, 10 - (time.monotonic() - began)))
            site.here.thaw()
            assert await spectator.close_code(within=8) == 1012
        other, now, *_ = table.stored()
        assert other not in {host, None} and now == fence + 1
        await table.resign()
