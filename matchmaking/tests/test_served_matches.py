"""Matches that a game server runs: where, how they go, who leaves and who comes."""

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lib.tokens import digest
from matchmaking.engine.pairing.backfill import fill_places
from matchmaking.identity import GUEST_COOKIE
from matchmaking.models import Match, OpenPlace, Player, RatingChange, Ticket
from matchmaking.pages.match_display import match_page_of
from matchmaking.schemas.served import Played
from matchmaking.selectors import match_of
from matchmaking.services.queue.backfill import places
from matchmaking.services.queue.new_matches import ClaimLost
from service_keys.services import revoke_key
from streams.models import Event

from .servers import Server, ask
from .staff import staff

pytestmark = pytest.mark.django_db(transaction=True)
WHERE = {"address": "eu:1", "join_code": "QX41", "by_side": [{"t": "red"}, {"t": "blue"}]}


def token(server: Server, player: str) -> str:
    made: str = server.say("POST", f"/api/external-players/{player}/token")["token"]
    return made


def test_each_side_sees_its_own_connection_and_nobody_else_does() -> None:
    server = Server.made()
    server.pool()
    match = server.match("Ann", "Bob")
    told = server.say("PUT", f"/api/matches/{match}/allocation", WHERE)
    assert server.say("PUT", f"/api/matches/{match}/allocation", WHERE) == told
    assert told["match"]["connection"]["by_side"] == WHERE["by_side"]
    sides = []
    for player in ("ann", "bob"):
        seen = ask(token(server, player), "GET", f"/matches/{match}").json()["connection"]
        sides.append(seen["side"])
        assert seen["address"] == "eu:1" and "by_side" not in seen
    assert sides == WHERE["by_side"]
    server.players("Cem")
    others = ["", token(server, "cem"), Server.made("Other").token]
    for other in others:
        seen = ask(other, "GET", f"/matches/{match}").json()
        assert "connection" not in seen and "QX41" not in str(seen)
    [event] = Event.objects.filter(stream=f"match:{match}", type="allocated")
    assert "QX41" not in str(event.data) and "eu:1" not in str(event.data)


def test_the_page_shows_its_players_where_they_play_and_who_decides() -> None:
    server = Server.made()
    server.pool()
    match = server.match("Ann", "Bob")
    server.say("PUT", f"/api/matches/{match}/allocation", WHERE)
    client = Client(headers={"Accept": "text/html"})
    page = client.get(f"/matches/{match}").content.decode()
    assert "The game server Arena reports the result." in page and "QX41" not in page
    Player.objects.filter(name="Ann").update(token_sha256=digest("ann's browser"))
    client.cookies[GUEST_COOKIE] = "ann's browser"
    mine = client.get(f"/matches/{match}").content.decode()
    assert "QX41" in mine and "red" in mine and "blue" not in mine
    assert "Report the result" not in mine


def test_the_page_shows_what_was_counted_as_one_table() -> None:
    server = Server.made()
    server.pool()
    match = server.match("Ann", "Bob")
    counted = {"ann": {"kills": 3, "role": "scout"}, "bob": {"deaths": 4, "kills": 0}}
    server.say("POST", f"/api/matches/{match}/result", {"scores": [1, 0], "statistics": counted})
    shown = match_page_of(match_of(UUID(match)), None)
    assert shown.counted == ["deaths", "kills", "role"]
    assert shown.counts == [("Ann", ["", 3, "scout"]), ("Bob", [4, 0, ""])]
    page = Client(headers={"Accept": "text/html"}).get(f"/matches/{match}").content.decode()
    assert '<th scope="row"><bdi>Bob</bdi></th><td>4</td><td>0</td><td></td>' in page


def test_starts_and_scores_come_twice_and_out_of_order() -> None:
    server = Server.made()
    server.pool(best_of=3)
    match = server.match("Ann", "Bob")
    first = server.say("POST", f"/api/matches/{match}/start")
    assert server.say("POST", f"/api/matches/{match}/start") == first
    answers = [
        server.say("POST", f"/api/matches/{match}/live", {"scores": scores, "sequence": n})
        for scores, n in (([1, 0], 2), ([0, 0], 1), ([1, 0], 2), ([1, 1], 3))
    ]
    assert [one["status"] for one in answers] == ["Stored", "Ignored", "Ignored", "Stored"]
    assert answers[-1]["match"]["live_scores"] == [1, 1]
    types = list(Event.objects.filter(stream=f"match:{match}").values_list("type", flat=True))
    assert types == ["started", "score", "score"]
    bad = server.tell(match, "live", {"scores": [3, 2]})
    assert (bad.status_code, bad.json()["code"]) == (400, "bad_score")


def test_a_void_match_counts_for_nothing() -> None:
    server = Server.made()
    server.pool()
    match = server.match("Ann", "Bob")
    why = {"why": "the machine broke"}
    told = server.say("POST", f"/api/matches/{match}/void", why)
    assert server.say("POST", f"/api/matches/{match}/void", why) == told
    assert told["match"]["state"] == "cancelled" and told["match"]["played"]["why"] == why["why"]
    for what, body in (("result", {"scores": [1, 0]}), ("start", None), ("live", {"scores": []})):
        late = server.tell(match, what, body)
        assert (late.status_code, late.json()["code"]) == (409, "match_closed")
    assert RatingChange.objects.count() == 0
    assert server.queue(["ann"])[0]["status"] == "Waiting", "its players may queue again"


