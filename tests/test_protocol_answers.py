"""Answers over HTTP are as their types say, and have the fields that `docs/protocol.md` shows."""

from datetime import timedelta

import msgspec
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from lib.endpoints import operations_of
from lib.schemas import Json
from lib.tests.wire import fits
from matchmaking.models import Pool, Rating
from play.tests.records import played_match

from .protocol_page import CHAPTERS, shape, shown


def test_real_answers_have_the_fields_that_are_shown(transactional_db: None) -> None:
    answers = use_every_route()
    for heading, real in answers.items():
        assert shape(real) == shown(CHAPTERS[heading]), heading
    documented = {heading for heading in CHAPTERS if heading.startswith("`")}
    assert documented == set(answers)


def use_every_route() -> dict[str, list[Json]]:
    """Each route's answers, by its heading on the page."""
    ann = ask("post", "/matchmaking", {"username": "Ann"})
    bea = ask("post", "/matchmaking", {"username": "Bea"})
    cho = ask("post", "/matchmaking", {"username": "Cho"})
    tickets = [(f"/matchmaking/tickets/{p['ticket']['id']}", p["token"]) for p in (ann, cho)]
    looked = [ask("get", path, token=token) for path, token in tickets]
    left_queue = ask("delete", tickets[1][0], token=cho["token"])
    left_match = ask("post", f"/matches/{bea['match']['id']}/leave", token=bea["token"])
    played = results_by_players()
    player = played[-1]["match"]["players"][0]["id"]
    court = f"/matches/{played[-1]['match']['id']}"
    board = ask("get", "/api/pools/rated/leaderboard")
    Rating.objects.filter(player=player).update(sure_until=timezone.now() + timedelta(days=1))
    sure = ask("get", "/api/pools/rated/leaderboard")
    made = ask("post", "/tournament", {"players": ["A", "B", "C", "D"]})
    address = f"/api/tournaments/{made['tournament']['id']}"
    cup = ask("get", address)
    match = cup["stages"][0]["groups"][0]["rounds"][0]["matches"][0]["id"]
    result = ask("post", f"{address}/matches/{match}/result", {"scores": [1, 0]}, made["token"])
    renewed = ask("post", "/api/players/me/token", token=ann["token"])
    games = [f"/api/matches/{played_match(game).pk}/games" for game in ("pong", "connect-four")]
    return {
        "`POST /matchmaking`": [ann, bea],
        "`GET /matchmaking/tickets/<id>`": looked,
        "`DELETE /matchmaking/tickets/<id>`": [left_queue],
        "`POST /matches/<id>/leave`": [left_match],
        **use_ready_check(),
        **use_parties(),
        "`GET /api/pools`": [ask("get", "/api/pools")],
        "`GET /api/pools/<slug>`": [ask("get", "/api/pools/default")],
        "`GET /matches/<id>`": [ask("get", court), played[0]["match"]],
        "`GET /api/matches/<id>/games`": [ask("get", address) for address in games],
        "`GET /api/matches/<id>/games/<number>`": [ask("get", f"{one}/1") for one in games],
        "`POST /matches/<id>/result`": played,
        "`GET /api/pools/<slug>/leaderboard`": [board, sure],
        "`GET /api/players/<id>`": [ask("get", f"/api/players/{player}")],
        "`POST /api/players/me/token`": [renewed],
        "`POST /tournament`": [made],
        "`GET /api/tournaments/<id>`": [cup],
        "`POST /api/tournaments/<id>/matches/<match>/result`": [result],
    }


def use_ready_check() -> dict[str, list[Json]]:
    """A match that one accepts and the other declines."""
    Pool.objects.create(slug="careful", name="Careful", ready_seconds=30)
    paths = []
    for name in ("Xia", "Yan"):
        waits = ask("post", "/matchmaking", {"username": name, "pool": "careful"})
        paths.append((f"/matchmaking/tickets/{waits['ticket']['id']}", waits["token"]))
    (accepts, accepts_as), (declines, declines_as) = paths
    return {
        "`POST /matchmaking/tickets/<id>/accept`": [
            ask("post", f"{accepts}/accept", token=accepts_as)
        ],
        "`POST /matchmaking/tickets/<id>/decline`": [
            ask("post", f"{declines}/decline", token=declines_as)
        ],
    }


def use_parties() -> dict[str, list[Json]]:
    """A party made, joined, looked at and left."""
    made = ask("post", "/parties", {"username": "Pat"})
    address = f"/parties/{made['party']['code']}"
    joined = ask("post", f"{address}/join", {"username": "Quin"})
    return {
        "`POST /parties`": [made],
        "`POST /parties/<code>/join`": [joined],
        "`GET /parties/<code>`": [ask("get", address, token=made["token"])],
        "`DELETE /parties/<code>/members/me`": [
            ask("delete", f"{address}/members/me", token=joined["token"])
        ],
    }


def results_by_players() -> list[Json]:
    """A result reported, disputed and given in to."""
    Pool.objects.create(slug="rated", name="Rated", best_of=3)
    ann, bea = (
        ask("post", "/matchmaking", {"username": name, "pool": "rated"}) for name in ("Ada", "Bo")
    )
    address = f"/matches/{bea['match']['id']}/result"
    return [
        ask("post", address, {"scores": [2, 1]}, ann["token"]),
        ask("post", address, {"scores": [1, 2]}, bea["token"]),
        ask("post", f"{address}/confirm", token=bea["token"]),
    ]


def ask(method: str, path: str, body: Json | None = None, token: str = "") -> Json:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = Client().generic(
        method.upper(),
        path,
        b"" if body is None else msgspec.json.encode(body),
        content_type="application/json",
        headers=headers,
    )
    assert response.status_code < 300, response.content
    answer: Json = msgspec.json.decode(response.content)
    for operation in operations_of(resolve(path).func):
        assert operation.method != method.upper() or fits(answer, operation.returns), path
    return answer
