"""Many at the same moment, against real servers: nothing is done twice, nothing half."""

import json
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Barrier
from typing import Any

import pytest

from .clients import Json, Reply, send
from .server import MatchpointServer, add_pool, new_database, rows
from .services import PostgresServer, RedisServer

MATCHED = "SELECT data FROM lobby_event WHERE type = 'matched' ORDER BY seq"
SEATS = """
    SELECT match_id, player_id FROM matchmaking_seat
    JOIN matchmaking_pool ON matchmaking_pool.id = pool_id WHERE slug = '{}'
"""
OPEN_TICKETS = """
    SELECT matchmaking_ticket.id FROM matchmaking_ticket
    JOIN matchmaking_pool ON matchmaking_pool.id = pool_id WHERE slug = '{}' AND state = 'waiting'
"""
CHANGES = """
    SELECT rated_id, player_id FROM matchmaking_ratingchange
    JOIN matchmaking_ratedmatch ON matchmaking_ratedmatch.id = rated_id
    JOIN matchmaking_pool ON matchmaking_pool.id = pool_id WHERE slug = '{}'
"""
NUMBERS = """
    SELECT number FROM matchmaking_ratedmatch
    JOIN matchmaking_pool ON matchmaking_pool.id = pool_id WHERE slug = '{}' ORDER BY number
"""
OPEN_REPORTS = "SELECT id FROM matchmaking_report WHERE state = 'pending'"


@dataclass(frozen=True)
class Site:
    """One site, served by one process or several."""

    urls: Sequence[str]
    database_url: str

    def url(self, number: int) -> str:
        """One of its processes: they take turns."""
        return self.urls[number % len(self.urls)]

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return rows(self.database_url, statement)


@pytest.fixture(scope="module", params=["one process on SQLite", "three processes on PostgreSQL"])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    with ExitStack() as stack:
        if request.param == "one process on SQLite":
            servers = [stack.enter_context(MatchpointServer())]
        else:
            postgres: PostgresServer = request.getfixturevalue("postgres")
            redis: RedisServer = request.getfixturevalue("redis_server")
            database_url = new_database(postgres)
            servers = [
                stack.enter_context(
                    MatchpointServer(server=kind, database_url=database_url, redis_url=redis.url)
                )
                for kind in ("daphne", "uvicorn", "daphne")
            ]
        yield Site([server.url for server in servers], servers[0].database_url)


@pytest.fixture
def pool(site: Site) -> str:
    """A pool of the test's own."""
    slug = f"pool_{secrets.token_hex(4)}"
    add_pool(site.database_url, slug)
    return slug


def at_once(count: int, act: Callable[[int], Reply]) -> list[Reply]:
    """Do something `count` times, each on a thread of its own, all let go together."""
    start = Barrier(count)

    def wait_and_act(number: int) -> Reply:
        start.wait()
        return act(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(wait_and_act, range(count)))


def statuses(replies: Sequence[Reply]) -> Counter[int]:
    return Counter(reply.status for reply in replies)


def join_as(site: Site, number: int, pool: str, **body: str) -> Reply:
    return send(site.url(number), "POST", "/matchmaking", {"pool": pool, **body})


def test_fifty_who_come_at_once_make_twenty_five_matches(site: Site, pool: str) -> None:
    def join(number: int) -> Reply:
        return join_as(site, number, pool, username=f"Player {number}")

    replies = at_once(50, join)
    assert statuses(replies) == {200: 50}
    assert Counter(reply.json["status"] for reply in replies) == {"Waiting": 25, "Matched": 25}
    seats = site.rows(SEATS.format(pool))
    assert len({player for _, player in seats}) == len(seats) == 50
    assert Counter(Counter(match for match, _ in seats).values()) == {2: 25}
    announced = [read(data)["match"] for (data,) in site.rows(MATCHED)]
    here = [match["id"] for match in announced if match["pool"] == pool]
    assert len(here) == len(set(here)) == 25
    assert site.rows(OPEN_TICKETS.format(pool)) == []


def test_two_who_come_at_once_meet(site: Site, pool: str) -> None:
    for turn in range(15):

        def join(number: int, turn: int = turn) -> Reply:
            return join_as(site, number, pool, username=f"Player {turn}-{number}")

        answers = Counter(reply.json["status"] for reply in at_once(2, join))
        assert answers == {"Waiting": 1, "Matched": 1}


def read(data: str | Json) -> Json:
    """A JSON column: text from SQLite, read already from PostgreSQL."""
    found: Json = json.loads(data) if isinstance(data, str) else data
    return found