def test_a_place_is_taken_by_who_waits_and_each_place_counts_once() -> None:
    server = Server.made()
    server.pool(team_size=2, backfill=True, guests_count=True)
    match = server.match("Ann", "Bob", "Cem", "Dan")
    server.players("Eve", "Fay")
    waiting = server.queue(["eve"])[0]
    told = server.say("POST", f"/api/matches/{match}/left", {"player": "ann", "backfill": True})
    [place] = told["match"]["played"]["places"]
    assert (place["state"], place["taken_by"]["username"]) == ("filled", "Eve")
    ticket = server.say("GET", f"/matchmaking/tickets/{waiting['ticket']['id']}")
    assert (ticket["status"], ticket["match"]["id"]) == ("Matched", match)
    again = server.say("POST", f"/api/matches/{match}/left", {"player": "ann", "backfill": True})
    assert again["match"]["played"] == told["match"]["played"]

    left = str(Player.objects.get(name="Bob").pk)
    server.say("POST", f"/api/matches/{match}/left", {"player": left, "backfill": True})
    assert server.queue(["ann"])[0]["status"] == "Waiting", "who left does not come back"
    newcomer = server.queue(["fay"])[0]
    assert (newcomer["status"], newcomer["match"]["id"]) == ("Matched", match)
    types = list(Event.objects.filter(stream=f"match:{match}").values_list("type", flat=True))
    assert types == ["player_left", "place_filled"] * 2

    seats = Match.objects.get(pk=match).seats
    lost = seats.get(player__name="Eve").side
    scores = [0, 1] if lost == 0 else [1, 0]
    server.say("POST", f"/api/matches/{match}/result", {"scores": scores})
    moved = {c.player.name for c in RatingChange.objects.moved().select_related("player")}
    side = {seat.name for seat in seats.filter(side=lost)}
    gone = {seat.name for seat in seats.filter(left_at__isnull=False)}
    came = {seat.name for seat in seats.filter(came_at__isnull=False)}
    assert moved & side == side - came and moved - side == moved - gone - side
    assert len(moved) == 4


def test_a_match_that_was_read_before_somebody_came_is_shown_all_the_same() -> None:
    server = Server.made()
    server.pool(team_size=2, backfill=True)
    match = server.match("Ann", "Bob", "Cem", "Dan")
    server.say("POST", f"/api/matches/{match}/left", {"player": "ann", "backfill": True})
    read = match_of(UUID(match))
    server.players("Eve")
    assert server.queue(["eve"])[0]["status"] == "Matched"
    played = Played.of(read)
    assert isinstance(played, Played)
    assert [place.taken_by and place.taken_by.username for place in played.places] == ["Eve"]


