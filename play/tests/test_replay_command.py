"""`manage.py replay`: what is stored is what comes out, or it says what differs and fails."""

from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from play.models import PlayedGame

from .records import bots_play, met, played_match, store

pytestmark = pytest.mark.django_db


def replay(match_id: Any) -> str:
    out = StringIO()
    call_command("replay", str(match_id), stdout=out, no_color=True)
    return out.getvalue()


@pytest.mark.parametrize("slug", ["pong", "connect-four"])
def test_every_game_of_a_match_is_played_again(slug: str) -> None:
    match = met(slug)
    for number in (1, 2):
        store(
            match, *bots_play(slug, seed=number, **{"points": 1} if slug == "pong" else {}), number
        )
    first, second, last = replay(match.pk).splitlines()
    stored = PlayedGame.objects.get(number=1)
    winner = ("Ann", "Bob")[stored.winner or 0]
    score = ":".join(map(str, stored.scores))
    won = f"{winner} won, played, after {stored.length}."
    assert first == f"Game 1, {slug}: Ann vs Bob {score}, {won}"
    assert second.startswith(f"Game 2, {slug}") and "All" in last


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"scores": [3, 0]}, "not 3:0"),
        ({"winner": None}, "not: nobody won"),
        ({"length": 3}, "not 3"),
        ({"first": 0}, "is 1:0, not 0:1"),
        ({"record": b"\0"}, "no record"),
        ({"version": 2}, "version 2 of Connect Four"),
        ({"game": "ludo"}, "'ludo' is not installed"),
    ],
)
def test_what_differs_is_said(
    change: dict[str, Any], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    match = played_match("connect-four", seed=3)
    PlayedGame.objects.update(**change)
    with pytest.raises(CommandError, match="1 of 1 games cannot be confirmed") as failed:
        call_command("replay", str(match.pk))
    assert failed.value.returncode == 1
    assert word in capsys.readouterr().out


def test_a_match_without_games_is_no_success() -> None:
    with pytest.raises(CommandError, match="No games of this match"):
        replay(met("pong").pk)
    with pytest.raises(CommandError, match="no such match"):
        replay(uuid4())
