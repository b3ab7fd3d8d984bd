"""The pages of matches that are played here, of games, and of replays."""

import pytest
from django.test import Client

from matchmaking.models import Match, Pool
from matchmaking.selectors import match_of
from matchmaking.tests.meetings import meeting
from play.models import PlayedGame

from .records import bots_play, played_match, store

pytestmark = pytest.mark.django_db


@pytest.fixture
def match() -> Match:
    """A match of Ann and Bob in a pool that plays Pong."""
    made = meeting("Ann", "Bob")
    Pool.objects.update(plays="pong", play_settings={"points": 3})
    return match_of(made.pk)


def page(path: str) -> str:
    response = Client().get(path, headers={"Accept": "text/html"})
    assert response.status_code == 200, response
    return response.content.decode()


def test_a_match_is_shown_as_what_it_is_played_in(match: Match) -> None:
    assert "play/pong/view" in page(f"/matches/{match.pk}")
    for plays in ("", "not-installed"):
        Pool.objects.update(plays=plays, play_settings={})
        plain = page(f"/matches/{match.pk}")
        assert 'id="match"' in plain and "play/" not in plain.partition("<main")[2]


def test_games_can_be_watched_again_where_the_pool_plays_nothing_any_more() -> None:
    match = played_match("pong", points=1)
    link = f'href="/matches/{match.pk}/replay?game=1"'
    assert link in page(f"/matches/{match.pk}")
    Pool.objects.update(plays="", play_settings={})
    plain = page(f"/matches/{match.pk}")
    assert 'id="match"' in plain and link in plain
    PlayedGame.objects.update(version=9)
    assert link not in page(f"/matches/{match.pk}")


def test_the_page_lists_the_games_of_the_match_as_it_was_last_played(match: Match) -> None:
    for revision, numbers in ((0, (1, 2, 3)), (2, (1, 2))):
        match.revision = revision
        for number in numbers:
            store(match, *bots_play("pong", points=1), number)
    shown = page(f"/matches/{match.pk}")
    assert "Watch game 2" in shown and "Watch game 3" not in shown
    assert "game 3" in page(f"/matches/{match.pk}/replay?game=3")


def test_programs_still_get_json_at_the_same_address(match: Match) -> None:
    response = Client().get(f"/matches/{match.pk}", headers={"Accept": "application/json"})
    assert response.json()["id"] == str(match.pk)


def test_no_page_for_a_match_that_there_is_not() -> None:
    for rest in ("", "/replay"):
        address = f"/matches/00000000-0000-4000-8000-000000000000{rest}"
        assert Client().get(address, headers={"Accept": "text/html"}).status_code == 404


def test_games_are_listed_and_those_with_a_practice_can_be_practised() -> None:
    listed = page("/play")
    assert 'href="/play/pong"' in listed and 'href="/play/connect-four"' in listed
    assert "data-start" in page("/play/pong")
    assert "data-start" in page("/play/connect-four")
    assert Client().get("/play/nothing").status_code == 404


def test_a_stored_game_can_be_watched_and_no_other(match: Match) -> None:
    for number, revision in ((1, 1), (1, 2), (2, 2)):
        PlayedGame.objects.create(
            match=match, revision=revision, number=number, game="pong", version=1,
            settings={"points": 3}, first=0, seed=5, record=b"", length=100, scores=[3, 0],
            reason="played",
        )  # fmt: skip
    address = f"/matches/{match.pk}/replay"
    assert f'data-record="/api/matches/{match.pk}/games/2"' in page(f"{address}?game=2")
    assert "game 1" in page(address)
    for asked in ("3", "-1", "x", "1" * 5000):
        assert Client().get(f"{address}?game={asked}").status_code == 404
    assert f"{address}?game=2" in page(f"/matches/{match.pk}")