def test_who_leaves_while_being_matched_is_either_gone_or_matched(site: Site, pool: str) -> None:
    for number in range(12):
        waits = join_as(site, 0, pool, username=f"Waits {number}").json
        path, token = f"/matchmaking/tickets/{waits['ticket']['id']}", waits["token"]

        def act(which: int, path: str = path, token: str = token, number: int = number) -> Reply:
            if which == 0:
                return send(site.url(1), "DELETE", path, token=token)
            return join_as(site, 2, pool, username=f"Comes {number}")

        left, came = at_once(2, act)
        was_matched = came.json["status"] == "Matched"
        assert left.status == (409 if was_matched else 200), (left, came)
        state = send(site.url(0), "GET", path, token=token).json["status"]
        assert state == ("Matched" if was_matched else "Cancelled")
        if not was_matched:
            mine = came.json
            gone = f"/matchmaking/tickets/{mine['ticket']['id']}"
            assert send(site.url(0), "DELETE", gone, token=mine["token"]).status == 200


def test_one_player_who_joins_many_times_has_one_ticket(site: Site, pool: str) -> None:
    first = join_as(site, 0, pool, username="Only").json
    gone = f"/matchmaking/tickets/{first['ticket']['id']}"
    assert send(site.url(0), "DELETE", gone, token=first["token"]).status == 200

    def join(number: int) -> Reply:
        body = {"pool": pool}
        return send(site.url(number), "POST", "/matchmaking", body, token=first["token"])

    replies = at_once(12, join)
    assert statuses(replies) == {200: 12}
    assert len({reply.json["ticket"]["id"] for reply in replies}) == 1
    assert len(site.rows(OPEN_TICKETS.format(pool))) == 1


