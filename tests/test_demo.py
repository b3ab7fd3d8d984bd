"""`make demo`: a real server's lobby filled over HTTP and sockets, and the events it counts."""

import subprocess
from collections.abc import Iterator
from itertools import islice
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from lib.names import parse_name
from tests.services.service import free_port
from tournament_site.clients.site import NoServer, Site
from tournament_site.demo.cup import Cup
from tournament_site.demo.demo_run import DemoRun
from tournament_site.demo.expected_events import ExpectedEvents, Watch, fact_of
from tournament_site.demo.listener import Listener
from tournament_site.demo.player import ActiveMatch
from tournament_site.demo.report import Report
from tournament_site.demo.words import ANIMALS, LINES, names, other_names

from .server import SECRET, MatchpointServer, rows, run_manage


@pytest.fixture
def running() -> Iterator[MatchpointServer]:
    with MatchpointServer(RATE_LIMITS="on") as server:
        yield server


def demo(server: MatchpointServer, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return run_manage("demo", *arguments, URL=server.url, **SECRET)


def test_a_demo_fills_the_lobby_and_misses_nothing(running: MatchpointServer) -> None:
    ended = demo(running, "--seconds", "6", "--players", "9")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    counts = dict(line.split(maxsplit=1) for line in ended.stdout.splitlines()[-7:])
    assert counts["Players"] == "9"
    assert "joins over HTTP" in counts["Queue"]
    made, _, conceded = counts["Matches"].partition(" made, ")
    assert int(made) >= 5 and conceded == f"{made} conceded"
    assert int(counts["Chat"].split()[0]) >= 3
    assert counts["Tournament"].startswith("8 entrants, 7 results; the winner is ")
    assert counts["All"].endswith(": 0 holes, 0 doubles")
    for table, state in (("matchmaking_ticket", "waiting"), ("matchmaking_match", "open")):
        left = f"SELECT count(*) FROM {table} WHERE state = '{state}'"  # nobody is kept waiting
        assert rows(running.database_url, left) == [(0,)]


def test_without_a_server_it_says_how_to_start_one() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(CommandError, match=rf"No server answers at {url} .* `make run`"):
        call_command("demo", url=url)


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://127.0.0.1", "http://", ""])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(NoServer, match="must look like"):
        Site.at(url)


@pytest.mark.parametrize("wrong", [{"players": 3}, {"players": 101}, {"seconds": 4.0}])
def test_what_cannot_be_played_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(CommandError, match="must be from"):
        call_command("demo", **wrong)


# Each test removes something that the demo must notice.


def event(seq: int) -> dict[str, Any]:
    return {"type": "chat", "seq": seq}


def welcome(seq: int, epoch: str = "a") -> dict[str, Any]:
    return {"type": "welcome", "epoch": epoch, "seq": seq}


def watch_of(*frames: dict[str, Any]) -> tuple[Watch, list[bool]]:
    watch = Watch()
    return watch, [watch.receive(frame) for frame in frames]


def test_events_that_follow_one_another() -> None:
    watch, fresh = watch_of(welcome(7), event(8), {"type": "presence"}, event(9))
    assert fresh == [False, True, False, True]
    assert (watch.events, watch.holes, watch.doubles) == (2, 0, 0)


def test_a_hole_is_counted_by_the_events_it_lacks() -> None:
    watch, _ = watch_of(welcome(7), event(8), event(11))
    assert (watch.holes, watch.doubles) == (2, 0)


def test_a_double_is_counted_and_not_received_again() -> None:
    watch, fresh = watch_of(welcome(7), event(8), event(8))
    assert fresh == [False, True, False]
    assert (watch.holes, watch.doubles) == (0, 1)


def test_a_welcome_after_a_lost_connection_skips_nothing() -> None:
    watch, _ = watch_of(welcome(7), event(8), welcome(10), event(9), event(10), event(11))
    assert (watch.seq, watch.holes, watch.doubles) == (11, 0, 0)


def test_a_new_epoch_counts_from_its_own_numbers() -> None:
    resync = {"type": "resync", "epoch": "b", "seq": 3}
    watch, _ = watch_of(welcome(7), welcome(3, "b"), resync, event(4))
    assert (watch.seq, watch.holes, watch.doubles, watch.resyncs) == (4, 0, 0, 1)


def test_missing_and_repeated_events_are_found() -> None:
    events = ExpectedEvents()
    events.expect("matched", "m1")
    events.expect("matched", "m1")
    events.expect("matched", "m2")
    events.expect_chat("ann", "hello")
    events.expect_chat("ann", "hello")
    events.receive(("matched", "m1"))
    events.receive(("matched", "m1"))
    events.receive(("chat", "ann", "hello"))
    assert events.missing == {("matched", "m2"): 1, ("chat", "ann", "hello"): 1}
    assert events.repeated == 1
    assert events.count("chat") == 1
    events.take_back("ann", "hello")
    assert events.missing == {("matched", "m2"): 1}


def test_the_facts_of_events() -> None:
    bracket_match = {"tournament": {"id": "t"}, "matches": [{"id": "m"}, {"id": "n"}]}
    assert fact_of({"type": "match_finished", "data": bracket_match}) == ("match_finished", "m")
    pool_match = {"match": {"id": "m"}}
    assert fact_of({"type": "match_finished", "data": pool_match}) == ("match_finished", "m")
    said = {"player": {"id": None, "username": "anon-1"}, "text": "hi"}
    assert fact_of({"type": "chat", "data": said}) == ("chat", "", "hi")
    emptied = {"type": "chat", "seq": 3, "data": {"deleted": True}}
    assert fact_of(emptied) == ("chat", "3")
    assert fact_of({"type": "new", "seq": 4, "data": {}}) == ("new", "4")


def report(**changes: Any) -> Report:
    site = Site("http://127.0.0.1:1")
    run = DemoRun(site, Random(1), pace=1.0, ends_at=0.0)
    for events, fact in ((run.events, "matched"), (run.events, "tournament")):
        events.expect(fact, "1")
        events.receive((fact, "1"))
    lobby = Listener(site, "/ws", lambda _: None)
    for name, value in changes.items():
        setattr(lobby.watch, name, value)
    return Report(run, Cup(8, winner="Otter 12"), None, lobby, [])


def test_a_demo_that_received_everything_has_missed_nothing() -> None:
    assert report().missed == []


@pytest.mark.parametrize("what", ["holes", "doubles", "resyncs"])
def test_a_demo_tells_what_came_out_of_order(what: str) -> None:
    assert report(**{what: 2}).missed == [f"2 {what} in the numbers of the events."]


def test_a_demo_reports_missing_events() -> None:
    seen = report()
    seen.run.events.expect("matched", "2")
    seen.cup.winner = ""
    seen.run.problems.append("Otter 12: no")
    assert seen.missed == [
        "1 expected events never arrived.",
        "The tournament has no winner.",
        "Otter 12: no",
    ]


# The players.


def test_both_sides_agree_on_who_concedes() -> None:
    players = [{"id": "a", "username": "A"}, {"id": "b", "username": "B"}]
    losers = {ActiveMatch.of({"id": f"m{digit}"}, players).loser() for digit in "0123456789abcdef"}
    assert losers == {"a", "b"}


def test_names_are_allowed_and_nobody_elses() -> None:
    for name in islice(names(Random(1)), 200):
        animal, number = parse_name(name).display.split(" ")
        assert animal in ANIMALS and number.isdecimal()
    chosen = other_names(100, Random(1))
    assert len({parse_name(name).skeleton for name in chosen}) == 100


def test_lines_are_short_and_no_messages() -> None:
    assert all(1 <= len(line) <= 100 and not line.startswith("{") for line in LINES)