def test_an_open_place_ends_with_its_match_and_only_where_the_pool_has_it() -> None:
    server = Server.made()
    server.pool(backfill=True)
    match = server.match("Ann", "Bob")
    told = server.say("POST", f"/api/matches/{match}/left", {"player": "ann", "backfill": True})
    assert told["match"]["state"] == "open"
    server.say("POST", f"/api/matches/{match}/result", {"scores": [0, 1]})
    assert OpenPlace.objects.get().state == "withdrawn"
    server.players("Cem")
    assert server.queue(["cem"])[0]["status"] == "Waiting"

    server.pool("plain")
    plain = server.match("Dan", "Eve", slug="plain")
    refused = server.tell(plain, "left", {"player": "dan", "backfill": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_backfill")
    unknown = server.tell(plain, "left", {"player": "ann"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_player")
    gone = server.say("POST", f"/api/matches/{plain}/left", {"player": "dan"})
    assert (gone["match"]["outcome"], gone["match"]["winner"]) == ("conceded", 1)
    assert (
        server.say("POST", f"/api/matches/{plain}/left", {"player": "dan"})["match"]["winner"] == 1
    )


def test_who_left_first_does_not_win_when_the_others_leave_too() -> None:
    server = Server.made()
    server.pool(backfill=True)
    duel = server.match("Ann", "Bob")
    server.say("POST", f"/api/matches/{duel}/left", {"player": "ann", "backfill": True})
    ended = server.say("POST", f"/api/matches/{duel}/left", {"player": "bob"})
    assert (ended["match"]["outcome"], ended["match"]["winner"]) == ("double_forfeit", None)
    assert server.say("POST", f"/api/matches/{duel}/left", {"player": "bob"}) == ended
    assert RatingChange.objects.count() == 0
    assert OpenPlace.objects.get().state == "withdrawn"


def test_a_side_whose_places_are_offered_has_not_lost_yet() -> None:
    server = Server.made()
    server.pool(team_size=2, backfill=True)
    names = ("Ann", "Bob", "Cem", "Dan", "Eve")
    match = server.match(*names[:4])
    sides = [
        [seat.name.lower() for seat in Match.objects.get(pk=match).seats.filter(side=side)]
        for side in (0, 1)
    ]
    for player in sides[0]:
        server.say("POST", f"/api/matches/{match}/left", {"player": player, "backfill": True})
    told = server.say("POST", f"/api/matches/{match}/left", {"player": sides[1][0]})
    assert told["match"]["state"] == "open"
    server.players("Eve")
    assert server.queue(["eve"])[0]["match"]["id"] == match
    told = server.say("POST", f"/api/matches/{match}/left", {"player": sides[1][1]})
    assert (told["match"]["outcome"], told["match"]["winner"]) == ("conceded", 0)


def test_matches_are_listed_by_page() -> None:
    server = Server.made()
    server.pool()
    found = [server.match(f"Ann{n}", f"Bob{n}") for n in range(3)]
    seen: list[Any] = []
    cursor: Any = ""
    while cursor is not None:
        page = server.say("GET", f"/api/matches?pool=arena&state=open&size=2&cursor={cursor}")
        seen += [one["id"] for one in page["matches"]]
        cursor = page["next"]
    assert seen == found[::-1]
    assert server.ask("GET", "/api/matches?cursor=nonsense").status_code == 400
    assert server.say("GET", "/api/matches?pool=nowhere")["matches"] == []


def test_bad_statistics_and_allocations_change_nothing() -> None:
    server = Server.made()
    server.pool()
    match = server.match("Ann", "Bob")
    many = {f"s{n}": n for n in range(41)}
    results: list[tuple[Any, int]] = [
        ({"scores": [1, 0], "statistics": {"ann": many}}, 400),
        ({"scores": [1, 0], "statistics": {"ann": {"note": "x" * 200}}}, 400),
        ({"scores": [1, 0], "statistics": {"ann": {"deep": {}}}}, 400),
        ({"scores": [1, 0], "statistics": {"cem": {"kills": 1}}}, 404),
        ({"outcome": "forfeit"}, 400),
        ({"scores": [2, 2]}, 400),
    ]
    for body, status in results:
        assert server.tell(match, "result", body).status_code == status, body
    allocations: list[Any] = [
        {"by_side": [{"only": "one"}]},
        {"address": "x" * 300},
        {"join_code": "a\u0000b"},
        {"by_side": [{"a": "x" * 3000}, {}]},
        {"by_side": [{"a": "\u0000"}, {}]},
    ]
    for where in allocations:
        assert server.tell(match, "allocation", where).status_code == 400, where
    assert Match.objects.get(pk=match).state == "open"
    assert Ticket.objects.filter(state="matched").count() == 2


@pytest.mark.parametrize("change", ["place", "match", "ticket"])
def test_a_place_is_not_filled_that_has_gone_meanwhile(
    change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server.made()
    arena = server.pool(backfill=True, gather_seconds=60)
    match = server.match_by_hand("Ann", "Bob", arena)
    server.players("Cem")
    server.queue(["cem"])
    seat = match.seats.get(player__name="Ann")
    seat.left_at, seat.holds = timezone.now(), False
    seat.save()
    OpenPlace.objects.create(match=match, seat=seat)
    changes = {
        "place": lambda: OpenPlace.objects.update(state="withdrawn"),
        "match": lambda: Match.objects.update(state="lapsed", closed_at=timezone.now()),
        "ticket": lambda: Ticket.objects.update(state="cancelled"),
    }
    found = fill_places

    def found_then_changed(*given: Any) -> Any:
        filled = found(*given)
        changes[change]()
        return filled

    monkeypatch.setattr(places, "fill_places", found_then_changed)
    with pytest.raises(ClaimLost):
        places.fill_at_once(arena, now=timezone.now())
    assert not match.seats.filter(came_at__isnull=False).exists()


def test_a_pool_without_open_places_is_not_locked_and_read_to_fill_them() -> None:
    server = Server.made()
    arena = server.pool(backfill=True, gather_seconds=60)
    server.players("Cem")
    server.queue(["cem"])
    with CaptureQueriesContext(connection) as queries:
        assert places.fill_at_once(arena, now=timezone.now()) == 0
    assert len(queries) == 1


def test_staff_decide_where_the_key_was_revoked() -> None:
    server = Server.made()
    server.pool(backfill=True, guests_count=True)
    match = server.match("Ann", "Bob")
    server.say("POST", f"/api/matches/{match}/left", {"player": "ann", "backfill": True})
    server.players("Cem")
    server.queue(["cem"])
    revoke_key(key_id=server.key.pk)
    refused = server.tell(match, "result", {"scores": [1, 0]})
    assert (refused.status_code, refused.json()["code"]) == (401, "revoked_key")
    olga = staff("olga", "matchmaking.view_match", "matchmaking.change_match")
    entry = {"ending": "played", "score_0": "1", "score_1": "0", "pressed": "yes"}
    olga.post(reverse("admin:matchmaking_match_result", args=[match]), entry)
    ended = Match.objects.get(pk=match)
    assert (ended.state, ended.winner) == ("finished", 0)
    moved = RatingChange.objects.moved().select_related("player")
    assert {change.player.name for change in moved} == {"Bob", "Cem"}