def test_all_who_accept_at_once_are_matched_once(site: Site) -> None:
    pool = f"pool_{secrets.token_hex(4)}"
    add_pool(site.database_url, pool, ready_seconds="600")
    waits = [
        reply.json for reply in at_once(12, lambda n: join_as(site, n, pool, username=f"R{n}"))
    ]

    def accept(number: int) -> Reply:
        mine = waits[number // 2]
        path = f"/matchmaking/tickets/{mine['ticket']['id']}/accept"
        return send(site.url(number), "POST", path, token=mine["token"])

    assert statuses(at_once(24, accept)) == {200: 24}  # each of them twice
    seats = site.rows(SEATS.format(pool))
    assert len({player for _, player in seats}) == len(seats) == 12
    assert Counter(Counter(match for match, _ in seats).values()) == {2: 6}
    assert site.rows(OPEN_TICKETS.format(pool)) == []


def test_those_whom_only_time_brings_together_are_matched_once(site: Site) -> None:
    pool, regions = f"pool_{secrets.token_hex(4)}", [f"region {n}" for n in range(10)]
    add_pool(site.database_url, pool, regions=f"'{json.dumps(regions)}'", region_seconds="1")

    def join(number: int) -> Reply:
        body = {"username": f"T{number}", "pool": pool, "regions": [regions[number]]}
        return send(site.url(number), "POST", "/matchmaking", body)

    assert statuses(at_once(10, join)) == {200: 10}
    end = time.monotonic() + 30
    while site.rows(OPEN_TICKETS.format(pool)) and time.monotonic() < end:
        time.sleep(0.2)
    seats = site.rows(SEATS.format(pool))
    assert len({player for _, player in seats}) == len(seats) == 10


def test_one_idempotency_key_has_one_effect(site: Site, pool: str) -> None:
    def join(number: int) -> Reply:
        headers = {"Idempotency-Key": "the same 6f1c2d9a4b7e"}
        body = {"username": "Retried", "pool": pool}
        return send(site.url(number), "POST", "/matchmaking", body, headers=headers)

    replies = at_once(12, join)
    assert statuses(replies) == {200: 12}
    assert len({json.dumps(reply.json, sort_keys=True) for reply in replies}) == 1
    assert len(site.rows("SELECT id FROM matchmaking_player WHERE name = 'Retried'")) == 1
    assert len(site.rows(OPEN_TICKETS.format(pool))) == 1


def test_one_idempotency_key_makes_one_tournament(site: Site) -> None:
    def create(number: int) -> Reply:
        headers = {"Idempotency-Key": "the same cup 6f1c2d9a4b7e"}
        body = {"players": ["Ann", "Bob"], "name": "Retried Cup"}
        return send(site.url(number), "POST", "/tournament", body, headers=headers)

    replies = at_once(12, create)
    assert statuses(replies) == {201: 12}
    assert len({json.dumps(reply.json, sort_keys=True) for reply in replies}) == 1
    made = "SELECT id FROM tournaments_tournament WHERE name = 'Retried Cup'"
    assert len(site.rows(made)) == 1
    announced = "SELECT id FROM lobby_event WHERE type = 'bracket' AND text LIKE '%Ann vs Bob'"
    assert len(site.rows(announced)) == 2  # the tournament's own stream and the lobby


def cup(site: Site, *names: str) -> tuple[str, str, list[str]]:
    """A tournament: its address, its token and the matches of the first round."""
    made = send(site.url(0), "POST", "/tournament", {"players": list(names)}).json
    path = f"/api/tournaments/{made['tournament']['id']}"
    stages = send(site.url(0), "GET", path).json["stages"]
    first_round = stages[0]["groups"][0]["rounds"][0]["matches"]
    return path, made["token"], [match["id"] for match in first_round]


def test_one_of_many_results_of_a_match_counts(site: Site) -> None:
    path, token, [match, _] = cup(site, "Ann", "Bob", "Cid", "Dee")

    def report(number: int) -> Reply:
        scores = {"scores": [1, 0] if number % 2 else [0, 1]}
        return send(site.url(number), "POST", f"{path}/matches/{match}/result", scores, token=token)

    replies = at_once(10, report)
    assert statuses(replies) == {200: 1, 409: 9}
    [counted] = [reply.json["match"] for reply in replies if reply.status == 200]
    [stage] = send(site.url(0), "GET", path).json["stages"]
    [stored] = [p for p in stage["groups"][0]["rounds"][0]["matches"] if p["id"] == match]
    assert stored["winner"] == counted["winner"]


def test_two_semi_finals_that_end_together_make_one_final(site: Site) -> None:
    for number in range(6):
        names = [f"{name} {number}" for name in ("Ann", "Bob", "Cid", "Dee")]
        path, token, matches = cup(site, *names)

        def report(
            which: int, path: str = path, token: str = token, matches: list[str] = matches
        ) -> Reply:
            address = f"{path}/matches/{matches[which]}/result"
            return send(site.url(which), "POST", address, {"scores": [1, 0]}, token=token)

        assert statuses(at_once(2, report)) == {200: 2}
        [stage] = send(site.url(0), "GET", path).json["stages"]
        [final] = stage["groups"][0]["rounds"][1]["matches"]
        assert final["state"] == "ready"
        assert [side["slot"] for side in final["sides"]] == ["entrant", "entrant"]
        seats = f"SELECT id FROM matchmaking_seat WHERE match_id = '{stored_uuid(site, final)}'"
        assert len(site.rows(seats)) == 2


def test_a_result_reopened_while_the_next_is_reported_leaves_a_whole_bracket(site: Site) -> None:
    for number in range(8):
        names = [f"{name} {number}" for name in ("Eli", "Flo", "Gil", "Hal")]
        path, token, semis = cup(site, *names)

        def say(
            which: int, match: str, what: str, body: Json, path: str = path, token: str = token
        ) -> Reply:
            return send(
                site.url(which), "POST", f"{path}/matches/{match}/{what}", body, token=token
            )

        for match in semis:
            assert say(0, match, "result", {"scores": [1, 0]}).status == 200
        final = final_of(site, path)
        assert final["state"] == "ready"

        def act(
            which: int, say: Callable[..., Reply] = say, semi: str = semis[0], final: Json = final
        ) -> Reply:
            if which:
                return say(which, semi, "reopen", {})
            return say(which, final["id"], "result", {"scores": [0, 1]})

        reported, reopened = at_once(2, act)
        assert reopened.status == 200, reopened
        # 409: it had been reopened, and with it the final emptied, a moment before.
        assert reported.status in {200, 409}, reported
        check_emptied(site, path, final)
        assert say(1, semis[0], "result", {"scores": [0, 1]}).status == 200
        anew = final_of(site, path)
        assert (anew["state"], anew["winner"]) == ("ready", None)
        assert [side["name"] for side in anew["sides"]] == [names[3], names[1]]
        assert say(2, anew["id"], "result", {"scores": [1, 0]}).status == 200
        assert send(site.url(0), "GET", path).json["state"] == "finished"


def final_of(site: Site, path: str) -> Json:
    """The final of a cup of four."""
    [stage] = send(site.url(0), "GET", path).json["stages"]
    [final] = stage["groups"][0]["rounds"][1]["matches"]
    found: Json = final
    return found


def check_emptied(site: Site, path: str, before: Json) -> None:
    """The final waits for who comes; the match that it had is off, and holds nobody."""
    now = final_of(site, path)
    assert (now["id"], now["state"], now["winner"]) == (before["id"], "pending", None)
    assert [side["slot"] for side in now["sides"]] == ["pending", "entrant"]
    assert send(site.url(0), "GET", path).json["state"] == "running"
    match = stored_uuid(site, before)
    assert site.rows(f"SELECT state FROM matchmaking_match WHERE id = '{match}'") == [
        ("cancelled",)
    ]
    held = f"SELECT count(*) FROM matchmaking_seat WHERE holds AND match_id = '{match}'"
    assert site.rows(held) == [(0,)]


def stored_uuid(site: Site, match: Json) -> str:
    """A match's key as the database has it: SQLite keeps no dashes."""
    key: str = match["id"]
    return key if site.database_url.startswith("postgres") else key.replace("-", "")


def test_every_event_has_its_number_whoever_writes(site: Site, pool: str) -> None:
    def act(number: int) -> Reply:
        if number % 3:
            return join_as(site, number, pool, username=f"P{number}")
        players = [f"{name}{number}" for name in "ABCD"]
        return send(site.url(number), "POST", "/tournament", {"players": players})

    assert set(statuses(at_once(30, act))) <= {200, 201}
    in_lobby = "SELECT seq FROM lobby_event WHERE stream_id = 'lobby' ORDER BY id"
    seqs = [seq for (seq,) in site.rows(in_lobby)]
    assert seqs == list(range(1, len(seqs) + 1))
    [(last,)] = site.rows("SELECT seq FROM lobby_stream WHERE name = 'lobby'")
    assert last == len(seqs)


def meet(site: Site, pool: str, *names: str) -> tuple[str, list[str]]:
    """Two who queue and meet: the address of their match's result, and their tokens."""
    joined = [join_as(site, 0, pool, username=name) for name in names]
    return f"/matches/{joined[-1].json['match']['id']}/result", [j.json["token"] for j in joined]


def test_two_sides_who_report_at_once_agree_and_are_rated_once(site: Site, pool: str) -> None:
    for turn in range(6):
        address, tokens = meet(site, pool, f"Ann {turn}", f"Bob {turn}")

        def report(number: int, address: str = address, tokens: Sequence[str] = tokens) -> Reply:
            body = {"scores": [1, 0]}
            return send(site.url(number), "POST", address, body, token=tokens[number % 2])

        replies = at_once(6, report)
        assert statuses(replies) == {200: 6}
        assert "Finished" in {reply.json["status"] for reply in replies}
    changes = site.rows(CHANGES.format(pool))
    assert len(changes) == len(set(changes)) == 12
    assert site.rows(OPEN_REPORTS) == []


def test_two_sides_who_contradict_each_other_at_once_make_one_dispute(
    site: Site, pool: str
) -> None:
    for turn in range(6):
        address, tokens = meet(site, pool, f"Cem {turn}", f"Dan {turn}")

        def report(number: int, address: str = address, tokens: Sequence[str] = tokens) -> Reply:
            body = {"scores": [1 - number, number]}
            return send(site.url(number), "POST", address, body, token=tokens[number])

        replies = at_once(2, report)
        assert sorted(reply.json["status"] for reply in replies) == ["Disputed", "Reported"]
    assert site.rows(CHANGES.format(pool)) == []


def test_matches_that_end_at_once_move_their_pools_ratings_one_by_one(
    site: Site, pool: str
) -> None:
    met = [meet(site, pool, f"Eve {n}", f"Fay {n}") for n in range(8)]

    def give_up(number: int) -> Reply:
        address, tokens = met[number]
        return send(
            site.url(number), "POST", address, {"outcome": "forfeit"}, token=tokens[number % 2]
        )

    assert statuses(at_once(8, give_up)) == {200: 8}
    numbers = [number for (number,) in site.rows(NUMBERS.format(pool))]
    assert numbers == [1, 2, 3, 4, 5, 6, 7, 8]


def test_the_last_places_of_a_tournament_are_given_once(site: Site, pool: str) -> None:
    tokens = [
        join_as(site, n, pool, username=f"Gil {n} {secrets.token_hex(2)}").json["token"]
        for n in range(10)
    ]
    wish = {"name": "Race", "entry": "open", "capacity": 4, "byes": True, "players": []}
    made = send(site.url(0), "POST", "/tournament", wish).json
    path = f"/api/tournaments/{made['tournament']['id']}"
    assert send(site.url(0), "POST", f"{path}/registration", token=made["token"]).status == 200

    def enter(number: int) -> Reply:
        return send(site.url(number), "POST", f"{path}/entrants", token=tokens[number])

    entered = [reply.json["entrants"][0] for reply in at_once(10, enter)]
    assert Counter(one["status"] for one in entered) == {"entered": 4, "waiting": 6}
    assert sorted(one["seed"] for one in entered) == list(range(1, 11))
