"""Lists of matches: whole, alike to a single match, and in as many queries whatever their size."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from matchmaking.models import DecidedBy
from matchmaking.services.reports import Claim, report_result
from matchmaking.tests.meetings import caller, meeting, won
from matchmaking.tests.servers import Server
from tournaments.models import Tournament
from tournaments.services.setup.settings import change_settings

from .api_client import Cup
from .builders import started
from .manage_builders import STAFF

pytestmark = pytest.mark.django_db(transaction=True)


def matches_of_every_kind(server: Server, times: int) -> None:
    """Open, reported, rated and served matches of pools, and of a bracket that a server decides."""
    arena = server.pool(f"arena{times}", backfill=True)
    for number in range(times):
        one, other = f"Ann {times}-{number}", f"Bob {times}-{number}"
        won(one, other)
        report_result(
            match_id=meeting(one, other).pk, caller=caller(one), claim=Claim(scores=[1, 0])
        )
        served = server.match_by_hand(f"Cem-{times}-{number}", f"Dan-{times}-{number}", arena)
        server.tell(served.pk, "allocation", {"address": "eu:1"})
        left = {"player": f"cem-{times}-{number}", "backfill": True}
        assert server.tell(served.pk, "left", left).status_code == 200
        bracket(server)


def bracket(server: Server) -> Tournament:
    cup = started(4)
    chosen = {"decided_by": DecidedBy.GAME_SERVER, "game_server": server.key}
    return change_settings(tournament_id=cup.pk, actor=STAFF, changes=chosen)


def listed(client: Client, query: str) -> tuple[list[Any], int]:
    """The matches that are answered, and how many queries that took."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = client.get(f"/api/matches?{query}")
    assert found.status_code == 200, found.content
    return found.json()["matches"], len(queries)


def test_a_list_takes_as_many_queries_for_ten_times_the_matches() -> None:
    server = Server.made()
    client = Client(headers={"Authorization": f"Bearer {server.token}"})
    matches_of_every_kind(server, 1)
    few, queries = listed(client, "size=200")
    matches_of_every_kind(server, 9)
    many, queries_for_many = listed(client, "size=200")
    assert len(many) == 10 * len(few) == 50
    assert queries_for_many == queries


def test_stations_take_as_many_queries_however_many_there_are() -> None:
    cup = Cup("A", "B", "C", "D")
    counted = []
    for names in (["1"], ["2", "3", "4", "5", "6", "7"]):
        cup.act("stations", {"names": names})
        with CaptureQueriesContext(connection) as queries:
            shown = cup.owner.get(f"{cup.address}/stations")["stations"]
        counted.append(len(queries))
    assert counted[0] == counted[1] and len(shown) == 7
    cup.act("stations/next")
    shown = cup.owner.get(f"{cup.address}/stations")["stations"]
    ready = {match["id"] for match in cup.matches().values() if match["state"] == "ready"}
    assert {one["match"] for one in shown} == {*ready, None}


def test_a_match_is_the_same_in_a_list_and_alone() -> None:
    server = Server.made()
    matches_of_every_kind(server, 2)
    client = Client(headers={"Authorization": f"Bearer {server.token}"})
    found, _ = listed(client, "size=200")
    assert [one for one in found if one["report"]] and [one for one in found if one["ratings"]]
    assert [one for one in found if one["tournament"]]
    assert [one for one in found if one.get("played", {}).get("places")]
    for match in found:
        alone = client.get(f"/matches/{match['id']}", headers={"Accept": "application/json"}).json()
        alone.pop("connection", None)
        assert alone == match
