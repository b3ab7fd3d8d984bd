"""The games of a match over HTTP, from which anybody can play them again."""

from typing import Any

import pytest
from django.test import Client

from matchmaking.models import Match, Outcome, Pool
from matchmaking.results import Result
from matchmaking.services.matches import correct_match, reopen_match
from play.engine.record import Change, states_of_changes
from play.models import PlayedGame
from play.registry import game_of

from .records import bots_play, met, played_match, store

pytestmark = pytest.mark.django_db


def ask(match: Match, rest: str = "", status: int = 200, **headers: str) -> Any:
    response = Client().get(f"/api/matches/{match.pk}/games{rest}", headers=headers)
    assert response.status_code == status, response.content
    return response if status == 304 else response.json()


def test_the_games_of_a_match_are_listed() -> None:
    match = played_match("connect-four")
    [game] = ask(match)["games"]
    stored = PlayedGame.objects.get()
    assert game == {
        "number": 1, "revision": 0, "game": "connect-four", "winner": stored.winner,
        "scores": stored.scores, "reason": "played", "length": stored.length,
        "played_at": game["played_at"], "is_current": True,
    }  # fmt: skip


def test_a_game_of_turns_comes_with_what_spectators_saw() -> None:
    match = played_match("connect-four")
    game = ask(match, "/1")
    assert game["kind"] == "turns" and game["names"] == ["Ann", "Bob"]
    assert len(game["moves"]) == game["length"] == len(game["views"]) - 1
    columns = [view["columns"] for view in game["views"]]
    assert sum(map(len, columns[0])) == 0 and sum(map(len, columns[-1])) == game["length"]
    move, milliseconds = game["moves"][0]
    assert columns[1][int(move) - 1] == [game["first"]] and milliseconds > 0
    assert len(game["views"][-1]["winning"]) >= 4


def test_a_real_time_game_can_be_played_again_from_the_answer() -> None:
    match = played_match("pong", points=1)
    answer = ask(match, "/1")
    assert answer["kind"] == "real_time" and answer["step_hz"] == 60
    pong: Any = game_of("pong")
    settings = pong.settings(**answer["settings"])
    start = pong.setup(settings, seed=answer["seed"], first=answer["first"])
    changes = [Change(*entry) for entry in answer["entries"]]
    *_, last = states_of_changes(pong, start, changes, steps=answer["length"])
    assert list(pong.outcome(last).scores) == answer["scores"]
    assert pong.outcome(last).winner == answer["winner"]


def test_a_match_that_is_not_played_here_has_no_games() -> None:
    match = met("race")
    assert ask(match) == {"games": []}
    assert ask(match, "/1", 404)["code"] == "not_found"
    Pool.objects.update(plays="")
    assert ask(match, status=404)["code"] == "not_found"


def test_games_stay_to_be_watched_where_the_pool_plays_something_else_by_now() -> None:
    match = played_match("race")
    Pool.objects.update(plays="")
    assert len(ask(match)["games"]) == 1 and ask(match, "/1")["game"] == "race"


def test_a_match_that_is_played_again_shows_the_later_games_and_keeps_the_earlier() -> None:
    match = played_match("race", seed=1)
    reopen_match(match=match)
    recorded, outcome = bots_play("race", seed=2)
    store(match, recorded, outcome)
    assert [one["is_current"] for one in ask(match)["games"]] == [False, True]
    assert ask(match, "/1")["seed"] == 2
    assert ask(match, "/1?revision=0")["seed"] == 1
    assert ask(match, "/1?revision=5", 404)["code"] == "not_found"
    assert ask(match, "/1?revision=x", 400)["code"] == "malformed"


def test_a_corrected_result_is_not_that_of_the_games() -> None:
    match = played_match("race")
    lost = int(PlayedGame.objects.get().winner == 0)
    correct_match(match=match, result=Result(lost, Outcome.CONCEDED))
    assert [one["is_current"] for one in ask(match)["games"]] == [False]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"version": 9}, "version 9"),
        ({"game": "ludo"}, "'ludo' is not installed"),
        ({"length": 90}, "not 90"),
    ],
)
def test_what_the_engine_does_not_play_is_refused(change: dict[str, Any], word: str) -> None:
    match = played_match("connect-four")
    PlayedGame.objects.update(**change)
    refused = ask(match, "/1", 409)
    assert refused["code"] == "not_replayable" and word in refused["message"]
    assert len(ask(match)["games"]) == 1


def test_a_game_is_sent_once_and_again_when_its_names_change() -> None:
    match = played_match("race")
    response = Client().get(f"/api/matches/{match.pk}/games/1")
    assert response["Cache-Control"] == "public, max-age=300"
    assert ask(match, "/1", 304, **{"If-None-Match": response["ETag"]}).content == b""
    match.seats.update(name="Somebody else")
    assert ask(match, "/1", 200, **{"If-None-Match": response["ETag"]})
